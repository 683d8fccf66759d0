"""Disputes hold one invoice until they are settled."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.kit.errors import NotFound, Rejected
from app.kit.ground import Ground
from app.models import (
    Dispute,
    DisputeReason,
    DisputeState,
    HoldKind,
    HoldSource,
)
from app.reminders.disputes import Complaint, open_dispute, settle, words_of
from tests.reminders.holding import TODAY, USER, asked, look_again, stops, unit
from tests.reminders.tables import add_customer, add_invoice, change


def disputed(ground: Ground, tenant: UUID, invoice: UUID, words: str = "") -> UUID:
    complaint = Complaint(invoice, DisputeReason.FAULTY, words, HoldSource.PAYER)
    with unit(ground, tenant) as session:
        return open_dispute(session, ground.sealer(session), complaint, now=ground.clock.now())


def test_a_disputed_invoice_is_held_alone_until_the_owner_settles_it(ground: Ground, tenant: UUID) -> None:
    ada = add_customer(ground, tenant, "ada")
    invoice, other = (add_invoice(ground, tenant, ada, name) for name in ("INV-1", "INV-2"))
    dispute = disputed(ground, tenant, invoice, "The left door sticks.")
    assert stops(ground, tenant, TODAY + timedelta(400)) == {invoice: HoldKind.DISPUTE}
    assert other not in stops(ground, tenant)
    with pytest.raises(Rejected, match="already"):
        disputed(ground, tenant, invoice)
    with unit(ground, tenant) as session:
        row = session.query(Dispute).one()
        assert words_of(ground.sealer(session), row) == "The left door sticks."
        assert b"left door" not in (row.words_sealed or b"")
        assert len(asked(ground, tenant)) == 1
        settle(session, dispute, DisputeState.RESUMED, by=USER, today=TODAY, now=ground.clock.now())
    assert (stops(ground, tenant), asked(ground, tenant)) == ({}, [])
    with pytest.raises(NotFound), unit(ground, tenant) as session:
        settle(session, dispute, DisputeState.WON, by=USER, today=TODAY, now=ground.clock.now())


def test_a_credit_that_is_coming_holds_for_three_weeks(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    dispute = disputed(ground, tenant, invoice)
    with unit(ground, tenant) as session:
        settle(session, dispute, DisputeState.CREDIT_COMING, by=USER, today=TODAY, now=ground.clock.now())
    assert stops(ground, tenant, TODAY + timedelta(21)) == {invoice: HoldKind.DISPUTE}
    assert stops(ground, tenant, TODAY + timedelta(22)) == {}


def test_a_dispute_ends_when_the_ledger_closes_the_invoice(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    disputed(ground, tenant, invoice)
    change(ground, tenant, "UPDATE invoice SET state = 'voided', amount_due = 0")
    look_again(ground, tenant, TODAY)
    assert (stops(ground, tenant), asked(ground, tenant)) == ({}, [])


# "I have paid".
