"""“I have paid”: how long it holds, and how it ends."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from app.kit.errors import NotFound, Rejected
from app.kit.ground import Ground
from app.models import (
    ClaimProof,
    ClaimState,
    HoldKind,
    Invoice,
    PaymentClaim,
    PaymentMethod,
)
from app.reminders.claims import PROOF_COLUMN, Said, claim, reject
from app.reminders.holds_rules import Rules, save_rules
from tests.reminders.holding import TODAY, USER, asked, look_again, pay, stops, unit
from tests.reminders.tables import add_customer, add_invoice

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


def claimed(ground: Ground, tenant: UUID, *invoices: UUID, **more: object) -> UUID:
    with unit(ground, tenant) as session:
        rows = session.query(Invoice).filter(Invoice.id.in_(invoices)).all()
        said = Said(
            rows[0].customer_id if rows else uuid4(),
            "GBP",
            {row.id: row.amount_due for row in rows},
            more.get("paid_on", TODAY),  # type: ignore[arg-type]
            PaymentMethod.TRANSFER,
            "Ref 12/77",
            more.get("proof", b""),  # type: ignore[arg-type]
        )
        return claim(session, ground.sealer(session), said, today=TODAY, now=ground.clock.now())


def claim_states(ground: Ground, tenant: UUID) -> list[ClaimState]:
    with unit(ground, tenant) as session:
        return [row.state for row in session.query(PaymentClaim).order_by(PaymentClaim.made_at)]


def test_a_claim_holds_for_five_working_days_and_then_says_that_nothing_came(
    ground: Ground, tenant: UUID
) -> None:
    ada = add_customer(ground, tenant, "ada")
    invoice, other = (add_invoice(ground, tenant, ada, name) for name in ("INV-1", "INV-2"))
    claimed(ground, tenant, invoice)
    friday = TODAY + timedelta(7)
    look_again(ground, tenant, friday)
    assert stops(ground, tenant, friday) == {invoice: HoldKind.CLAIMED_PAID}
    assert other not in stops(ground, tenant)
    assert claim_states(ground, tenant) == [ClaimState.OPEN]
    assert "100.00 GBP for 1 invoice was paid by bank transfer" in asked(ground, tenant)[0]
    look_again(ground, tenant, friday + timedelta(1))
    assert claim_states(ground, tenant) == [ClaimState.OVERDUE]
    assert stops(ground, tenant, friday + timedelta(1)) == {}
    (words,) = asked(ground, tenant)
    assert "no money has been recorded by 27 Nov 2026" in words


def test_a_claim_is_confirmed_when_the_ledger_shows_the_money(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    claimed(ground, tenant, invoice)
    pay(ground, tenant, invoice)
    look_again(ground, tenant, TODAY)
    assert claim_states(ground, tenant) == [ClaimState.CONFIRMED]
    assert (stops(ground, tenant), asked(ground, tenant)) == ({}, [])


def test_the_owner_says_that_no_money_came(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    claim_id = claimed(ground, tenant, invoice)
    with unit(ground, tenant) as session:
        reject(session, claim_id, by=USER, now=ground.clock.now())
    assert (stops(ground, tenant), asked(ground, tenant)) == ({}, [])
    with pytest.raises(NotFound), unit(ground, tenant) as session:
        reject(session, claim_id, by=USER, now=ground.clock.now())


def test_a_proof_is_kept_sealed_and_only_if_it_is_what_it_says(ground: Ground, tenant: UUID) -> None:
    ada = add_customer(ground, tenant, "ada")
    invoice, other = (add_invoice(ground, tenant, ada, name) for name in ("INV-1", "INV-2"))
    claimed(ground, tenant, invoice, proof=PNG)
    with unit(ground, tenant) as session:
        row = session.query(ClaimProof).one()
        opened = ground.sealer(session).open_bytes(row.content_sealed, column=PROOF_COLUMN, row=row.id)
    assert opened == PNG
    assert b"PNG" not in row.content_sealed
    for content in (
        b"<svg onload=alert(1)>",
        b"MZ" + bytes(90),
        b"%PD",
        b" %PDF-1.7",
        PNG + bytes(4 * 2**20),
    ):
        with pytest.raises(Rejected):
            claimed(ground, tenant, other, proof=content)


def test_a_claim_needs_an_invoice_a_day_that_was_and_no_third_time(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    with pytest.raises(Rejected, match="Tick"):
        claimed(ground, tenant)
    for day in (TODAY + timedelta(1), TODAY - timedelta(181)):
        with pytest.raises(Rejected, match="day on which you paid"):
            claimed(ground, tenant, invoice, paid_on=day)
    for _ in range(2):
        claimed(ground, tenant, invoice)
    with pytest.raises(Rejected, match="told us this before"):
        claimed(ground, tenant, invoice)


def test_the_business_chooses_how_long_a_claim_holds(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    with unit(ground, tenant) as session:
        save_rules(session, Rules(claim_days=1), now=ground.clock.now())
    claimed(ground, tenant, invoice)
    assert stops(ground, tenant, TODAY + timedelta(3)) == {invoice: HoldKind.CLAIMED_PAID}
    assert stops(ground, tenant, TODAY + timedelta(4)) == {}


# Books in which nothing is recorded any more.
