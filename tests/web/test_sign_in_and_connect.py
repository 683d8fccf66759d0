"""The way in, through the sandbox's real sign-in and consent."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask

from app.connectors.registry import LEDGERS
from app.kit.ground import Ground
from app.web.application import create_app
from tests.connectors.consent import (
    DEMO,
    OWNER,
    PLACES,
    SECOND,
    STRANGER,
    TEAMMATE,
    consent,
    consent_at_xero,
)
from tests.sandbox.client import SandboxClient
from tests.support.tasks import run_due
from tests.web.browser import Browser, Page, browser


@pytest.fixture
def site(sandbox_ground: Ground) -> Flask:
    return create_app(sandbox_ground)


def signed_in(site: Flask, user: str = OWNER, ledger: str = "xero") -> Browser:
    visitor = browser(site)
    leave = visitor.post(f"/sign-in/{ledger}")
    assert leave.status_code == 303
    query = consent(leave.location, user=user)
    back = visitor.open(f"/sign-in/{ledger}/callback?{urlencode(query)}")
    assert back.status_code == 302, Page(back.text).text
    with visitor.client.session_transaction() as cookie:
        visitor.user_id = cookie["user"]
    return visitor


def consented(visitor: Browser, *, user: str = OWNER, organisation: str | list[str] = DEMO) -> str:
    """The address of the callback that Xero sends the browser to."""
    leave = visitor.post("/connect/xero")
    query = consent_at_xero(leave.location, user=user, organisation=organisation)
    return f"/connect/xero/callback?{urlencode(query)}"


def connected(site: Flask, user: str = OWNER) -> Browser:
    visitor = signed_in(site, user)
    assert visitor.open(consented(visitor, user=user)).location == "/connect/xero/organisation"
    chooser = visitor.page("/connect/xero/organisation")
    answer = visitor.post("/connect/xero/organisation", organisation=chooser.field("organisation")[0])
    assert (answer.status_code, answer.location) == (303, "/sync")
    return visitor


def test_a_new_user_signs_in_and_is_led_to_connect(site: Flask) -> None:
    visitor = signed_in(site)
    assert visitor.open("/").location == "/today"
    assert visitor.open("/today").location == "/connect"
    assert "Nothing is sent to your customers" in visitor.page("/connect").text


@pytest.mark.parametrize("ledger", PLACES)
def test_the_way_in_is_the_same_at_every_ledger(site: Flask, sandbox_ground: Ground, ledger: str) -> None:
    place = PLACES[ledger]
    visitor = signed_in(site, place.owner, ledger)
    leave = visitor.post(f"/connect/{ledger}").location
    query = consent(leave, user=place.owner, **{place.choice: place.main})
    there = f"/connect/{ledger}/organisation"
    assert visitor.open(f"/connect/{ledger}/callback?{urlencode(query)}").location == there
    chooser = visitor.page(there)
    assert f"{LEDGERS[ledger].display_name} lets you reach one organisation." in chooser.text
    assert f"Connect {place.main}" in chooser.text
    answer = visitor.post(there, organisation=chooser.field("organisation")[0])
    assert (answer.status_code, answer.location) == (303, "/sync")
    run_due(sandbox_ground)
    assert "Done" in visitor.page("/sync").text
    today = visitor.page("/today")
    assert f"{LEDGERS[ledger].display_name}, read" in today.text
    assert len(today.field("send")) > 10


def test_a_refusal_at_each_ledger_is_told_in_words(site: Flask) -> None:
    for ledger, place in PLACES.items():
        visitor = browser(site)
        query = consent(visitor.post(f"/sign-in/{ledger}").location, user=place.owner, decision="deny")
        assert visitor.open(f"/sign-in/{ledger}/callback?{urlencode(query)}").location == "/sign-in"
        assert "Sign in with QuickBooks" in visitor.page("/sign-in").text


def test_who_wanted_a_page_gets_it_after_signing_in(site: Flask) -> None:
    visitor = browser(site)
    visitor.open("/invoices?show=overdue")
    leave = visitor.post("/sign-in/xero")
    back = visitor.open(f"/sign-in/xero/callback?{urlencode(consent_at_xero(leave.location))}")
    assert back.location == "/invoices?show=overdue"


def test_the_chosen_organisation_is_read_and_waits_for_its_owner(site: Flask, sandbox_ground: Ground) -> None:
    visitor = connected(site)
    assert "Waiting to begin" in visitor.page("/sync").text
    run_due(sandbox_ground)
    assert "Done" in visitor.page("/sync").text
    today = visitor.page("/today")
    assert "wait for your word" in today.text
    assert len(today.field("shown")) > 10
    assert len(today.field("send")) == len(today.field("shown"))


def test_a_connected_organisation_is_marked_and_a_strangers_is_not_offered(site: Flask) -> None:
    connected(site)
    teammate = signed_in(site, TEAMMATE)
    teammate.open(consented(teammate, user=TEAMMATE))
    chooser = teammate.page("/connect/xero/organisation").text
    assert f"{DEMO} Connected here already." in chooser
    assert "Northgate" not in chooser
    stranger = signed_in(site, STRANGER)
    assert stranger.open("/today").location == "/connect"


def test_an_organisation_that_was_not_offered_cannot_be_chosen(site: Flask) -> None:
    visitor = signed_in(site)
    visitor.open(consented(visitor))
    assert visitor.post("/connect/xero/organisation", organisation="another").status_code == 404


def test_saying_no_at_xero_is_told_in_words(site: Flask) -> None:
    visitor = signed_in(site)
    leave = visitor.post("/connect/xero")
    query = consent_at_xero(leave.location, decision="deny", organisation=DEMO)
    assert visitor.open(f"/connect/xero/callback?{urlencode(query)}").location == "/connect"
    assert "You did not allow the access, so nothing was connected." in visitor.page("/connect").text


def test_a_callback_works_once(site: Flask) -> None:
    visitor = signed_in(site)
    address = consented(visitor)
    assert visitor.open(address).location == "/connect/xero/organisation"
    assert visitor.open(address).location == "/connect"
    assert "This answer was used already." in visitor.page("/connect").text


def test_a_callback_of_another_browser_is_refused(site: Flask) -> None:
    victim, thief = signed_in(site), signed_in(site, STRANGER)
    address = consented(victim)
    assert thief.open(address).location == "/connect"
    assert "belongs to another browser or another user" in thief.page("/connect").text
    assert victim.open(address).location == "/connect/xero/organisation"


def test_a_sign_in_callback_of_another_browser_signs_nobody_in(site: Flask) -> None:
    attacker, victim = browser(site), browser(site)
    query = consent_at_xero(attacker.post("/sign-in/xero").location, user=STRANGER)
    assert victim.open(f"/sign-in/xero/callback?{urlencode(query)}").location == "/sign-in"
    assert "another browser" in victim.page("/sign-in").text


@pytest.mark.parametrize("query", ["", "state=x&code=y", "error=access_denied", "state=" + "z" * 5000])
def test_a_made_up_callback_is_answered_in_words(site: Flask, query: str) -> None:
    visitor = browser(site)
    assert visitor.open(f"/sign-in/xero/callback?{query}").location == "/sign-in"
    assert "start again" in visitor.page("/sign-in").text


def test_a_choice_without_a_consent_leads_back_to_the_beginning(site: Flask) -> None:
    visitor = signed_in(site)
    assert visitor.open("/connect/xero/organisation").location == "/connect"
    assert visitor.post("/connect/xero/organisation", organisation="x").location == "/connect"


def test_a_second_organisation_gets_its_own_place_and_the_switch_appears(site: Flask) -> None:
    visitor = connected(site)
    visitor.open(consented(visitor, organisation=SECOND))
    chooser = visitor.page("/connect/xero/organisation")
    assert (
        visitor.post("/connect/xero/organisation", organisation=chooser.field("organisation")[0]).status_code
        == 303
    )
    assert SECOND in visitor.page("/sync").text
    listed = visitor.page("/organisations").text
    assert DEMO in listed
    assert "You are here" in listed


def test_disconnecting_holds_everything_and_offers_to_reconnect(site: Flask, sandbox_ground: Ground) -> None:
    visitor = connected(site)
    run_due(sandbox_ground)
    assert visitor.post("/settings/disconnect").status_code == 303
    run_due(sandbox_ground)
    today = visitor.page("/today").text
    assert "Xero is disconnected: reminders are held." in today
    assert "wait for your word" not in today


def test_a_choice_that_xero_did_not_answer_can_be_made_again(site: Flask, sandbox: SandboxClient) -> None:
    visitor = signed_in(site)
    visitor.open(consented(visitor))
    choice = visitor.page("/connect/xero/organisation").field("organisation")[0]
    sandbox.fault("xero", "503", match="Organisation", times=1)
    refused = visitor.post("/connect/xero/organisation", organisation=choice)
    assert refused.status_code == 503
    assert "Not right now" in Page(refused.text).text
    assert visitor.post("/connect/xero/organisation", organisation=choice).location == "/sync"


def test_a_consent_that_is_used_up_leads_back_to_the_beginning_with_its_reason(site: Flask) -> None:
    visitor = signed_in(site)
    visitor.open(consented(visitor))
    choice = visitor.page("/connect/xero/organisation").field("organisation")[0]
    with visitor.client.session_transaction() as cookie:
        attempt = cookie["attempt"]
    visitor.post("/connect/xero/organisation", organisation=choice)
    with visitor.client.session_transaction() as cookie:
        cookie["attempt"] = attempt
    assert visitor.open("/connect/xero/organisation").location == "/connect"
    assert "This consent is used up or too old." in visitor.page("/connect").text


def test_who_is_idle_for_half_a_day_signs_in_again(site: Flask) -> None:
    cookie = signed_in(site).open("/connect").headers["Set-Cookie"]
    assert "Expires=" in cookie
    assert site.permanent_session_lifetime == timedelta(hours=12)
