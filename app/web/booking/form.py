"""Reads what was chosen per currency. One form; faults stand at the currency."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.connectors.base import FeeStyle, TaxCode
from app.kit.errors import Rejected
from app.models import ClosedPeriod, Overpaid
from app.payments import booking
from app.payments.fee_tax import tax_named


def save_choices(
    session: Session, form: Mapping[str, str], codes: Sequence[TaxCode] | None, *, now: datetime
) -> tuple[int, dict[str, str]]:
    """Save every currency that has both accounts; (entries woken, faults by currency).

    `codes` are those that the ledger offers right now; None if it could not be asked.
    """
    woken, faults = 0, {}
    for choice in booking.choices(session):
        clearing, fee = form.get(f"clearing-{choice.currency}"), form.get(f"fee-{choice.currency}")
        if not clearing and not fee:
            continue
        if not clearing or not fee:
            faults[choice.currency] = "Choose the clearing account and the fee account, or leave both empty."
            continue
        try:
            woken += _save(session, choice, form, codes, now=now)
        except ValueError:
            faults[choice.currency] = "One of these choices is not offered. Choose again."
        except Rejected as refused:
            faults[choice.currency] = refused.reason
    return woken, faults


def _save(
    session: Session,
    choice: booking.BookingChoice,
    form: Mapping[str, str],
    codes: Sequence[TaxCode] | None,
    *,
    now: datetime,
) -> int:
    def typed(field: str, otherwise: str = "") -> str:
        return form.get(f"{field}-{choice.currency}", otherwise)

    style = FeeStyle(typed("fee-style", choice.fee_style))
    return booking.save(
        session,
        currency=choice.currency,
        clearing_id=UUID(typed("clearing")),
        fee_id=UUID(typed("fee")),
        refund_id=_id_or_none(typed("refund")),
        bank_id=_id_or_none(typed("bank")),
        surcharge_id=_id_or_none(typed("surcharge")),
        fee_tax=tax_named(typed("fee-tax"), codes, choice.fee_tax, style),
        fee_style=style,
        closed_period=ClosedPeriod(typed("closed", choice.closed_period)),
        overpaid=Overpaid(typed("overpaid", choice.overpaid)),
        now=now,
    )


def _id_or_none(typed: str) -> UUID | None:
    return UUID(typed) if typed else None


def day_typed(typed: str) -> date | None:
    """A day from a form; None if nothing was typed. Raises Rejected for what is no day."""
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Rejected("Give the day as year, month and day, like 2026-11-30.") from None
