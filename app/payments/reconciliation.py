"""One period of one currency: Stripe's movements, our entries and the ledger side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.models import Movement, Tenant
from app.payments.on_clearing import CLEARING_CURRENCY
from app.payments.reconciliation_lines import Line, lines
from app.payments.reconciliation_rows import causes


@dataclass(frozen=True, slots=True)
class Total:
    """The three sides of several lines."""

    stripe: Decimal
    ours: Decimal
    ledger: Decimal
    later: Decimal
    """What of it the ledger has on days after the period."""
    differences: int
    """Lines that somebody has to see to."""
    waiting: int
    """Lines that become equal by themselves."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What moved in a period, differences first."""

    first: date
    last: date
    currency: str
    lines: list[Line]
    by_day: dict[date, Total]
    by_payout: dict[str | None, Total]
    """By Stripe's id of the payout; None for what is not paid out yet. A payout itself is not part of any."""
    total: Total


def reconcile(session: Session, *, first: date, last: date, currency: str) -> Reconciliation:
    """Everything that began between two days (both included), by the calendar of the organisation.

    What began in the period is compared whole: a payout that arrives, or a refund that comes back, in a later period
    belongs to the one in which Stripe first moved it.
    """
    zone = ZoneInfo(session.get_one(Tenant, tenant_of(session)).time_zone)
    begin, end = (_midnight(day, zone) for day in (first, last + timedelta(days=1)))
    found = causes(session, begin=begin, end=end, currency=currency, zone=zone)
    compared = lines(cause for cause in found if first <= cause.day <= last)
    return summed_up(compared, first=first, last=last, currency=currency)


def summed_up(compared: Sequence[Line], *, first: date, last: date, currency: str) -> Reconciliation:
    """The lines with their sums. Pure."""
    days = sorted({line.cause.day for line in compared}, reverse=True)
    inside = [line for line in compared if line.cause.source != line.cause.payout and not _is_payout(line)]
    payouts = sorted({line.cause.payout for line in inside}, key=lambda payout: payout or "")
    return Reconciliation(
        first=first,
        last=last,
        currency=currency,
        lines=list(compared),
        by_day={day: total([line for line in compared if line.cause.day == day], last) for day in days},
        by_payout={
            payout: total([line for line in inside if line.cause.payout == payout], last)
            for payout in payouts
        },
        total=total(compared, last),
    )


def total(compared: Sequence[Line], last: date) -> Total:
    """The sums of several lines. Pure."""
    return Total(
        stripe=sum((line.stripe for line in compared), Decimal(0)),
        ours=sum((line.ours for line in compared), Decimal(0)),
        ledger=sum((line.ledger for line in compared), Decimal(0)),
        later=sum((line.ledger - line.in_ledger_by(last) for line in compared), Decimal(0)),
        differences=sum(not line.agrees and not line.needs_time_only for line in compared),
        waiting=sum(line.needs_time_only for line in compared),
    )


def currencies(session: Session) -> list[str]:
    """Every currency in which money moved or was booked, by the alphabet."""
    moved, booked = select(Movement.currency), select(CLEARING_CURRENCY)
    return sorted(session.scalars(moved.union(booked)))


def _is_payout(line: Line) -> bool:
    return line.cause.source.startswith("po_")


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
