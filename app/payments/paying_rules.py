"""How a business lets itself be paid: parts of an invoice, bank details beside the card, mails of what came in."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import Rejected
from app.kit.sealing import Sealer
from app.models import Tenant

BANK_DETAILS_COLUMN = "tenant.bank_details"
LONGEST_BANK_DETAILS = 500
LEAST_PARTS = (1, 90)
"""Between which per cents the smallest part lies."""


@dataclass(frozen=True, slots=True)
class PayingRules:
    """What the Settings page shows and saves."""

    part_payments: bool
    least_part: int
    """In per cent of an invoice's balance."""
    payment_notices: bool
    bank_details: str = field(repr=False)


class Faulty(Rejected):
    """What was typed cannot be used; `faults` says so by field."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("Some of it cannot be used.")
        self.faults = faults


def paying_rules(session: Session, sealer: Sealer) -> PayingRules:
    """As they stand."""
    tenant = session.get_one(Tenant, tenant_of(session))
    return PayingRules(
        part_payments=tenant.part_payments,
        least_part=tenant.least_part,
        payment_notices=tenant.payment_notices,
        bank_details=bank_details(session, sealer) or "",
    )


def save_paying_rules(
    session: Session,
    sealer: Sealer,
    *,
    part_payments: bool,
    least_part: str,
    payment_notices: bool,
    details: str,
) -> None:
    """Keep what was typed. Raises Faulty, and keeps nothing then."""
    lowest, highest = LEAST_PARTS
    kept = "\n".join(line.strip() for line in details.replace("\0", "").splitlines()).strip()
    faults = {}
    is_number = least_part.isascii() and least_part.isdigit() and len(least_part) < 4
    if not is_number or not lowest <= int(least_part) <= highest:
        faults["least_part"] = f"Write a whole number from {lowest} to {highest}."
    if len(kept) > LONGEST_BANK_DETAILS:
        faults["bank_details"] = f"Write at most {LONGEST_BANK_DETAILS} characters."
    if faults:
        raise Faulty(faults)
    tenant = session.get_one(Tenant, tenant_of(session))
    tenant.part_payments, tenant.least_part = part_payments, int(least_part)
    tenant.payment_notices = payment_notices
    tenant.bank_details_sealed = (
        sealer.seal(kept, column=BANK_DETAILS_COLUMN, row=tenant.id) if kept else None
    )


def bank_details(session: Session, sealer: Sealer) -> str | None:
    """How to pay without a card, as the business wrote it; None if it has not."""
    tenant = session.get_one(Tenant, tenant_of(session))
    if tenant.bank_details_sealed is None:
        return None
    return sealer.open(tenant.bank_details_sealed, column=BANK_DETAILS_COLUMN, row=tenant.id)
