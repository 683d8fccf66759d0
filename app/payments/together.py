"""Entries that are the lines of one payment in the ledger: one selection, paid at once.

One of them leads: it is looked for, sent and taken back for all of them, and they stand alike. Whoever can no longer go
with the others becomes an entry of its own.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.database import tenant_of
from app.models import Payment, WriteBack, WriteBackKind
from app.payments.entries import is_moved, on_another_day, payment_marker
from app.payments.paid_checkouts import paid_checkout


def together(session: Session, row_id: UUID) -> list[WriteBack]:
    """An entry with all that are one payment in the ledger with it, locked, the leading one first; none if unknown.

    All payments of a selection are locked in one order, so that no two workers wait for each other.
    """
    row = session.get(WriteBack, (tenant_of(session), row_id))
    if row is None:
        return []
    if row.kind is not WriteBackKind.PAYMENT:
        session.refresh(row, with_for_update=True)
        return [row]
    paid = select(WriteBack).where(
        WriteBack.payment_id == row.payment_id, WriteBack.kind == WriteBackKind.PAYMENT
    )
    locked = session.scalars(
        paid.order_by(WriteBack.id).with_for_update().execution_options(populate_existing=True)
    ).all()
    leader_id = row.leader_id or row.id
    return _in_order([one for one in locked if leader_id in (one.id, one.leader_id)])


def lead(rows: Collection[WriteBack], *, marker: str) -> None:
    """Make these rows, just put down, one payment in the ledger, which bears `marker`."""
    first, *others = sorted(rows, key=lambda row: row.marker)
    first.marker = marker
    for row in others:
        row.leader_id = first.id


def part_ways(session: Session, rows: list[WriteBack], leaving: Collection[UUID]) -> list[WriteBack]:
    """Make some of `rows`, as `together` gives them, entries of their own that were never sent; those.

    The caller is certain that no attempt at the whole is still under way. What is left of it keeps its marker.
    """
    gone = [row for row in rows if row.id in leaving]
    kept = [row for row in rows if row.id not in leaving]
    leader, marker = rows[0], rows[0].marker
    for row in gone:
        row.leader_id, row.sent_at, row.fee_style, row.external_id = None, None, None, None
    if leader in gone and len(rows) > 1:
        leader.marker = _own_marker(session, leader)
        session.flush()
        _follow(kept, marker, leader)
    return gone


def _follow(kept: list[WriteBack], marker: str, before: WriteBack) -> None:
    """The next one leads, and goes on where the one before it was."""
    if not kept:
        return
    first, *others = kept
    first.leader_id, first.marker, first.attempts = None, marker, before.attempts
    for row in others:
        row.leader_id = first.id


def _own_marker(session: Session, row: WriteBack) -> str:
    payment = session.get_one(Payment, (row.tenant_id, row.payment_id))
    paid = paid_checkout(session, payment)
    part = next(part for part in paid.parts if part.invoice_id == row.invoice_id)
    own = payment_marker(paid, part)
    return on_another_day(own, local_date(paid.paid_at, paid.zone)) if is_moved(row.marker) else own


def _in_order(rows: list[WriteBack]) -> list[WriteBack]:
    return sorted(rows, key=lambda row: (row.leader_id is not None, row.marker))
