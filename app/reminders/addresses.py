"""The address we write to: the first one the ledger has."""

import json

from email_validator import EmailNotValidError, validate_email

from app.kit.errors import DueMateError
from app.kit.sealing import Sealer
from app.models import Customer
from app.sync.tables import EMAILS_COLUMN


def first_address(sealer: Sealer, customer: Customer) -> str | None:
    """The address the ledger has first; None if there is none or it cannot be opened."""
    if customer.emails_sealed is None:
        return None
    try:
        addresses = json.loads(sealer.open(customer.emails_sealed, column=EMAILS_COLUMN, row=customer.id))
    except (DueMateError, ValueError):
        return None
    return str(addresses[0]) if addresses else None


def is_valid(address: str | None) -> bool:
    """Whether it has the form of an address that mail can reach."""
    try:
        validate_email(address or "", check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
