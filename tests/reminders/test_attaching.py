"""What goes with a mail: the invoices as the ledger prints them, or a statement; never a mail without them."""

import io
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from app.connectors.printed import MOST_BYTES, checked_pdf
from app.kit.errors import Rejected
from app.kit.languages import LANGUAGES
from app.models import Attachment, CadenceStep, ReminderState
from app.reminders.attaching import file_name
from app.reminders.ready_texts import phrases
from app.reminders.statement import statement_pdf
from tests.reminders.dispatching import again, dispatch_now, only, with_one_invoice
from tests.reminders.journey import Journey, header
from tests.reminders.test_compose import HOSTILE, LETTER


def attach(journey: Journey, step_id: UUID, what: Attachment, *, sender: str | None = None) -> None:
    with journey.ground.database.tenant(journey.tenant_id) as session:
        step = session.scalars(select(CadenceStep).where(CadenceStep.id == step_id)).one()
        step.attachment, step.sender_name = what, sender


def test_the_invoice_goes_along_as_the_ledger_prints_it(journey: Journey) -> None:
    wanted = only(journey, with_one_invoice(journey))
    attach(journey, wanted.step_id, Attachment.INVOICE, sender="Ada in accounts")
    dispatch_now(journey)
    (mail,) = journey.inbox()
    (number,) = journey.numbers_of(wanted)
    (file,) = mail["attachments"]
    assert (file["name"], file["type"]) == (f"{number}.pdf", "application/pdf")
    assert file["size"] > 300
    assert "Ada in accounts" in header(mail, "From")


def test_a_statement_goes_along(journey: Journey) -> None:
    wanted = only(journey, with_one_invoice(journey))
    attach(journey, wanted.step_id, Attachment.STATEMENT)
    dispatch_now(journey)
    (mail,) = journey.inbox()
    (file,) = mail["attachments"]
    assert (file["name"], file["type"]) == ("Statement.pdf", "application/pdf")


def test_an_invoice_that_cannot_be_had_holds_the_reminder(journey: Journey) -> None:
    wanted = only(journey, with_one_invoice(journey))
    attach(journey, wanted.step_id, Attachment.INVOICE)
    key = journey.rows(
        "SELECT i.external_id FROM reminder_invoice l JOIN invoice i ON i.tenant_id = l.tenant_id "
        "AND i.id = l.invoice_id WHERE l.reminder_id = :id",
        id=wanted.id,
    )[0][0]
    journey.sandbox.control("faults", vendor="xero", kind="503", match=f"Invoices/{key}", times=1)
    dispatch_now(journey)
    held = again(journey, wanted)
    assert held.state is ReminderState.HELD
    assert held.reason_code == "attachment"
    assert "its attachment could not be had" in (held.reason or "")
    assert journey.inbox() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_statement_is_set_in_every_language(language: str) -> None:
    letter = replace(LETTER, language=language, country_code="US" if language == "en" else "DE")
    assert checked_pdf(statement_pdf(letter)).startswith(b"%PDF-")
    assert phrases(language)["statement"]


@pytest.mark.parametrize("hostile", [*HOSTILE, '"); #read("/etc/passwd")', "#panic()", "*_`$ \\ @x <y>"])
def test_hostile_names_are_words_in_a_statement(hostile: str) -> None:
    letter = replace(LETTER, business_name=hostile or "B", customer_name=hostile)
    lines = tuple(replace(line, number=hostile) for line in letter.lines)
    assert io.BytesIO(statement_pdf(replace(letter, lines=lines))).read(5) == b"%PDF-"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("INV-1", "INV-1.pdf"),
        ("../../etc/passwd", "-..-etc-passwd.pdf"),
        ("a\r\nb", "a b.pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        ("Réchnung 7/8", "Réchnung 7-8.pdf"),
    ],
)
def test_a_file_has_a_name_that_nobody_takes_amiss(title: str, name: str) -> None:
    assert file_name(title) == name


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"%PDF-1.4 half", b"%PDF-" + b"x" * MOST_BYTES + b"%%EOF"]
)
def test_what_is_no_pdf_or_a_huge_one_is_refused(content: bytes) -> None:
    with pytest.raises(Rejected):
        checked_pdf(content)
