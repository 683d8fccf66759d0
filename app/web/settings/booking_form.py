"""Reads the accounts and the style of fees chosen per currency. One form; faults stand at the currency."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.connectors.base import FeeStyle
from app.kit.errors import Rejected
from app.payments import booking


def save_choices(session: Session, form: Mapping[str, str], *, now: datetime) -> tuple[int, dict[str, str]]:
    """Save every currency that has both accounts; (entries woken, faults by currency)."""
    woken, faults = 0, {}
    for choice in booking.choices(session):
        clearing = form.get(f"clearing-{choice.currency}", "")
        fee = form.get(f"fee-{choice.currency}", "")
        style = form.get(f"fee-style-{choice.currency}", choice.fee_style)
        if not clearing and not fee:
            continue
        try:
            woken += booking.save(
                session,
                currency=choice.currency,
                clearing_id=UUID(clearing),
                fee_id=UUID(fee),
                fee_style=FeeStyle(style),
                now=now,
            )
        except ValueError:
            faults[choice.currency] = "Choose both accounts, or leave both empty."
        except Rejected as refused:
            faults[choice.currency] = refused.reason
    return woken, faults
