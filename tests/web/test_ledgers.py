"""Every page names the organisation's own ledger, and the way in is open to each ledger that is set up."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.connectors.registry import LEDGERS
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import Connection, ConnectionState
from app.web.application import create_app
from app.web.security import content_policy
from tests.support.tenants import make_tenant, make_user
from tests.web.browser import Browser, browser
from tests.web.conftest import House
from tests.web.seeding import seed_company

NAMES = {"xero": "Xero", "quickbooks": "QuickBooks"}


def visitor_of(app: Flask, ground: Ground, ledger: str, **changes: object) -> Browser:
    """Somebody who works for a company with something in every state, at this ledger."""
    tenant_id = make_tenant(ground, ledger=ledger)
    seed_company(ground, tenant_id)
    with ground.database.tenant(tenant_id) as session:
        connection = session.query(Connection).one()
        for name, value in changes.items():
            setattr(connection, name, value)
    return browser(app, make_user(ground, tenant_id))


def in_days(ground: Ground, days: float) -> datetime:
    return ground.clock.now() + timedelta(days=days)


@pytest.mark.parametrize("ledger", NAMES)
def test_each_ledger_that_is_set_up_has_its_buttons(house: House, ledger: str) -> None:
    sign_in, connect = house.nobody.page("/sign-in"), house.owner.page("/connect")
    assert f"Sign in with {NAMES[ledger]}" in sign_in.text
    assert sign_in.has("form", action=f"/sign-in/{ledger}", method="post")
    assert f"Connect {NAMES[ledger]}" in connect.text
    assert connect.has("form", action=f"/connect/{ledger}", method="post")


@pytest.mark.parametrize("ledger", NAMES)
def test_a_ledger_that_is_not_set_up_is_neither_named_nor_reached(
    make_settings: Callable[..., Settings], ground: Ground, ledger: str
) -> None:
    settings = make_settings(**{f"{ledger}_client_id": ""})
    app = create_app(Ground(settings, ground.clock, ground.database, ground.master_key))
    visitor = browser(app, make_user(ground, make_tenant(ground)))
    other = next(name for key, name in NAMES.items() if key != ledger)
    for page in (browser(app).page("/sign-in"), visitor.page("/connect")):
        assert NAMES[ledger] not in page.text.replace(f"Back to {NAMES[ledger]}", "")
        assert other in page.text
    assert f"Connect {other}" in visitor.page("/connect").text
    for path in (f"/sign-in/{ledger}", f"/connect/{ledger}"):
        assert visitor.post(path).status_code == 404
    assert visitor.open(f"/connect/{ledger}/callback?code=1&state=2").status_code == 404


def test_without_any_ledger_the_pages_say_what_to_do(
    make_settings: Callable[..., Settings], ground: Ground
) -> None:
    settings = make_settings(**{f"{ledger}_client_id": "" for ledger in LEDGERS})
    app = create_app(Ground(settings, ground.clock, ground.database, ground.master_key))
    visitor = browser(app, make_user(ground, make_tenant(ground)))
    assert "Signing in is not set up here." in browser(app).page("/sign-in").text
    assert "No ledger is set up here." in visitor.page("/connect").text


@pytest.mark.parametrize("path", ["/sign-in/sage", "/connect/sage", "/connect/sage/organisation"])
def test_a_ledger_nobody_knows_is_not_there(house: House, path: str) -> None:
    assert house.owner.post(path).status_code in (303, 404)
    assert house.owner.open("/sign-in/sage/callback").status_code == 404


def test_a_consent_of_one_ledger_is_no_choice_at_another(house: House) -> None:
    with house.owner.client.session_transaction() as cookie:
        cookie["attempt"] = {"ledger": "xero", "id": str(house.tenant_id)}
    assert house.owner.open("/connect/quickbooks/organisation").location == "/connect"


PAGES = ("/today", "/invoices", "/cadence", "/messages", "/money", "/settings", "/sync", "/organisations")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"state": ConnectionState.DISCONNECTED, "reason": "The consent was withdrawn."},
        {"paused_until": datetime(2026, 11, 21).astimezone(), "paused_reason": "The day is used up."},
        {"consent_ends_at": datetime(2026, 12, 1).astimezone()},
    ],
)
def test_who_works_at_quickbooks_never_reads_another_ledgers_name(
    app: Flask, ground: Ground, changes: dict[str, object]
) -> None:
    visitor = visitor_of(app, ground, "quickbooks", **changes)
    for path in PAGES:
        page = visitor.page(path)
        assert "QuickBooks" in page.text, path
        assert "Xero" not in _without_seeded_reasons(page.text), path


def _without_seeded_reasons(text: str) -> str:
    """The seeded company holds a refusal in Xero's words: what a ledger said is told as it was said."""
    return text.replace("Xero refused the payment", "")


@pytest.mark.parametrize("ledger", NAMES)
def test_a_dead_connection_is_renewed_at_its_own_ledger(app: Flask, ground: Ground, ledger: str) -> None:
    visitor = visitor_of(app, ground, ledger, state=ConnectionState.DISCONNECTED)
    for path in ("/today", "/settings"):
        page = visitor.page(path)
        assert f"Reconnect {NAMES[ledger]}" in page.text
        assert page.has("form", action=f"/connect/{ledger}", method="post")


def test_a_pause_says_why_and_when_it_goes_on_and_ends_by_itself(app: Flask, ground: Ground) -> None:
    visitor = visitor_of(
        app,
        ground,
        "xero",
        paused_until=in_days(ground, 0.25),
        paused_reason="Xero's daily limit is used up.",
    )
    for path in PAGES:
        text = visitor.page(path).text
        assert "Xero is not asked until Fri 20 Nov, 16:00 . Xero's daily limit is used up." in text, path
    assert "Xero, pausing" in visitor.page("/organisations").text
    over = visitor_of(app, ground, "xero", paused_until=in_days(ground, -0.01), paused_reason="Used up.")
    assert "is not asked until" not in over.page("/today").text


def test_a_consent_that_ends_soon_is_renewed_with_one_button(app: Flask, ground: Ground) -> None:
    visitor = visitor_of(app, ground, "quickbooks", consent_ends_at=in_days(ground, 29))
    page = visitor.page("/today")
    assert "QuickBooks ends this consent on Sat 19 Dec ." in page.text
    assert page.has("form", action="/connect/quickbooks", method="post")
    later = visitor_of(app, ground, "quickbooks", consent_ends_at=in_days(ground, 31))
    assert "ends this consent" not in later.page("/today").text


def test_the_switcher_says_which_ledger_each_organisation_is_at(app: Flask, ground: Ground) -> None:
    first = make_tenant(ground, name="Harbour Lane Joinery", ledger="xero")
    second = make_tenant(ground, name="Cedar Creek Supply", ledger="quickbooks")
    text = browser(app, make_user(ground, first, second)).page("/organisations").text
    assert "Cedar Creek Supply QuickBooks, read" in text
    assert "Harbour Lane Joinery Xero, read" in text


def test_a_form_may_lead_to_every_ledgers_own_pages_and_to_nothing_local_in_production(
    make_settings: Callable[..., Settings],
) -> None:
    strict = content_policy(
        make_settings(environment="production", public_url="https://a.example", smtp_security="tls")
    )
    for connector in LEDGERS.values():
        assert all(page in strict for page in connector.pages)
    assert "127.0.0.1" not in strict
    local = make_settings(quickbooks_discovery_url="http://127.0.0.1:9/quickbooks/openid")
    assert "http://127.0.0.1:9" in content_policy(local)
