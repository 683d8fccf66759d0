"""A step's message as a real customer would get it now, from the mirror, on each channel it may leave on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.channels.registry import WHATSAPP
from app.kit.ground import Ground
from app.kit.languages import language_of_customer
from app.late_fees.open_charges import open_beside, open_charges
from app.models import Customer, Invoice, InvoiceState, Tenant
from app.payments.accounts import takes_payments
from app.reminders.cadence_drafts import StepDraft
from app.reminders.compose import Composed, Letter, compose, compose_text_message
from app.reminders.failed_debits import latest, untold_debits
from app.reminders.gate import OpenLine
from app.reminders.phone_words import DEBIT_FAILED, template, template_values
from app.reminders.ready_texts import EMAIL, PROMISE_BROKEN, SMS, ReadyText, moment_of
from app.reminders.segments import Segments, segments
from app.reminders.sender import reply_to_of
from app.reminders.step_texts import StepWords
from app.reminders.wording import WordingFault

_MOST_CUSTOMERS = 50
_MOST_INVOICES = 20


@dataclass(frozen=True)
class Example:
    """A customer who owes something, to try a text on."""

    customer_id: UUID
    name: str
    currency: str

    @property
    def key(self) -> str:
        """Names the example in the form."""
        return f"{self.customer_id}:{self.currency}"


@dataclass(frozen=True)
class Shown:
    """A message on one channel, or why it cannot be made."""

    channel: str
    language: str
    composed: Composed | None = None
    segments: Segments | None = None
    fault: str = ""


def examples(session: Session) -> list[Example]:
    """Customers with open invoices, those who owe longest first."""
    customer = and_(Customer.tenant_id == Invoice.tenant_id, Customer.id == Invoice.customer_id)
    rows = session.execute(
        select(Customer.id, Customer.name, Invoice.currency)
        .select_from(Invoice)
        .join(Customer, customer)
        .where(Invoice.state == InvoiceState.OPEN, Invoice.amount_due > 0)
        .group_by(Customer.tenant_id, Customer.id, Customer.name, Invoice.currency)
        .order_by(func.min(Invoice.due_on), Customer.name)
        .limit(_MOST_CUSTOMERS)
    )
    return [Example(*row) for row in rows]


def chosen_example(found: list[Example], key: str) -> Example | None:
    """The example of that key, or the first."""
    return next((one for one in found if one.key == key), found[0] if found else None)


def preview(
    ground: Ground, session: Session, example: Example, draft: StepDraft, *, language: str, now: datetime
) -> list[Shown]:
    """The messages with the customer's open invoices, in the order in which the channels are tried."""
    tenant = session.scalars(select(Tenant)).one()
    customer = session.get_one(Customer, (tenant.id, example.customer_id))
    words = StepWords(
        language,
        PROMISE_BROKEN if draft.only_after else moment_of(draft.offset_days, draft.tone),
        {(EMAIL, language): ReadyText(draft.subject, draft.body), **draft.texts},
    )
    wanted = language_of_customer(customer.country_code, own=language)
    pay_url = f"{ground.settings.public_url}/pay/…" if takes_payments(session) else None
    lines = _lines(session, example)
    ids = [line.invoice_id for line in lines]
    letter = Letter(
        now=now,
        zone=tenant.time_zone,
        country_code=tenant.country_code,
        business_name=tenant.name,
        reply_to=reply_to_of(tenant, ground.sealer(session)),
        customer_name=customer.name,
        first_name=customer.first_name,
        currency=example.currency,
        lines=lines,
        subject="",
        body="",
        pay_url=pay_url,
        unsubscribe_url=f"{ground.settings.public_url}/unsubscribe/…",
        customer_country=customer.country_code,
        failed_debit=latest(untold_debits(session, ids), ids),
        late_fees=open_beside(open_charges(session, [customer.id]), (customer.id, example.currency), ids),
    )
    return list(_messages(letter, words, draft.channels or (EMAIL,), wanted))


def _messages(letter: Letter, words: StepWords, channels: tuple[str, ...], wanted: str) -> Iterator[Shown]:
    for channel in channels:
        if channel not in (EMAIL, SMS):
            yield _by_whatsapp(letter, words, wanted)
            continue
        text_of_step, language = words.on(channel, wanted=wanted)
        filled = replace(letter, subject=text_of_step.subject, body=text_of_step.body, language=language)
        try:
            composed = compose(filled) if channel == EMAIL else compose_text_message(filled)
        except WordingFault as fault:
            yield Shown(channel, language, fault=fault.reason)
            continue
        yield Shown(channel, language, composed, None if channel == EMAIL else segments(composed.text))


def _by_whatsapp(letter: Letter, words: StepWords, wanted: str) -> Shown:
    """As if WhatsApp had approved everything; the page of the texts tells what it has."""
    text = template(DEBIT_FAILED if letter.failed_debit else words.moment, wanted)
    values = template_values(replace(letter, language=wanted), link=letter.pay_url or "")
    return Shown(WHATSAPP, wanted, Composed(subject="", text=text.filled(values), html="", headers={}))


def _lines(session: Session, example: Example) -> tuple[OpenLine, ...]:
    invoices = session.scalars(
        select(Invoice)
        .where(
            Invoice.customer_id == example.customer_id,
            Invoice.currency == example.currency,
            Invoice.state == InvoiceState.OPEN,
            Invoice.amount_due > 0,
        )
        .order_by(Invoice.due_on)
        .limit(_MOST_INVOICES)
    )
    return tuple(
        OpenLine(
            invoice_id=one.id,
            step_id=one.id,
            number=one.number,
            reference=one.reference,
            issued_on=one.issued_on,
            due_on=one.due_on,
            balance=one.amount_due,
        )
        for one in invoices
    )
