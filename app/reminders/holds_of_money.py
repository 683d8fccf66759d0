"""Holds that follow from money: on its way, received but applied to nothing, or too little to write about.

They are worked out from the mirror and our own payments whenever they are asked for, so that they end by
themselves when the books change.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, text, tuple_
from sqlalchemy.orm import Session

from app.models import HoldKind, HoldScope, Invoice, InvoiceState
from app.payments.coverage import ours_not_in_ledger
from app.reminders.holds_probably_paid import Owed, Unapplied, probably_paid
from app.reminders.situation import Stop

Group = tuple[UUID, str]
_NOTHING = Decimal(0)
_QUESTION = text("""
    SELECT 'received', customer_id, currency, sum(unapplied), CAST(NULL AS uuid) FROM ledger_payment
    WHERE unapplied > 0 AND NOT is_deleted AND customer_id IS NOT NULL GROUP BY customer_id, currency
    UNION ALL
    SELECT 'credited', customer_id, currency, sum(remaining), NULL FROM credit_note
    WHERE state = 'open' AND remaining > 0 GROUP BY customer_id, currency
    UNION ALL
    SELECT 'waived', customer_id, currency, amount, NULL FROM waiver
    UNION ALL
    SELECT 'minimum', NULL, currency, amount, NULL FROM minimum_balance
    UNION ALL
    SELECT 'in_flight', NULL, NULL, NULL, line.invoice_id
    FROM payment
    JOIN checkout_invoice line ON line.tenant_id = payment.tenant_id AND line.checkout_id = payment.checkout_id
    WHERE payment.state = 'processing'
""")
_IN_FLIGHT = Stop("A payment of this invoice is on its way", None, HoldKind.IN_FLIGHT)


@dataclass
class Money:
    """What the books say beside the invoices themselves."""

    unapplied: dict[Group, Unapplied] = field(default_factory=dict)
    """By customer and currency; what was waived is left out."""
    minimums: dict[str, Decimal] = field(default_factory=dict)
    in_flight: set[UUID] = field(default_factory=set)


def stops_of_money(session: Session) -> Iterator[tuple[tuple[HoldScope, UUID], Stop]]:
    """The invoices that money holds, each perhaps more than once."""
    money = load_money(session)
    for invoice_id in money.in_flight:
        yield (HoldScope.INVOICE, invoice_id), _IN_FLIGHT
    if not money.unapplied and not money.minimums:
        return
    for group, owed in load_owed(session, money).items():
        for invoice_id, stop in stops_of_group(money, group, owed):
            yield (HoldScope.INVOICE, invoice_id), stop


def stops_of_group(money: Money, group: Group, owed: list[Owed]) -> Iterator[tuple[UUID, Stop]]:
    """What money means for the open invoices of one customer in one currency. Pure."""
    currency, total = group[1], sum((one.balance for one in owed), _NOTHING)
    minimum = money.minimums.get(currency, _NOTHING)
    if 0 < total < minimum:
        words = f"What is open, {total:.2f} {currency}, is less than your minimum of {minimum:.2f}"
        yield from ((one.invoice_id, Stop(words, None, HoldKind.BELOW_MINIMUM)) for one in owed)
    unapplied = money.unapplied.get(group, Unapplied())
    words = f"{unapplied.total:,.2f} {currency} of theirs is in the ledger, applied to nothing, and covers this invoice"
    for invoice_id in probably_paid(unapplied, owed):
        yield invoice_id, Stop(words, None, HoldKind.PROBABLY_PAID)


def load_money(session: Session) -> Money:
    """One question for all of it; most tenants have little of it."""
    found, waived = Money(), {}
    for what, customer_id, currency, amount, invoice_id in session.execute(_QUESTION):
        group = customer_id, currency
        if what == "received":
            found.unapplied[group] = Unapplied(received=amount)
        elif what == "credited":
            before = found.unapplied.get(group, Unapplied())
            found.unapplied[group] = Unapplied(before.received, amount)
        elif what == "waived":
            waived[group] = amount
        elif what == "minimum":
            found.minimums[currency] = amount
        else:
            found.in_flight.add(invoice_id)
    found.unapplied = {
        group: unapplied
        for group, unapplied in found.unapplied.items()
        if unapplied.total > waived.get(group, _NOTHING)
    }
    return found


def load_owed(session: Session, money: Money) -> Mapping[Group, list[Owed]]:
    """Open invoices of the customers concerned: everybody's, if there is a minimum."""
    group = tuple_(Invoice.customer_id, Invoice.currency)
    concerned: ColumnElement[bool] = (
        or_(Invoice.currency.in_(money.minimums), group.in_(list(money.unapplied)))
        if money.unapplied
        else Invoice.currency.in_(money.minimums)
    )
    rows = session.execute(
        select(Invoice.id, Invoice.customer_id, Invoice.currency, Invoice.due_on, Invoice.amount_due).where(
            Invoice.state == InvoiceState.OPEN, Invoice.amount_due > 0, concerned
        )
    ).all()
    ours = ours_not_in_ledger(session, [row[0] for row in rows])
    found: dict[Group, list[Owed]] = {}
    for invoice_id, customer_id, currency, due_on, due in rows:
        balance = due - ours.get(invoice_id, _NOTHING)
        if balance > 0:
            found.setdefault((customer_id, currency), []).append(Owed(invoice_id, due_on, balance))
    return found
