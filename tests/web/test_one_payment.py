"""One payment: what went back of it, its entries, and the buttons for both."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.kit.errors import Rejected
from app.models import (
    Chargeback,
    ChargebackState,
    Invoice,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    WriteBack,
    WriteBackKind,
    WriteBackState,
)
from app.web.money.refunding import read_amount
from tests.web.browser import Page
from tests.web.conftest import House


def paid(house: House) -> UUID:
    """The payment of 640.00 whose entries are all booked."""
    return house.company.payments[0]


def place(house: House) -> str:
    return f"/money/payments/{paid(house)}"


def entry(house: House, kind: WriteBackKind) -> WriteBack:
    with house.ground.database.tenant(house.tenant_id) as session:
        wanted = select(WriteBack).where(WriteBack.payment_id == paid(house), WriteBack.kind == kind)
        return session.scalars(wanted).one()


def refunds(house: House) -> list[Refund]:
    with house.ground.database.tenant(house.tenant_id) as session:
        return list(session.scalars(select(Refund)))


def add_refund(house: House, amount: str, state: RefundState) -> None:
    now = house.ground.clock.now()
    with house.ground.database.tenant(house.tenant_id) as session:
        session.add(
            Refund(
                tenant_id=house.tenant_id,
                id=uuid4(),
                payment_id=paid(house),
                external_id=f"re_{uuid4().hex}",
                currency="GBP",
                amount=Decimal(amount),
                state=state,
                created_at=now,
            )
        )


def test_a_payment_shows_its_entries_and_what_can_be_done(house: House) -> None:
    page = house.owner.page(place(house))
    assert "£640.00" in page.text
    assert "Stripe's fee £7.40" in page.text
    assert page.text.count("Undo this entry") == 2
    assert page.has("a", href=f"{place(house)}/refund")
    assert house.owner.page("/money").has("a", href=place(house))


def test_a_refund_is_seen_before_it_is_sent_and_sent_once(house: House) -> None:
    typed = {"amount": "40.50", "reason": "Delivered late"}
    look = house.owner.post(f"{place(house)}/refund", **typed)
    assert look.status_code == 200
    assert "£40.50 goes back to the card or bank account" in Page(look.text).text
    assert refunds(house) == []
    sure = {**typed, "left": Page(look.text).field("left")[0]}
    assert house.owner.post(f"{place(house)}/refund", **sure).location == place(house)
    (row,) = refunds(house)
    assert (row.amount, row.reason, row.asked_by) == (Decimal("40.50"), "Delivered late", house.owner.user_id)
    page = house.owner.page(place(house))
    assert "GBP 40.50 is on its way back" in page.text
    assert "Sending Refund of £40.50" in page.text
    assert "Given or taken back £40.50" in page.text
    again = house.owner.post(f"{place(house)}/refund", **sure)
    assert again.status_code == 422
    assert "has changed since you looked" in Page(again.text).text
    assert len(refunds(house)) == 1


@pytest.mark.parametrize(
    ("amount", "reason", "complaint"),
    [
        ("640.01", "x", "Only GBP 640.00 of this payment can still be given back."),
        ("0", "x", "Give an amount above zero."),
        ("much", "x", "Give the amount in figures, like 10.50."),
        ("NaN", "x", "Give the amount in figures, like 10.50."),
        ("5", " ", "Say why: whoever looks at this later will ask."),
    ],
)
def test_a_refund_that_cannot_be_says_why_and_keeps_what_was_typed(
    house: House, amount: str, reason: str, complaint: str
) -> None:
    answer = house.owner.post(f"{place(house)}/refund", amount=amount, reason=reason)
    assert answer.status_code == 422
    assert complaint in Page(answer.text).text
    assert Page(answer.text).field("amount") == [amount]
    assert refunds(house) == []


def test_a_refund_that_stripe_does_not_allow_says_why(house: House) -> None:
    sure = {"amount": "0.005", "reason": "x", "left": "640.00"}
    answer = house.owner.post(f"{place(house)}/refund", **sure)
    assert answer.status_code == 422
    assert "more digits than GBP has" in Page(answer.text).text


def test_what_was_given_back_in_the_dashboard_is_told_apart(house: House) -> None:
    add_refund(house, "100.00", RefundState.SUCCEEDED)
    add_refund(house, "5.00", RefundState.FAILED)
    page = house.owner.page(place(house))
    assert "Made in Stripe's dashboard." in page.text
    assert "Given or taken back £100.00" in page.text
    assert house.owner.page(f"{place(house)}/refund").field("amount") == ["540.00"]
    assert "£100.00 back" in house.owner.page("/money").text


def test_a_payment_that_the_bank_took_back_offers_no_refund(house: House) -> None:
    now = house.ground.clock.now()
    with house.ground.database.tenant(house.tenant_id) as session:
        session.add(
            Chargeback(
                tenant_id=house.tenant_id,
                id=uuid4(),
                payment_id=paid(house),
                external_id="dp_1",
                currency="GBP",
                amount=Decimal("640.00"),
                state=ChargebackState.OPEN,
                reason="fraudulent",
                fee=Decimal("20.00"),
                fee_currency="GBP",
                opened_at=now,
                withdrawn_at=now,
                evidence_due_at=now + timedelta(days=7),
            )
        )
    page = house.owner.page(place(house))
    assert "Taken back, not decided Chargeback of £640.00, fee £20.00" in page.text
    assert "Send evidence in Stripe until" in page.text
    assert not page.has("a", href=f"{place(house)}/refund")
    assert "Nothing of this payment is left to give back." in house.owner.page(f"{place(house)}/refund").text


def test_undoing_asks_why_and_tells_what_was_said(house: House) -> None:
    fee = entry(house, WriteBackKind.FEE)
    undo = f"/money/entries/{fee.id}/undo"
    assert house.owner.post(undo, reason=" ", place="payment").location == place(house)
    assert "Say why this entry is undone" in house.owner.page(place(house)).text
    assert entry(house, WriteBackKind.FEE).state is WriteBackState.DONE
    house.owner.post(undo, reason="Wrong account", place="payment")
    row = entry(house, WriteBackKind.FEE)
    assert (row.state, row.undo_asked_by) == (WriteBackState.UNDOING, house.owner.user_id)
    page = house.owner.page(place(house))
    assert "Being undone" in page.text
    assert "Undone because: Wrong account" in page.text


def test_what_was_undone_can_be_booked_again_or_by_hand(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        row = session.get_one(WriteBack, (house.tenant_id, entry(house, WriteBackKind.FEE).id))
        row.state, row.external_id, row.undo_reason = WriteBackState.UNDONE, None, "Wrong account"
        row.undone_at = house.ground.clock.now()
    page = house.owner.page(place(house))
    assert "Book again" in page.text
    assert "I booked it myself" in page.text
    house.owner.post(f"/money/entries/{row.id}/retry", place="payment")
    assert entry(house, WriteBackKind.FEE).state is WriteBackState.WAITING


def test_a_note_and_what_was_booked_by_hand_offer_no_undo(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        for row in session.scalars(select(WriteBack).where(WriteBack.payment_id == paid(house))):
            row.external_id = None
    assert "Undo this entry" not in house.owner.page(place(house)).text


def test_what_is_too_much_for_its_invoice_can_become_credit(house: House) -> None:
    parked = house.company.entries["parked"]
    assert "Keep as the customer's credit" not in house.owner.page("/money").text
    with house.ground.database.tenant(house.tenant_id) as session:
        row = session.get_one(WriteBack, (house.tenant_id, parked))
        session.get_one(Invoice, (house.tenant_id, row.invoice_id)).amount_due = Decimal(1)
    assert "Keep as the customer's credit" in house.owner.page("/money").text
    assert house.owner.post(f"/money/entries/{parked}/credit").location == "/money"
    with house.ground.database.tenant(house.tenant_id) as session:
        kinds = set(session.scalars(select(WriteBack.kind)))
        assert WriteBackKind.OVERPAYMENT in kinds
        assert session.get_one(WriteBack, (house.tenant_id, parked)).state is WriteBackState.WAITING


def test_only_a_payment_becomes_credit(house: House) -> None:
    house.owner.post(f"/money/entries/{entry(house, WriteBackKind.FEE).id}/credit")
    assert "Only what was paid for an invoice" in house.owner.page("/money").text


def test_a_payment_on_its_way_offers_no_refund(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        session.get_one(Payment, (house.tenant_id, paid(house))).state = PaymentState.PROCESSING
    assert not house.owner.page(place(house)).has("a", href=f"{place(house)}/refund")


@given(amount=st.decimals(min_value="0.01", max_value="99999", places=2))
def test_amounts_are_read_with_and_without_commas(amount: Decimal) -> None:
    assert read_amount(f"{amount:,f}", amount, "GBP") == amount
    assert read_amount(f"{amount:f}", amount, "GBP") == amount


@given(typed=st.text(max_size=12))
def test_whatever_is_typed_is_an_amount_that_is_left_or_refused(typed: str) -> None:
    with suppress(Rejected):
        assert 0 < read_amount(typed, Decimal(100), "GBP") <= 100
