"""Setting a business up at the provider: every step once, whatever breaks in between; and its page."""

from uuid import uuid4

import pytest

from app.kit.errors import OutcomeUnknown, Rejected, Retryable
from app.models import ConsentBasis, SenderState
from app.reminders import phone_senders, phone_setup
from app.web.application import create_app
from tests.phones.business import MOBILE, PhoneBusiness
from tests.sandbox.twilio.client import MAIN, TwilioClient
from tests.support.tenants import make_user
from tests.web.browser import Page, browser


@pytest.mark.parametrize("fault", ["drop", "drop-before", "500", "429", "garbage"])
@pytest.mark.parametrize("match", ["Accounts.json", "IncomingPhoneNumbers", "Services"])
def test_whatever_breaks_there_is_one_account_one_number_and_one_service_in_the_end(
    business: PhoneBusiness, fault: str, match: str
) -> None:
    sandbox, ground = business.journey.sandbox, business.ground
    business.journey.change("DELETE FROM phone_account")
    sandbox.reset(rewind=False)
    sandbox.fault("twilio", fault, match=match)
    for _ in range(4):
        try:
            phone_setup.begin(ground, business.tenant_id)
            phone_senders.see_through(ground, business.tenant_id)
        except (OutcomeUnknown, Retryable):
            continue
    account = business.account()
    assert account.sms_state is SenderState.READY
    main = TwilioClient(sandbox, *MAIN)
    accounts = main.done("GET", "/api/2010-04-01/Accounts.json")["accounts"]
    assert len(accounts) == 2
    mine = next(one for one in accounts if one["sid"] == account.account_sid)
    theirs = TwilioClient(sandbox, mine["sid"], mine["auth_token"])
    assert len(theirs.done("GET", theirs.books("IncomingPhoneNumbers.json"))["incoming_phone_numbers"]) == 1
    assert len(theirs.done("GET", "/messaging/v1/Services")["services"]) == 1


def test_the_page_leads_from_nothing_to_a_test_message(business: PhoneBusiness) -> None:
    owner = browser(create_app(business.ground), make_user(business.ground, business.tenant_id))
    page = owner.page("/settings/phones")
    assert str(business.account().number) in page.text
    assert owner.post("/settings/phones/basis", basis="each").status_code == 303
    assert business.account().basis is ConsentBasis.EACH
    owner.post("/settings/phones/basis", basis="everybody")
    assert business.account().basis is ConsentBasis.EACH
    owner.post("/settings/phones/test", number="07911 123456")
    (text,) = business.texts()
    assert (text["to"], "STOP" in text["body"]) == (MOBILE, True)
    refused = owner.post("/settings/phones/test", number="12")
    assert "not a mobile number" in refused.text
    assert Page(refused.text).field("number") == ["12"], "what was typed is still there"
    owner.post("/settings/phones/whatsapp")
    assert business.account().whatsapp_state == SenderState.PENDING
    assert "Being set up" in owner.page("/settings/phones").text


def test_what_was_stopped_can_be_tried_again(business: PhoneBusiness) -> None:
    business.journey.change("UPDATE phone_account SET sms_state = 'blocked', sms_reason = 'Filtered.'")
    owner = browser(create_app(business.ground), make_user(business.ground, business.tenant_id))
    assert "Filtered." in owner.page("/settings/phones").text
    owner.post("/settings/phones/again")
    assert business.account().sms_state is SenderState.READY


def test_nobody_can_state_a_basis_before_there_is_an_account(business: PhoneBusiness) -> None:
    business.journey.change("DELETE FROM phone_account")
    with (
        pytest.raises(Rejected),
        business.ground.database.tenant(business.tenant_id) as session,
    ):
        phone_setup.state_basis(session, ConsentBasis.TERMS, user_id=uuid4(), now=business.ground.clock.now())
