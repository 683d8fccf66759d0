"""Understands what a payer typed. Pure, apart from reading the file that came along.

Raises Slip where the payer has to say it otherwise; nothing that was typed is lost then.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from werkzeug.datastructures import FileStorage

from app.models import DisputeReason, PaymentMethod
from app.payments.offer import Payable
from app.reminders.claims import Said
from app.reminders.claims_proof import LARGEST_PROOF

_UNSAYABLE = str.maketrans("", "", "\0")


class Slip(Exception):
    """What was typed cannot be used; `name` is that of the sentence for the payer."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def read_day(form: Mapping[str, str]) -> date:
    """The day of a date field."""
    try:
        return date.fromisoformat(form.get("day", ""))
    except ValueError:
        raise Slip("day") from None


def read_claim(
    form: Mapping[str, str],
    file: FileStorage | None,
    *,
    customer_id: UUID,
    currency: str,
    ticked: Sequence[Payable],
) -> Said:
    """The payer's word that the ticked invoices are paid."""
    method = form.get("method", "")
    if method not in list(PaymentMethod):
        raise Slip("method")
    return Said(
        customer_id=customer_id,
        currency=currency,
        balances={payable.invoice_id: payable.amount for payable in ticked},
        paid_on=read_day(form),
        method=PaymentMethod(method),
        reference=plain(form.get("reference", "")),
        proof=_proof(file) if file is not None else b"",
    )


def _proof(file: FileStorage) -> bytes:
    """The file from its beginning: it may belong to claims in two currencies."""
    file.stream.seek(0)
    return file.stream.read(LARGEST_PROOF + 1)


def read_complaint(form: Mapping[str, str]) -> tuple[DisputeReason, str]:
    """What is wrong, and the payer's own words."""
    reason = form.get("reason", "")
    if reason not in list(DisputeReason):
        raise Slip("reason")
    words = plain(form.get("words", ""))
    if reason == DisputeReason.OTHER and not words:
        raise Slip("own_words")
    return DisputeReason(reason), words


def plain(text: str) -> str:
    """Text without what cannot be kept or shown."""
    return text.translate(_UNSAYABLE).strip()
