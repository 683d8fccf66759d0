"""The processor's account, line by line: every movement of the balance is stored once, ours or not."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.ground import Ground
from app.kit.log import get_log
from app.models import Movement, MovementKind, Payment, ProcessorAccount
from app.payments.account_rows import account_row
from app.payments.hearing import ask
from app.payments.left_behind import wake_left_behind
from app.processors.base import BalanceEntry, EntryKind
from app.processors.registry import open_processor

# As many as the processor lists at once: each page is stored before the next is asked for.
PAGE_SIZE = 100
# A movement may be listed late, and two clocks differ: what is read twice is stored once. The first read of a day goes
# back further, because reads may follow each other closely.
_OVERLAP, _DAILY_OVERLAP = timedelta(hours=1), timedelta(days=2)
_KINDS = {
    EntryKind.CHARGE: MovementKind.PAYMENT,
    EntryKind.CHARGE_FAILED: MovementKind.PAYMENT_FAILURE,
    EntryKind.REFUND: MovementKind.REFUND,
    EntryKind.REFUND_FAILED: MovementKind.REFUND_FAILURE,
    EntryKind.DISPUTE: MovementKind.CHARGEBACK,
    EntryKind.DISPUTE_REVERSED: MovementKind.CHARGEBACK_REVERSAL,
    EntryKind.FEE: MovementKind.FEE,
    EntryKind.PAYOUT: MovementKind.PAYOUT,
    EntryKind.PAYOUT_FAILED: MovementKind.PAYOUT_FAILURE,
}
# Whose record to look into when a movement shows that something happened to it.
_OF_PAYMENTS = {
    MovementKind.REFUND: "refund",
    MovementKind.REFUND_FAILURE: "refund",
    MovementKind.CHARGEBACK: "dispute",
    MovementKind.CHARGEBACK_REVERSAL: "dispute",
}
_OF_THE_ACCOUNT = {MovementKind.PAYOUT: "payout", MovementKind.PAYOUT_FAILURE: "payout"}

_log = get_log("payments")


def read_movements(ground: Ground, tenant_id: UUID, *, account: str, renew: Callable[[], None]) -> None:
    """Store every movement of an account since the last read, in a payout or not; look behind those nobody told of."""
    began = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        row = account_row(session, account)
        if row is None:
            return
        row_id, since = row.id, row.movements_since or row.created_at
    listed = open_processor(ground.settings).balance_entries(account, since=read_from(since, began))
    for page in in_pages(listed):
        with ground.database.tenant(tenant_id) as session:
            store(session, row_id, page)
            _look_behind(session, account, page, now=began)
        renew()
    # Only now: they come newest first, so a read that broke off has a gap before what it stored.
    with ground.database.tenant(tenant_id) as session:
        session.get_one(ProcessorAccount, (tenant_id, row_id), with_for_update=True).movements_since = began
        # What went back of a changed currency may have waited for this.
        wake_left_behind(session, now=ground.clock.now())


def read_from(since: datetime, now: datetime) -> datetime:
    """From when on movements are read, if those before `since` were listed when they were read last. Pure."""
    return since - (_OVERLAP if since.date() == now.date() else _DAILY_OVERLAP)


def in_pages(entries: Iterable[BalanceEntry]) -> Iterator[list[BalanceEntry]]:
    """The entries, `PAGE_SIZE` at a time."""
    page: list[BalanceEntry] = []
    for entry in entries:
        page.append(entry)
        if len(page) == PAGE_SIZE:
            yield page
            page = []
    if page:
        yield page


def store(
    session: Session,
    processor_account_id: UUID,
    page: Sequence[BalanceEntry],
    *,
    payout_id: UUID | None = None,
) -> None:
    """Write movements, those that are there already only to learn which payout they became part of."""
    rows = [
        {"tenant_id": tenant_of(session), "id": uuid4(), "payout_id": payout_id}
        | {"processor_account_id": processor_account_id, **_columns(entry)}
        for entry in sorted(page, key=lambda entry: entry.external_id)
    ]
    if not rows:
        return
    insertion = insert(Movement).values(rows)
    session.execute(
        insertion.on_conflict_do_update(
            index_elements=["tenant_id", "external_id"],
            set_={"payout_id": insertion.excluded.payout_id},
            where=Movement.payout_id.is_(None) & insertion.excluded.payout_id.is_not(None),
        )
    )


def _columns(entry: BalanceEntry) -> dict[str, Any]:
    kind = _KINDS.get(entry.kind, MovementKind.OTHER)
    if kind is MovementKind.OTHER:
        _log.info("movement.of_another_kind", movement=entry.external_id, kind_there=entry.vendor_kind)
    is_payment = kind in (MovementKind.PAYMENT, MovementKind.PAYMENT_FAILURE)
    return {
        "external_id": entry.external_id,
        "kind": kind,
        # Our payments carry the payment's id; the balance names the charge that it made.
        "source": (entry.payment_external_id if is_payment else None) or entry.source,
        "currency": entry.currency,
        "gross": entry.gross,
        "fee": entry.fee,
        "net": entry.net,
        "description": entry.vendor_kind,
        "created_at": entry.created_at,
        "available_at": datetime.combine(entry.available_on, time(), UTC),
    }


def _look_behind(session: Session, account: str, page: Sequence[BalanceEntry], *, now: datetime) -> None:
    """A movement is proof of what a lost webhook should have told; of other sales it is none of our business."""
    told = {entry.payment_external_id for entry in page if entry.payment_external_id}
    ours = set(session.scalars(select(Payment.external_id).where(Payment.external_id.in_(told))))
    for entry in page:
        kind = _KINDS.get(entry.kind, MovementKind.OTHER)
        meaning = _OF_THE_ACCOUNT.get(kind)
        if entry.payment_external_id in ours:
            meaning = meaning or _OF_PAYMENTS.get(kind)
        if meaning is not None and entry.source is not None:
            because = f"movement:{entry.external_id}"
            ask(session, account=account, kind=meaning, record=entry.source, because=because, now=now)
