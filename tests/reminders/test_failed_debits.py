"""After a bank debit that did not go through, the next reminder says so, once, on every channel."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.kit.ground import Ground
from app.kit.languages import LANGUAGES
from app.models import Invoice
from app.payments.offer import FailedDebit
from app.reminders.compose import compose, compose_text_message
from app.reminders.confirming import confirm
from app.reminders.failed_debits import latest, untold_debits
from app.reminders.phone_words import DEBIT_FAILED, template, template_for
from app.reminders.ready_texts import MOMENTS, ready_text
from app.reminders.segments import segments
from app.reminders.wording import variables_in
from tests.payments.business import Business, open_business
from tests.portal.owing import one_invoice
from tests.reminders.dispatching import dispatch_now
from tests.reminders.journey import Journey
from tests.reminders.test_compose import LETTER
from tests.reminders.values import number
from tests.sandbox.client import SandboxClient
from tests.sandbox.receiver import Receiver

DEBIT = FailedDebit(Decimal("1240.50"), "GBP", date(2026, 11, 16))
TOLD = replace(LETTER, failed_debit=DEBIT)
SAID = "Your bank returned the debit of £1,240.50 of 16 Nov 2026"


def test_a_mail_says_it_before_anything_else() -> None:
    made = compose(TOLD)
    assert made.text.startswith(f"{SAID}, so that money has not reached us.\n\nHello Ada,")
    assert SAID in made.html
    assert made.html.index(SAID) < made.html.index("Hello Ada")
    assert "debit" not in compose(LETTER).text


def test_a_text_message_says_it_before_how_to_stop() -> None:
    made = compose_text_message(replace(TOLD, subject="", body="Please pay {{ total }}."))
    assert made.text == f"Harbour Lane Joinery: Please pay £1,250.50. {SAID}. Reply STOP to opt out."


def test_a_step_that_speaks_of_it_in_its_own_words_is_left_alone() -> None:
    body = "{% if debit_failed %}What about {{ debit_amount }} of {{ debit_day }}?{% else %}Please pay.{% endif %}"
    own, plain = replace(TOLD, body=body), replace(LETTER, body=body)
    assert compose(own).text.startswith("What about £1,240.50 of 16 Nov 2026?\n")
    assert compose(plain).text.startswith("Please pay.\n")
    assert SAID not in compose_text_message(own).text
    assert variables_in(body) == {"debit_failed", "debit_amount", "debit_day"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("moment", MOMENTS)
def test_it_is_said_in_every_language_and_fits(language: str, moment: str) -> None:
    told = replace(TOLD, language=language, customer_country=language.upper())
    mail, text = ready_text(language, moment), ready_text(language, moment, channel="sms")
    made = compose(replace(told, subject=mail.subject, body=mail.body))
    assert "{" not in made.text
    assert ("Your bank" in made.text) == (language == "en")
    short = compose_text_message(replace(told, subject="", body=text.body, pay_url="https://d.example/p/abc"))
    assert segments(short.text).count <= (6 if language in ("fr", "es") else 3)
    assert template(DEBIT_FAILED, language).used(dict.fromkeys("12346", "x")) == dict.fromkeys("12346", "x")


def test_whatsapp_needs_an_approved_text_for_it() -> None:
    approved = [template(DEBIT_FAILED, "en").key]
    assert template_for(DEBIT_FAILED, wanted="de", own="en", approved=approved) == template(
        DEBIT_FAILED, "en"
    )
    assert template_for(DEBIT_FAILED, wanted="de", own="en", approved=[]) is None


def test_a_message_about_several_speaks_of_the_latest() -> None:
    newer = replace(DEBIT, on=date(2026, 11, 18))
    debits = {number(1): DEBIT, number(2): newer}
    assert latest(debits, [number(1), number(2)]) == newer
    assert latest(debits, [number(1)]) == DEBIT
    assert latest(debits, [number(3)]) is None


@pytest.fixture
def business(sandbox_ground: Ground, sandbox: SandboxClient, receiver: Receiver) -> Business:
    return open_business(sandbox_ground, sandbox, receiver)


def _debit_returns(business: Business, path: str) -> None:
    business.pay(path, method="debit_fails")
    business.wait_for_webhook("payment_intent.processing")
    business.deliver()
    business.work()
    [payment] = business.payments()
    business.sandbox.control(f"stripe/payments/{payment.external_id}/answer", outcome="failed")
    business.wait_for_webhook("payment_intent.payment_failed")
    business.deliver()
    business.work()


def _send_next(business: Business, journey: Journey, invoice: Invoice) -> list[str]:
    """Send the next reminder of this invoice; the texts of all reminders that name it."""
    for _ in range(60):
        journey.next_morning()
        business.pull()
        journey.run()
        due = [one for one in journey.due_today() if invoice.number in journey.numbers_of(one)]
        if due:
            with journey.ground.database.tenant(journey.tenant_id) as session:
                confirm(session, [one.id for one in due], now=journey.ground.clock.now())
            dispatch_now(journey)
            break
    mails = [mail["text"] for mail in journey.inbox() if "No more reminders" in mail["text"]]
    return [mail for mail in mails if invoice.number in mail]


def test_the_next_reminder_says_it_and_the_one_after_does_not(business: Business) -> None:
    path, _, invoice = one_invoice(business)
    _debit_returns(business, path)
    with business.unit() as session:
        untold = untold_debits(session, session.scalars(select(Invoice.id)).all())
    assert untold.keys() == {invoice.id}
    journey = Journey(business.ground, business.sandbox, business.tenant.tenant_id)
    [first] = _send_next(business, journey, invoice)
    assert first.startswith("Your bank returned the debit of £")
    with business.unit() as session:
        assert untold_debits(session, [invoice.id]) == {}
        [reminder_id] = [
            one.id
            for one in journey.reminders()
            if invoice.number in journey.numbers_of(one) and one.state == "sent"
        ]
        assert untold_debits(session, [invoice.id], beside=[reminder_id]) == untold
    _, second = sorted(_send_next(business, journey, invoice), key=lambda text: "Your bank" not in text)
    assert "Your bank returned" not in second
