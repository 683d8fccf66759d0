"""What holds for every page, whatever the ledger put into it."""

import pytest
from flask import Flask

from app.kit.ground import Ground
from app.models import Connection, ConnectionState, InvoiceState, MessageState, ReminderState, WriteBackState
from app.reminders.reasons import Reason
from app.web.application import create_app
from tests.support.tenants import make_tenant, make_user
from tests.web.addresses import filled, ids_of, methods, private_rules
from tests.web.browser import Browser, Page, browser
from tests.web.conftest import House
from tests.web.seeding import Seeded, Seeder

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "\u202eevil\u2066\u0000bidi".replace("\u0000", ""),
    "x" * 10_000,
    "line\r\nSet-Cookie: a=b",
    "",
)


def pages_of(app: Flask, visitor: Browser, company: Seeded) -> dict[str, Page]:
    """Every page that can be opened, by path."""
    found = {}
    for rule in private_rules(app):
        if "GET" not in methods(rule) or rule.endpoint.startswith("connect.") or "payments" in rule.rule:
            continue
        path = filled(rule, ids_of(company))
        answer = visitor.open(path)
        assert answer.status_code in (200, 302), (path, answer.status)
        if answer.status_code == 200 and answer.mimetype == "text/html" and not path.endswith(".html"):
            found[path] = Page(answer.text)
    return found


def hostile_company(ground: Ground, text: str) -> Seeded:
    """A tenant in which every text that a person or a ledger could have written is this one."""
    tenant_id = make_tenant(ground, name=text or "–")
    with ground.database.tenant(tenant_id) as session:
        seeder = Seeder(ground, session, tenant_id)
        why = Reason("refused", text)
        for state in ReminderState:
            customer = seeder.customer(text, email=text or None)
            invoice = seeder.invoice(customer, due_in=-9, number=text, reference=text)
            seeder.invoice(customer, due_in=-90, number=text, state=InvoiceState.PAID)
            reminder = seeder.reminder(customer, [invoice], state, why=why)
            seeder.message(reminder, MessageState.FAILED, reason=text)
            seeder.payment(customer, invoice, "10.00", WriteBackState.PARKED, reason=text)
        accuser = seeder.customer(text, email=None)
        claimed, disputed = (seeder.invoice(accuser, due_in=-9, number=text) for _ in range(2))
        seeder.say(accuser, claimed, disputed, text)
        seeder.contact(accuser, text)
        seeder.late_fees(accuser, claimed, disputed, text)
        seeder.steps[0].subject = seeder.steps[0].body = text
        session.query(Connection).one().reason = text
        seeder.add_parked_task(text)
        return seeder.made


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_hostile_words_stay_words_on_every_page(app: Flask, ground: Ground, text: str) -> None:
    company = hostile_company(ground, text)
    visitor = browser(app, make_user(ground, company.tenant_id))
    pages = pages_of(app, visitor, company)
    assert len(pages) > 10
    for path, page in pages.items():
        assert page.inline == [], path
        assert page.foreign == [], path
        assert not page.has("img", src="x"), path
        assert "49" not in page.text.split() or "7 * 7" not in text, path
        assert "x" * 1000 not in page.text or path == "/cadence" or "reason" in path or _is_reason(page), path


def _is_reason(page: Page) -> bool:
    """A reason is our own or a vendor's sentence and is shown whole; only names and numbers are cut."""
    return "x" * 10_000 in page.text


def test_no_page_has_anything_inline_or_foreign(app: Flask, house: House) -> None:
    pages = pages_of(app, house.owner, house.company)
    assert {"/today", "/invoices", "/cadence", "/messages", "/money", "/settings", "/sync"} <= set(pages)
    pages |= {"/sign-in": house.nobody.page("/sign-in"), "/connect": house.owner.page("/connect")}
    for path, page in pages.items():
        assert page.inline == [], path
        assert page.foreign == [], path


def test_every_page_has_a_title_one_heading_a_language_and_labels(app: Flask, house: House) -> None:
    for path, page in pages_of(app, house.owner, house.company).items():
        if path.endswith("/progress"):
            continue
        assert page.has("html", lang="en"), path
        assert sum(tag == "h1" for tag, _ in page.tags) == 1, path
        assert sum(tag == "main" for tag, _ in page.tags) == 1, path
        labelled = {given["for"] for tag, given in page.tags if tag == "label" and "for" in given}
        for tag, given in page.tags:
            is_field = tag in ("input", "select", "textarea") and given.get("type") != "hidden"
            if is_field:
                assert given.get("id") in labelled or "aria-label" in given, (path, given)
        ids = [given["id"] for _, given in page.tags if "id" in given]
        assert len(ids) == len(set(ids)), path


def test_every_answer_carries_the_strict_headers(house: House) -> None:
    for path in ("/today", "/sign-in", "/nothing-here", "/static/duemate.css"):
        headers = house.owner.open(path).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
    assert house.owner.open("/today").headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in house.owner.open("/today").headers


def test_the_mail_in_its_frame_can_do_nothing(house: House) -> None:
    reminder = house.company.reminders["sent"]
    page = house.owner.page(f"/messages/{reminder}")
    assert page.has("iframe", sandbox="", src=f"/messages/{reminder}/1.html")
    answer = house.owner.open(f"/messages/{reminder}/1.html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy


def test_the_session_cookie_is_shut_away(house: House) -> None:
    cookie = house.nobody.open("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_production_asks_for_https_everywhere(make_settings: object, ground: Ground) -> None:
    strict = make_settings(  # type: ignore[operator]
        environment="production",
        public_url="https://app.duemate.example",
        smtp_security="starttls",
    )
    safe = create_app(Ground(strict, ground.clock, ground.database, ground.master_key))
    answer = safe.test_client().get("/sign-in")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-duemate=")
    assert "Secure" in cookie
    assert "127.0.0.1" not in answer.headers["Content-Security-Policy"]


def test_payers_and_machines_get_no_cookie(house: House) -> None:
    for path in ("/pay/nothing", "/unsubscribe/nothing", "/healthz", "/static/duemate.css"):
        assert "Set-Cookie" not in house.nobody.open(path).headers, path
    assert "Set-Cookie" not in house.nobody.client.post("/webhooks/xero", data=b"{}").headers


def test_methods_nobody_offers_are_refused_in_words(house: House) -> None:
    for method in ("TRACE", "DELETE", "PUT"):
        answer = house.owner.client.open("/today", method=method)
        assert answer.status_code in (400, 405), method
    assert house.owner.client.open("/today", method="TRACE").status_code == 405


def test_a_dead_connection_stands_on_every_page_with_its_remedy(
    app: Flask, house: House, ground: Ground
) -> None:
    with ground.database.tenant(house.tenant_id) as session:
        connection = session.query(Connection).one()
        connection.state, connection.reason = ConnectionState.DISCONNECTED, "Xero ended the connection."
    for path, page in pages_of(app, house.owner, house.company).items():
        if not path.endswith("/progress"):
            assert "Xero is disconnected: reminders are held. Xero ended the connection." in page.text, path
            assert page.has("form", action="/connect/xero", method="post"), path
