"""Nobody comes in who should not: sign-in, strangers, forged forms."""

from collections.abc import Iterator

from flask import Flask
from sqlalchemy import func, select, text

from app.connectors.registry import LEDGERS
from app.kit.ground import Ground
from app.models import Base, Hold, Membership, Reminder, TenantRow
from app.web.session import PUBLIC_BLUEPRINTS, PUBLIC_ENDPOINTS
from tests.support.tenants import make_tenant, make_user
from tests.web.addresses import filled, ids_of, is_public, methods, nobodys_ids, private_rules, with_ids
from tests.web.browser import Page, browser
from tests.web.conftest import House


def test_the_public_pages_are_these_and_no_others(app: Flask) -> None:
    public = {rule.rule for rule in app.url_map.iter_rules() if is_public(rule)}
    assert public == {
        "/static/<path:filename>",
        "/healthz",
        "/sign-in",
        "/sign-in/<ledger>",
        "/sign-in/<ledger>/callback",
        "/portal-files/<path:filename>",
        "/pay/<token>",
        "/pay/<token>/done",
        "/pay/<token>/paid",
        "/pay/<token>/promise",
        "/pay/<token>/wrong",
        "/unsubscribe/<token>",
        *(f"/webhooks/{ledger}" for ledger in LEDGERS),
        "/webhooks/sns",
        "/webhooks/stripe",
        "/webhooks/twilio/inbound",
        "/webhooks/twilio/status",
    }
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints >= PUBLIC_ENDPOINTS
    assert set(app.blueprints) >= PUBLIC_BLUEPRINTS


def test_every_other_page_asks_who_is_there(app: Flask, house: House) -> None:
    rules = private_rules(app)
    assert len(rules) > 30
    for rule in rules:
        path = filled(rule, ids_of(house.company))
        for method in methods(rule):
            data = {"csrf_token": house.nobody.token()} if method == "POST" else None
            answer = house.nobody.client.open(path, method=method, data=data)
            assert (answer.status_code, answer.location) == (302, "/sign-in"), (method, path)


def test_a_stranger_with_real_ids_gets_what_an_unknown_id_gets(app: Flask, house: House) -> None:
    before = _rows(house.ground, house)
    seen = 0
    for rule, method in with_ids(app):
        real, made_up = (
            house.stranger.client.open(
                filled(rule, ids), method=method, data={"csrf_token": house.stranger.token()}
            )
            for ids in (ids_of(house.company), nobodys_ids())
        )
        assert (real.status_code, real.text) == (404, made_up.text), (method, rule.rule)
        assert made_up.status_code == 404, (method, rule.rule)
        seen += 1
    assert seen > 12
    assert _rows(house.ground, house) == before


def test_a_teammate_sees_what_the_owner_sees(house: House) -> None:
    for path in ("/today", "/invoices", f"/customers/{house.company.customers[0]}", "/messages", "/money"):
        assert house.teammate.page(path).text == house.owner.page(path).text


def test_no_list_of_a_stranger_holds_anything_of_the_company(house: House) -> None:
    for path in ("/today", "/invoices?show=all", "/messages", "/money", "/organisations", "/cadence"):
        text_shown = house.stranger.page(path).text
        assert "Northgate Cycles" in text_shown
        assert "Harbour Lane" not in text_shown
        assert "Alder & Finch" not in text_shown
        assert "INV-10" not in text_shown


def test_a_stranger_cannot_confirm_or_hold_what_is_not_theirs(house: House) -> None:
    waiting = str(house.company.reminders["first_list"])
    held = select(func.count()).select_from(Hold)
    with house.ground.database.tenant(house.tenant_id) as session:
        before = session.scalar(held)
    answer = house.stranger.post("/today/confirm", shown=[waiting], send=[])
    assert answer.status_code == 303
    with house.ground.database.tenant(house.tenant_id) as session:
        row = session.get_one(Reminder, (house.tenant_id, house.company.reminders["first_list"]))
        assert row.state.value == "held"
        assert session.scalar(held) == before


def test_who_lost_an_organisation_loses_it_at_once(house: House, ground: Ground) -> None:
    assert house.owner.open("/today").status_code == 200
    with ground.database.platform() as session:
        session.delete(session.get_one(Membership, (house.owner.user_id, house.tenant_id)))
    assert house.owner.open("/today").location == "/connect"


def test_a_cookie_of_a_user_who_is_gone_is_nobodys(app: Flask, ground: Ground) -> None:
    tenant_id = make_tenant(ground)
    user_id = make_user(ground, tenant_id)
    visitor = browser(app, user_id)
    assert visitor.open("/today").status_code == 200
    with ground.database.platform() as session:
        session.execute(text("DELETE FROM membership"))
        session.execute(text("DELETE FROM user_account"))
    assert visitor.open("/today").location == "/sign-in"


def test_every_form_without_its_token_is_refused_and_changes_nothing(app: Flask, house: House) -> None:
    before = _rows(house.ground, house)
    forms = [rule for rule in private_rules(app) if "POST" in methods(rule)]
    assert len(forms) > 20
    for rule in forms:
        for data in ({}, {"csrf_token": "made-up"}):
            answer = house.owner.client.post(filled(rule, ids_of(house.company)), data=data)
            assert answer.status_code == 400, rule.rule
            assert "This form has gone stale" in Page(answer.text).text
    assert house.nobody.client.post("/sign-in/xero").status_code == 400
    assert _rows(house.ground, house) == before


def test_signing_out_forgets_everything(house: House) -> None:
    assert house.owner.post("/sign-out").location == "/sign-in"
    with house.owner.client.session_transaction() as cookie:
        assert set(cookie) <= {"csrf_token", "_flashes"}
    assert house.owner.open("/today").location == "/sign-in"


def test_a_copy_of_the_cookie_is_worth_nothing_after_signing_out(house: House, app: Flask) -> None:
    copied = house.owner.client.get_cookie("duemate")
    assert copied is not None
    thief, again = browser(app), browser(app, house.owner.user_id)
    thief.client.set_cookie("duemate", copied.value)
    assert thief.open("/today").status_code == 200
    house.owner.post("/sign-out")
    thief.client.set_cookie("duemate", copied.value)
    assert thief.open("/today").location == "/sign-in"
    assert again.open("/today").status_code == 200, "another browser of the same person stays signed in"


def test_a_cookie_that_names_no_session_is_nobodys(house: House, app: Flask) -> None:
    visitor = browser(app)
    with visitor.client.session_transaction() as cookie:
        cookie["user"] = str(house.owner.user_id)
    assert visitor.open("/today").location == "/sign-in"


def test_switching_shows_the_other_organisation_and_only_ones_own(app: Flask, ground: Ground) -> None:
    first, second, theirs = (make_tenant(ground, name=name) for name in ("First", "Second", "Theirs"))
    visitor = browser(app, make_user(ground, first, second))
    assert "First" in visitor.page("/today").text
    listed = visitor.page("/organisations").text
    assert "Second" in listed
    assert "Theirs" not in listed
    assert visitor.post(f"/switch/{second}").location == "/today"
    assert "Second" in visitor.page("/today").text
    assert visitor.post(f"/switch/{theirs}").status_code == 404
    assert "Second" in visitor.page("/today").text


def _rows(ground: Ground, house: House) -> dict[str, list[object]]:
    """All rows of the company, and the tasks, so that any change shows."""
    with ground.database.tenant(house.tenant_id) as session:
        return {
            name: [tuple(row) for row in session.execute(text(f"SELECT t.* FROM {name} t ORDER BY t::text"))]
            for name in _tables()
        }


def _tables() -> Iterator[str]:
    yield from ("task", "tenant")
    yield from sorted(
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, TenantRow)
    )
