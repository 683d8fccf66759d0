"""Which of a step's words are used, and that they are the ones that leave."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.kit.ground import Ground
from app.models import CadenceStep, Customer, OnlyAfter, Tenant
from app.reminders.payment_language import written_in
from app.reminders.ready_texts import ReadyText, ready_text
from app.reminders.step_texts import StepWords, words_of, write_texts
from app.reminders.wording import WordingFault
from tests.reminders.dispatching import dispatch_now, only, with_one_invoice
from tests.reminders.journey import Journey, header

OWN, GERMAN = ReadyText("Own", "own words"), ReadyText("Deutsch", "deutsche Worte")
WORDS = StepWords("en", "gentle", {("email", "en"): OWN, ("email", "de"): GERMAN})


def test_the_wanted_language_is_used_where_the_step_has_it() -> None:
    assert WORDS.on("email", wanted="de") == (GERMAN, "de")
    assert WORDS.on("email", wanted="en") == (OWN, "en")
    assert WORDS.on("email", wanted="fr") == (OWN, "en")


def test_a_text_message_without_own_words_gets_ready_ones_in_the_cadences_language() -> None:
    assert WORDS.on("sms", wanted="de") == (ready_text("en", "gentle", channel="sms"), "en")


def test_other_channels_without_words_are_refused() -> None:
    with pytest.raises(WordingFault):
        WORDS.on("whatsapp", wanted="en")


def first_step(ground: Ground, tenant_id: UUID) -> UUID:
    with ground.database.tenant(tenant_id) as session:
        return session.scalars(select(CadenceStep.id).order_by(CadenceStep.offset_days)).first() or uuid4()


def test_texts_are_replaced_as_a_whole_and_read_with_the_steps_own(journey: Journey) -> None:
    step_id = first_step(journey.ground, journey.tenant_id)
    short = ReadyText("", "{{ total }} please")
    with journey.ground.database.tenant(journey.tenant_id) as session:
        write_texts(session, step_id, {("email", "de"): GERMAN, ("sms", "en"): short})
        write_texts(session, step_id, {("sms", "en"): short})
        words = words_of(session, {step_id})[step_id]
    assert words.texts.keys() == {("email", "en"), ("sms", "en")}
    assert words.on("sms", wanted="en") == (short, "en")
    assert (words.language, words.moment) == ("en", "before")


def test_a_step_after_a_broken_promise_has_ready_words_for_that(journey: Journey) -> None:
    step_id = first_step(journey.ground, journey.tenant_id)
    with journey.ground.database.tenant(journey.tenant_id) as session:
        step = session.scalars(select(CadenceStep).where(CadenceStep.id == step_id)).one()
        step.only_after = OnlyAfter.PROMISE_BROKEN
        session.flush()
        assert words_of(session, {step_id})[step_id].moment == "promise_broken"


def test_a_customer_in_germany_gets_the_german_words(journey: Journey) -> None:
    wanted = only(journey, with_one_invoice(journey))
    with journey.ground.database.tenant(journey.tenant_id) as session:
        session.scalars(select(Customer).where(Customer.id == wanted.customer_id)).one().country_code = "DE"
        write_texts(session, wanted.step_id, {("email", "de"): ready_text("de", "standard")})
    dispatch_now(journey)
    (mail,) = journey.inbox()
    assert "Tage überfällig" in header(mail, "Subject")
    assert "Keine Erinnerungen mehr per E-Mail" in str(mail)


def test_a_payer_is_written_to_as_the_last_reminder_was(journey: Journey) -> None:
    wanted = only(journey, with_one_invoice(journey))
    with journey.ground.database.tenant(journey.tenant_id) as session:
        tenant = session.scalars(select(Tenant)).one()
        customer = session.scalars(select(Customer).where(Customer.id == wanted.customer_id)).one()
        customer.country_code = "DE"
        session.flush()
        assert written_in(session, customer, tenant) == "de", "nothing was sent yet"
    dispatch_now(journey)
    assert len(journey.inbox()) == 1
    with journey.ground.database.tenant(journey.tenant_id) as session:
        assert written_in(session, customer, tenant) == "en", "the step has no German text"
        write_texts(session, wanted.step_id, {("email", "de"): ready_text("de", "standard")})
        assert written_in(session, customer, tenant) == "de"
