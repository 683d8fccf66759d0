"""The mirror beside the ledger: count, total and rest of every kind of document, by state and currency."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.connectors.base import Resource
from app.sync.tally import NOTHING, Group, Sums, Tally

# What is gone from the ledger has no sum there, and a payment that was taken back settles nothing.
_MIRROR = {
    Resource.INVOICES: """
        SELECT state, currency, count(*), sum(total), sum(amount_due) FROM invoice
        WHERE state <> 'deleted' AND external_id <> ALL(:leaving_out) GROUP BY 1, 2""",
    Resource.CREDIT_NOTES: """
        SELECT state, currency, count(*), sum(total), sum(remaining) FROM credit_note
        WHERE state <> 'deleted' AND external_id <> ALL(:leaving_out) GROUP BY 1, 2""",
    Resource.PAYMENTS: """
        SELECT 'live', currency, count(*), sum(amount), sum(unapplied) FROM ledger_payment
        WHERE NOT is_deleted AND external_id <> ALL(:leaving_out) GROUP BY 1, 2""",
}
COMPARED = tuple(_MIRROR)
_WORDS = {Resource.INVOICES: "invoices", Resource.CREDIT_NOTES: "credit notes", Resource.PAYMENTS: "payments"}


@dataclass(frozen=True, slots=True)
class MirrorLine:
    """One kind of document in one state and currency: how many, their total, and what is still left of it."""

    resource: Resource
    state: str
    currency: str
    ledger: Sums
    mirror: Sums

    @property
    def is_equal(self) -> bool:
        return self.ledger == self.mirror

    @property
    def sentence(self) -> str:
        """Both sides as a person reads them."""
        what = f"{_WORDS[self.resource]}, {self.state}, in {self.currency}"
        return f"{what}: {_told(self.ledger)} in the ledger, {_told(self.mirror)} here."


def compared(
    session: Session, resource: Resource, tally: Tally, *, leaving_out: Collection[str] = ()
) -> list[MirrorLine]:
    """Every group that the ledger or the mirror has; none for resources without amounts.

    `leaving_out`: rows of the mirror that the ledger has but could not tell in a way that makes sense.
    """
    if resource not in _MIRROR:
        return []
    in_ledger, in_mirror = tally.sums(), _mirror_sums(session, resource, leaving_out)
    return [
        MirrorLine(resource, *group, in_ledger.get(group, NOTHING), in_mirror.get(group, NOTHING))
        for group in sorted({*in_ledger, *in_mirror})
    ]


def _mirror_sums(session: Session, resource: Resource, leaving_out: Collection[str]) -> Mapping[Group, Sums]:
    rows = session.execute(text(_MIRROR[resource]), {"leaving_out": list(leaving_out)})
    return {(state, currency): (count, total, left) for state, currency, count, total, left in rows}


def _told(sums: Sums) -> str:
    count, total, left = sums
    return f"{count} of together {total.normalize():,f} with {left.normalize():,f} left"
