"""Reads what one period's reconciliation compares: movements and entries, brought together by what caused them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.models import (
    Chargeback,
    Movement,
    Payment,
    Payout,
    PayoutState,
    Refund,
    SettledDifference,
    WriteBack,
    WriteBackKind,
)
from app.payments.on_clearing import clearing_currency, clears_in, on_clearing
from app.payments.reconciliation_lines import Booked, Cause, Settled

_SOURCE = func.coalesce(Refund.external_id, Chargeback.external_id, Payout.external_id, Payment.external_id)


def causes(
    session: Session, *, begin: datetime, end: datetime, currency: str, zone: ZoneInfo
) -> Iterator[Cause]:
    """Everything with a movement or an entry in the period, whole, also with what lies before or after it."""
    moved = _in_period(begin, end, currency)
    days = WriteBack.booked_on.between(begin.date(), end.date()) & clears_in(currency)
    sources = {row.source or row.external_id for row in session.scalars(select(Movement).where(moved))}
    sources |= {source for _, source, _ in session.execute(_entries().where(days))}
    return causes_of(session, sources, currency=currency, zone=zone)


def causes_of(session: Session, sources: set[str], *, currency: str, zone: ZoneInfo) -> Iterator[Cause]:
    """By Stripe's ids, what of them is of a currency, each whole."""
    movements, entries = _movements(session, sources), _entries_by(session, sources)
    payments = {one.external_id: one for one in _of(session, Payment, sources)}
    payouts = {one.external_id: one for one in _of(session, Payout, sources)}
    ours = sources & (
        set(entries)
        | set(payments)
        | set(payouts)
        | {one.external_id for one in _of(session, Refund, sources)}
    )
    in_payouts, settled = _payout_names(session, movements), _settled(session, sources, currency)
    for source in sources:
        told = movements.get(source, [])
        of_currency = [one for one in told if one.currency == currency]
        rows = entries.get(source, [])
        booked = [(row, payment_id) for row, payment_id in rows if clearing_currency(row) == currency]
        if not of_currency and all(row.kind is WriteBackKind.NOTE for row, _ in booked):
            continue
        payment = payments.get(source)
        yield Cause(
            source=source,
            kind=of_currency[0].kind if of_currency else None,
            day=_day(of_currency or told, [row for row, _ in booked], zone),
            payment_id=payment.id if payment else next((one for _, one in rows if one), None),
            payout=next((in_payouts[one.payout_id] for one in of_currency if one.payout_id), None),
            movements=tuple(one.net for one in of_currency),
            entries=tuple(_booked(row) for row, _ in booked),
            is_ours=source in ours,
            is_fee_known=payment is None or payment.fee is not None,
            arrives_on=_arrives_on(payouts.get(source)),
            other_currency=_other_currency(currency, told, (row for row, _ in rows)),
            settled=settled.get(source),
        )


def _in_period(begin: datetime, end: datetime, currency: str) -> Any:
    return and_(Movement.created_at >= begin, Movement.created_at < end, Movement.currency == currency)


def _entries() -> Select[WriteBack, str, UUID | None]:
    """Entries with Stripe's id of their cause and the payment they belong to."""
    return (
        select(WriteBack, _SOURCE, WriteBack.payment_id)
        .outerjoin(Refund, Refund.id == WriteBack.refund_id)
        .outerjoin(Chargeback, Chargeback.id == WriteBack.chargeback_id)
        .outerjoin(Payout, Payout.id == WriteBack.payout_id)
        .outerjoin(Payment, Payment.id == WriteBack.payment_id)
        # A charge for paying late moves no money at the processor.
        .where(WriteBack.late_fee_id.is_(None))
    )


def _movements(session: Session, sources: set[str]) -> dict[str, list[Movement]]:
    wanted = select(Movement).where(
        or_(Movement.source.in_(sources), and_(Movement.source.is_(None), Movement.external_id.in_(sources)))
    )
    found: dict[str, list[Movement]] = defaultdict(list)
    for row in session.scalars(wanted.order_by(Movement.created_at, Movement.external_id)):
        found[row.source or row.external_id].append(row)
    return found


def _entries_by(session: Session, sources: set[str]) -> dict[str, list[tuple[WriteBack, Any]]]:
    found: dict[str, list[tuple[WriteBack, Any]]] = defaultdict(list)
    wanted = _entries().where(_SOURCE.in_(sources)).order_by(WriteBack.created_at, WriteBack.marker)
    for row, source, payment_id in session.execute(wanted):
        found[source].append((row, payment_id))
    return found


def _of(session: Session, kind: Any, sources: set[str]) -> Iterable[Any]:
    return session.scalars(select(kind).where(kind.external_id.in_(sources)))


def _payout_names(session: Session, movements: dict[str, list[Movement]]) -> dict[Any, str]:
    ids = {one.payout_id for told in movements.values() for one in told if one.payout_id}
    rows = session.execute(select(Payout.id, Payout.external_id).where(Payout.id.in_(ids)))
    return {payout_id: name for payout_id, name in rows}  # noqa: C416 (a Row is not a pair of types)


def _day(told: list[Movement], booked: list[WriteBack], zone: ZoneInfo) -> date:
    if told:
        return told[0].created_at.astimezone(zone).date()
    return min(row.booked_on for row in booked)


def _settled(session: Session, sources: set[str], currency: str) -> dict[str, Settled]:
    rows = session.scalars(
        select(SettledDifference).where(
            SettledDifference.source.in_(sources),
            SettledDifference.currency == currency,
            SettledDifference.reopened_at.is_(None),
        )
    )
    return {row.source: Settled(row.amount, row.settled_by, row.settled_at) for row in rows}


def _booked(row: WriteBack) -> Booked:
    reason = row.reason or row.undo_reason
    is_kept = row.external_id is not None and row.undo_reason is not None and row.undone_at is None
    return Booked(row.id, row.kind, on_clearing(row), row.state, reason, row.booked_on, is_kept)


def _arrives_on(payout: Payout | None) -> date | None:
    return payout.arrives_on if payout is not None and payout.state is PayoutState.ON_ITS_WAY else None


def _other_currency(currency: str, told: Iterable[Movement], booked: Iterable[WriteBack]) -> str | None:
    used = {one.currency for one in told} | {
        clearing_currency(row) for row in booked if row.amount and row.kind is not WriteBackKind.NOTE
    }
    return next(iter(sorted(used - {currency})), None)
