"""Entries of ours that somebody deletes or moves in the ledger."""

from datetime import date, timedelta

import pytest

from app.connectors.base import EntryKind, EntryNow, Ledger, MadeEntry
from app.kit.ground import Ground
from tests.connectors.contract.bookings import Booking, Till
from tests.connectors.contract.ground import Contract
from tests.connectors.contract.stand_in import Bookkeeper

KINDS = (EntryKind.OVERPAYMENT, EntryKind.FEE, EntryKind.REFUND, EntryKind.INCOME, EntryKind.TRANSFER)
_MOST_CALLS = 2


class WatchingContract(Contract):
    """What was touched is told in two calls, however much there is; what was left alone is as it was."""

    @pytest.fixture
    def today(self, sandbox_ground: Ground) -> date:
        return sandbox_ground.clock.now().date()

    @pytest.fixture
    def till(self, ledger: Ledger, bookkeeper: Bookkeeper, today: date) -> Till:
        return Till(ledger, bookkeeper, today)

    def made(self, booking: Booking, today: date) -> MadeEntry:
        return MadeEntry(booking.kind, booking.record(f"key {booking.kind}").external_id, today)

    @pytest.mark.parametrize("days", [0, 40])
    def test_what_was_deleted_or_moved_is_told_and_nothing_else(
        self, till: Till, sandbox_ground: Ground, today: date, days: int
    ) -> None:
        since, sandbox = sandbox_ground.clock.now() - timedelta(minutes=1), till.bookkeeper.sandbox
        bookings = {kind: till.booking(kind) for kind in KINDS}
        made = {kind: self.made(booking, today) for kind, booking in bookings.items()}
        kept = MadeEntry(
            EntryKind.FEE,
            till.booking(EntryKind.FEE, mark="77777777").record("kept").external_id,
            today,
        )
        gone = (EntryKind.OVERPAYMENT, EntryKind.FEE, EntryKind.TRANSFER)
        for kind in gone:
            till.ledger.take_back(kind, made[kind].external_id, idempotency_key=f"back {kind}")
        moved_to = today - timedelta(days=3)
        for kind in (EntryKind.REFUND, EntryKind.INCOME):
            till.bookkeeper.do(f"entries/{made[kind].external_id}/move", date=moved_to.isoformat())
        # As if nobody had looked for so long that the ledger may not tell changes any more.
        sandbox.advance(seconds=days * 86_400 + 1)
        before = sum(till.bookkeeper.calls().values())
        told = till.ledger.amended([*made.values(), kept], since=since)
        if not days:
            assert sum(till.bookkeeper.calls().values()) - before <= _MOST_CALLS + 1, (
                "one for a transfer gone"
            )
        assert {kind: told[made[kind]] for kind in gone} == dict.fromkeys(gone)
        for kind in (EntryKind.REFUND, EntryKind.INCOME):
            assert told[made[kind]] == EntryNow(bookings[kind].amount, moved_to)
        assert told.get(kept, EntryNow(bookings[EntryKind.FEE].amount, today)) == EntryNow(
            bookings[EntryKind.FEE].amount, today
        )

    def test_nothing_to_watch_costs_no_call(self, till: Till, sandbox_ground: Ground) -> None:
        before = till.bookkeeper.calls()
        assert till.ledger.amended([], since=sandbox_ground.clock.now()) == {}
        assert till.bookkeeper.calls() == before
