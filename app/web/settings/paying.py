"""Getting paid: parts of an invoice, bank details beside the card, and a mail of each payment."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.payments.paying_rules import (
    LEAST_PARTS,
    LONGEST_BANK_DETAILS,
    Faulty,
    paying_rules,
    save_paying_rules,
)
from app.reminders.payment_mail_rows import owner_address
from app.web.here import ground


@dataclass(frozen=True)
class PayingPanel:
    """What the panel shows; what was typed and refused stays as it was typed."""

    part_payments: bool
    least_part: str
    payment_notices: bool
    notices_go_to: str | None = field(repr=False)
    bank_details: str = field(repr=False)
    faults: Mapping[str, str] = field(default_factory=dict)
    lowest: int = LEAST_PARTS[0]
    highest: int = LEAST_PARTS[1]
    longest_details: int = LONGEST_BANK_DETAILS


def paying_panel(session: Session, typed: Mapping[str, str], faults: Mapping[str, str]) -> PayingPanel:
    """The rules as they stand, or as they were typed when some of it could not be used."""
    here = ground()
    rules, address = paying_rules(session, here.sealer(session)), owner_address(session, here)
    if "paying" not in typed:
        return PayingPanel(
            rules.part_payments, str(rules.least_part), rules.payment_notices, address, rules.bank_details
        )
    return PayingPanel(
        part_payments="part_payments" in typed,
        least_part=typed.get("least_part", ""),
        payment_notices="payment_notices" in typed,
        notices_go_to=address,
        bank_details=typed.get("bank_details", ""),
        faults=faults,
    )


def save_paying(session: Session, form: Mapping[str, str]) -> dict[str, str]:
    """Keep what was typed; faults by field, and nothing kept then."""
    try:
        save_paying_rules(
            session,
            ground().sealer(session),
            part_payments="part_payments" in form,
            least_part=form.get("least_part", "").strip(),
            payment_notices="payment_notices" in form,
            details=form.get("bank_details", ""),
        )
    except Faulty as refused:
        return refused.faults
    return {}
