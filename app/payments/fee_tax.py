"""The tax within card fees: which codes the ledger offers, and which one the business has chosen."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from app.connectors.base import FeeStyle, TaxCode
from app.connectors.pace import Urgency
from app.connectors.registry import open_ledger
from app.kit.errors import Disconnected, OutcomeUnknown, Rejected, Retryable
from app.kit.ground import Ground
from app.kit.money import rounded
from app.models import BookingAccounts

_UNREADABLE = (
    "The tax codes cannot be read from your ledger just now. Try again in a moment, or choose no tax."
)
_UNKNOWN = "Your ledger does not have this tax code any more. Choose another one."
_DEPOSIT = "Fees in a bank deposit have no tax code. Choose no tax, or fees as an expense."


def read_tax_codes(ground: Ground, tenant_id: UUID) -> list[TaxCode] | None:
    """What the ledger offers this moment; None if it cannot be asked."""
    try:
        return open_ledger(ground, tenant_id, urgency=Urgency.INTERACTIVE).tax_codes()
    except (Retryable, Rejected, Disconnected, OutcomeUnknown):
        return None


def chosen_tax(chosen: BookingAccounts | None) -> TaxCode | None:
    """The code as it was when it was chosen; None: no tax."""
    if chosen is None or chosen.fee_tax_code is None:
        return None
    name, percent = chosen.fee_tax_name, chosen.fee_tax_percent
    return TaxCode(chosen.fee_tax_code, name or chosen.fee_tax_code, percent or Decimal(0))


def tax_named(
    code: str, offered: Sequence[TaxCode] | None, kept: TaxCode | None, style: FeeStyle
) -> TaxCode | None:
    """The code that somebody chose; None for no tax. Raises Rejected with a sentence if it cannot be."""
    if not code:
        return None
    if style is not FeeStyle.EXPENSE:
        raise Rejected(_DEPOSIT)
    if offered is None:
        if kept is not None and kept.code == code:
            return kept
        raise Rejected(_UNREADABLE)
    found = next((one for one in offered if one.code == code), None)
    if found is None:
        raise Rejected(_UNKNOWN)
    return found


def tax_within(gross: Decimal, percent: Decimal, currency: str) -> Decimal:
    """The part of an amount that is tax."""
    return gross - rounded(gross / (1 + percent / 100), currency)
