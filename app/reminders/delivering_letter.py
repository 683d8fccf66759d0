"""Writes the message of a delivery in the customer's language, for its channel. Nothing is stored here."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from app.channels.base import Attachment as File
from app.channels.registry import EMAIL, SMS, WHATSAPP
from app.kit.ground import Ground
from app.kit.languages import language_of_customer
from app.late_fees.open_charges import open_beside
from app.models import Attachment
from app.payments.links import new_pay_link, unsubscribe_url
from app.reminders.addresses import Addressed, Copied
from app.reminders.attaching import PDF, Files, attachment_of, file_name
from app.reminders.compose import Composed, Letter, compose, compose_text_message
from app.reminders.deliveries import Delivery, Written
from app.reminders.failed_debits import latest
from app.reminders.phone_words import DEBIT_FAILED, PhoneTemplateText, template_for, template_values
from app.reminders.statement import statement_pdf
from app.reminders.step_texts import StepWords
from app.reminders.wording import WordingFault


def write(
    ground: Ground, delivery: Delivery, templates: dict[str, str], fetched: Files, now: datetime
) -> Written:
    link = new_pay_link(ground, is_short=delivery.case.channel == SMS)
    letter = _letter(delivery, link.url, now)
    template, variables = None, {}
    if delivery.case.channel == EMAIL:
        composed = compose(letter)
    elif delivery.case.channel == WHATSAPP:
        text = _approved_text(delivery, letter, templates)
        template = templates[text.key]
        variables = text.used(template_values(replace(letter, language=text.language), link=link.url))
        composed = Composed(subject="", text=text.filled(variables), html="", headers={})
    else:
        composed = compose_text_message(letter)
    return Written(
        delivery,
        uuid4(),
        link,
        composed,
        _addressed(delivery),
        template,
        variables,
        _files(delivery, letter, fetched),
    )


def _files(delivery: Delivery, letter: Letter, fetched: Files) -> tuple[File, ...]:
    """What goes with the mail. Raises KeyError rather than to let a mail leave without what it should carry."""
    match attachment_of(delivery.batch, delivery.case, delivery.verdict.lines):
        case Attachment.INVOICE:
            return fetched.ready[delivery.case.claim.reminder_id]
        case Attachment.STATEMENT:
            return (File(file_name(letter.phrases["statement"]), PDF, statement_pdf(letter)),)
        case _:
            return ()


def _approved_text(delivery: Delivery, letter: Letter, templates: dict[str, str]) -> PhoneTemplateText:
    """The WhatsApp text. Raises WordingFault while WhatsApp has not approved the step's own.

    After a failed debit there is one of its own; until WhatsApp has approved that, the step's goes out.
    """
    words = words_of(delivery)
    wanted = language_of_customer(delivery.case.country, own=words.language)
    moments = [DEBIT_FAILED] if letter.failed_debit else []
    for moment in (*moments, words.moment):
        text = template_for(moment, wanted=wanted, own=words.language, approved=templates)
        if text is not None:
            return text
    raise WordingFault("WhatsApp has not approved our text for it yet.")


def _addressed(delivery: Delivery) -> Addressed:
    """Whom it goes to: the people of the step that words it, all this customer's. A text goes to one of them.

    Where the invoice that led has left, the step may be another one than the way was chosen for: if it reaches
    nobody, those get it whom the way was chosen for.
    """
    case, words = delivery.case, words_of(delivery)
    if case.channel != EMAIL:
        return Addressed((case.phonebook.to(words.recipient_role) or case.address or "",))
    role = words.recipient_role if case.mailbox.to(words.recipient_role) else case.role
    return case.mailbox.addressed(role, words.cc, _copied(delivery))


def _copied(delivery: Delivery) -> Copied:
    """By the invoices that the mail names, as the ledger had them just now."""
    named, told = (line.invoice_id for line in delivery.verdict.lines), delivery.answers.records
    records = [told[invoice_id] for invoice_id in named if invoice_id in told]
    return Copied(
        openly=tuple(address for record in records for address in record.copies),
        hidden=tuple(address for record in records for address in record.hidden_copies),
    )


def _letter(delivery: Delivery, link: str, now: datetime) -> Letter:
    case, business = delivery.case, delivery.batch.business
    words = words_of(delivery)
    channel = EMAIL if case.channel == WHATSAPP else case.channel
    listed = [one.invoice_id for one in delivery.verdict.lines]
    text, language = words.on(channel, wanted=language_of_customer(case.country, own=words.language))
    return Letter(
        now=now,
        zone=delivery.batch.organisation.zone,
        country_code=business.country_code,
        business_name=business.name,
        reply_to=business.reply_to,
        customer_name=case.customer_name,
        first_name=case.first_name,
        currency=case.currency,
        lines=delivery.verdict.lines,
        subject=text.subject,
        body=text.body,
        language=language,
        customer_country=case.country,
        pay_url=link if business.takes_payments else None,
        unsubscribe_url=unsubscribe_url(link),
        failed_debit=latest(delivery.batch.failed_debits, listed),
        late_fees=open_beside(delivery.answers.late_fees, (case.customer_id, case.currency), listed),
    )


def words_of(delivery: Delivery) -> StepWords:
    """Those of the invoice longest overdue."""
    return delivery.batch.words[delivery.verdict.lines[0].step_id]
