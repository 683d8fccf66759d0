"""From a rule to an invoice in both ledgers and back: proposed, charged once, shown, told of, waived."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.kit.errors import Rejected
from app.kit.ground import Ground
from app.late_fees.accounts import choose_income, income_choices, switch_booking_on
from app.late_fees.charging import charge
from app.late_fees.charging_again import charge_again
from app.late_fees.correcting import correct
from app.late_fees.open_charges import open_beside, open_charges
from app.late_fees.proposing import propose, proposed
from app.late_fees.reading import charges
from app.late_fees.rules import RuleDraft, affirmation, find_rule, save_rule, switch_on
from app.late_fees.tasks import look_regularly
from app.models import (
    CreditNote,
    Customer,
    CustomerTag,
    Invoice,
    InvoiceState,
    LateFee,
    LateFeeRuleKind,
    LateFeeState,
    LedgerPayment,
    WriteBack,
    WriteBackKind,
    WriteBackState,
)
from app.reminders.confirming import confirm
from tests.payments.business import Business, open_business, work_through
from tests.reminders.dispatching import dispatch_now
from tests.reminders.journey import Journey
from tests.sandbox.client import SandboxClient
from tests.sandbox.receiver import Receiver

NUMBER = "LATE-1"
CURRENCIES = {"xero": ("GBP", "EUR"), "quickbooks": ("USD", "EUR", "CAD")}


@dataclass
class Creditor:
    """A business, and one customer of the tag `slow` whose only tagged invoice is twenty days late."""

    business: Business
    customer: Customer

    def rule(
        self,
        *,
        by_itself: bool = False,
        amount: str = "2.50",
        percent: str | None = None,
        every_days: int | None = None,
    ) -> None:
        """A fee after a week of grace, switched on."""
        business, now = self.business, self.business.ground.clock.now()
        draft = RuleDraft(
            "Slow ones",
            LateFeeRuleKind.PERCENT if percent else LateFeeRuleKind.FIXED,
            business.currency,
            tag="slow",
            amount=None if percent else Decimal(amount),
            percent=Decimal(percent) if percent else None,
            grace_days=7,
            every_days=every_days,
            by_itself=by_itself,
        )
        with business.unit() as session:
            rule_id = save_rule(session, draft, rule_id=None, now=now)
            session.flush()
            said = affirmation(find_rule(session, rule_id))
            first = now.date() - timedelta(days=60)
            switch_on(session, rule_id, charges_from=first, affirmed=said, by=business.owner(), now=now)

    def income(self) -> None:
        with self.business.unit() as session:
            currency, now = self.business.currency, self.business.ground.clock.now()
            [choice] = income_choices(session, [currency], now=now)
            assert choice.suggested or choice.accounts
            account = choice.suggested or choice.accounts[0][0]
            choose_income(session, currency=currency, account_id=account, now=now)
            switch_booking_on(session, currency=currency, by=self.business.owner(), now=now)

    def look(self) -> None:
        """A quarter of a day passes."""
        self.business.sandbox.advance(seconds=6 * 3600)
        with self.business.ground.database.platform() as session:
            look_regularly(session, self.business.ground.clock.now())
        work_through(self.business)

    def proposals(self) -> dict[object, Decimal]:
        with self.business.unit() as session:
            propose(session, now=self.business.ground.clock.now())
            return {row.id: row.amount for row in proposed(session) if row.invoice_id == self.late().id}

    def charge(self) -> int:
        seen = self.proposals()
        tenant, owner = self.business.tenant.tenant_id, self.business.owner()
        done = charge(self.business.ground, tenant, seen, by=owner)  # type: ignore[arg-type]
        work_through(self.business)
        return done.charged

    def fees(self) -> list[LateFee]:
        with self.business.unit() as session:
            wanted = select(LateFee).where(LateFee.invoice_id == self.late().id)
            return list(session.scalars(wanted.order_by(LateFee.from_day)))

    def late(self) -> Invoice:
        with self.business.unit() as session:
            return session.scalars(select(Invoice).where(Invoice.number == NUMBER)).one()

    def entry(self) -> WriteBack:
        [row] = self.business.entries(WriteBackKind.LATE_FEE)
        return row

    def own_invoice(self) -> Invoice:
        """The charge's own invoice, once the ledger was read."""
        self.business.pull()
        with self.business.unit() as session:
            return session.scalars(
                select(Invoice).where(Invoice.external_id == self.entry().external_id)
            ).one()

    def owes_for_being_late(self) -> Decimal:
        with self.business.unit() as session:
            charges = open_charges(session, [self.customer.id])
        return open_beside(charges, (self.customer.id, self.business.currency), ())

    def pay_late_invoice(self, *, days_late: int, **part: str) -> None:
        day = self.late().due_on + timedelta(days=days_late)
        place = f"{self.business.ledger}/invoices/{NUMBER}/pay"
        self.business.sandbox.control(place, on=day.isoformat(), **part)
        self.business.pull()


def open_creditor(ground: Ground, sandbox: SandboxClient, receiver: Receiver, ledger: str) -> Creditor:
    business = open_business(ground, sandbox, receiver, ledger=ledger, currencies=CURRENCIES[ledger])
    customer = with_no_credit(business)
    now = business.ground.clock.now()
    sandbox.control(
        f"{ledger}/invoices",
        contact=customer.name,
        amount="1000.00",
        number=NUMBER,
        issued=(now.date() - timedelta(days=50)).isoformat(),
        due=(now.date() - timedelta(days=20)).isoformat(),
    )
    with business.unit() as session:
        tenant = business.tenant.tenant_id
        session.add(CustomerTag(tenant_id=tenant, customer_id=customer.id, tag="slow", created_at=now))
    business.pull()
    return Creditor(business, customer)


def with_no_credit(business: Business) -> Customer:
    """Somebody who has bought in the company's own currency and is owed nothing; if there is one, without debts."""
    still_open = select(Invoice.customer_id).where(Invoice.state == InvoiceState.OPEN)
    with business.unit() as session:
        return session.scalars(
            select(Customer)
            .where(
                Customer.is_active,
                Customer.id.in_(select(Invoice.customer_id).where(Invoice.currency == business.currency)),
                Customer.id.not_in(
                    select(LedgerPayment.customer_id).where(
                        LedgerPayment.unapplied > 0, LedgerPayment.customer_id.is_not(None)
                    )
                ),
                Customer.id.not_in(select(CreditNote.customer_id).where(CreditNote.remaining > 0)),
            )
            .order_by(Customer.id.in_(still_open), Customer.name)
        ).first() or pytest.fail("there is no such customer")


@pytest.fixture
def creditor(sandbox_ground: Ground, sandbox: SandboxClient, receiver: Receiver) -> Creditor:
    return open_creditor(sandbox_ground, sandbox, receiver, "xero")


@pytest.fixture(params=["xero", "quickbooks"])
def on_either(
    request: pytest.FixtureRequest, sandbox_ground: Ground, sandbox: SandboxClient, receiver: Receiver
) -> Creditor:
    return open_creditor(sandbox_ground, sandbox, receiver, request.param)


def test_a_click_makes_an_invoice_that_is_shown_told_of_and_never_charged_itself(on_either: Creditor) -> None:
    creditor = on_either
    creditor.rule()
    creditor.income()
    creditor.look()
    assert creditor.business.entries(WriteBackKind.LATE_FEE) == [], "nothing without a click"
    assert creditor.charge() == 1
    assert creditor.charge() == 0
    own = creditor.own_invoice()
    assert (own.total, own.amount_due, own.state) == (Decimal("2.50"), Decimal("2.50"), InvoiceState.OPEN)
    assert own.customer_id == creditor.customer.id
    assert creditor.owes_for_being_late() == Decimal("2.50")
    creditor.business.sandbox.advance(seconds=40 * 86_400)
    creditor.business.pull()
    creditor.look()
    with creditor.business.unit() as session:
        assert session.scalars(select(LateFee).where(LateFee.invoice_id == own.id)).all() == []


def test_the_next_reminder_says_what_is_open_for_being_late(creditor: Creditor) -> None:
    creditor.rule()
    creditor.income()
    assert creditor.charge() == 1
    business = creditor.business
    journey = Journey(business.ground, business.sandbox, business.tenant.tenant_id)
    for _ in range(30):
        journey.next_morning()
        business.pull()
        journey.run()
        due = [one for one in journey.due_today() if NUMBER in journey.numbers_of(one)]
        if due:
            break
    with business.unit() as session:
        confirm(session, [one.id for one in due], now=business.ground.clock.now())
    dispatch_now(journey)
    [mail] = [mail["text"] for mail in journey.inbox() if NUMBER in mail["text"]]
    assert "In addition, £2.50 is open for paying late" in mail
    assert "Total: £1,000.00" in mail


def test_money_dated_inside_the_grace_waives_a_charge_and_voids_its_invoice(on_either: Creditor) -> None:
    creditor = on_either
    creditor.rule()
    creditor.income()
    assert creditor.charge() == 1
    own = creditor.own_invoice()
    creditor.pay_late_invoice(days_late=7)
    creditor.look()
    [fee] = creditor.fees()
    assert (fee.state, fee.reason) == (LateFeeState.WAIVED, "The money came inside the days of grace.")
    assert creditor.entry().state is WriteBackState.UNDONE, creditor.business.states()
    creditor.business.pull()
    with creditor.business.unit() as session:
        assert session.get_one(Invoice, (own.tenant_id, own.id)).state in (
            InvoiceState.VOIDED,
            InvoiceState.DELETED,
        )
    assert creditor.owes_for_being_late() == 0
    assert creditor.proposals() == {}


def test_a_waived_charge_whose_payment_is_deleted_is_charged_again_with_a_click(creditor: Creditor) -> None:
    creditor.rule(every_days=60)
    creditor.income()
    assert creditor.charge() == 1
    creditor.pay_late_invoice(days_late=7)
    creditor.look()
    [fee] = creditor.fees()
    business = creditor.business
    place = (business.ground, business.tenant.tenant_id, fee.id)
    with pytest.raises(Rejected, match="no longer as you saw it"):
        charge_again(*place, by=business.owner(), now=business.ground.clock.now())
    with business.unit() as session:
        wanted = select(LedgerPayment.external_id).where(LedgerPayment.customer_id == creditor.customer.id)
        payment = session.scalars(wanted.order_by(LedgerPayment.changed_at.desc())).first()
    business.sandbox.control(f"xero/payments/{payment}/delete")
    business.pull()
    assert creditor.proposals() == {}
    with business.unit() as session:
        assert [row.has_come_back for row in charges(session, LateFeeState.WAIVED)] == [True]
    charge_again(*place, by=business.owner(), now=business.ground.clock.now())
    work_through(business)
    [fee] = creditor.fees()
    assert (fee.state, fee.issued_on) == (LateFeeState.CHARGED, creditor.entry().booked_on)
    assert creditor.entry().state is WriteBackState.DONE, business.states()
    assert creditor.own_invoice().amount_due == fee.amount


def test_money_after_the_grace_leaves_the_charge(creditor: Creditor) -> None:
    creditor.rule()
    creditor.income()
    assert creditor.charge() == 1
    creditor.pay_late_invoice(days_late=8)
    creditor.look()
    assert [fee.state for fee in creditor.fees()] == [LateFeeState.CHARGED]
    assert creditor.entry().state is WriteBackState.DONE


def test_a_charge_that_was_paid_is_waived_here_and_a_person_is_told(creditor: Creditor) -> None:
    creditor.rule()
    creditor.income()
    assert creditor.charge() == 1
    number = creditor.own_invoice().number
    creditor.business.sandbox.control(f"{creditor.business.ledger}/invoices/{number}/pay")
    creditor.pay_late_invoice(days_late=5)
    creditor.look()
    assert [fee.state for fee in creditor.fees()] == [LateFeeState.WAIVED]
    row = creditor.entry()
    assert row.state is WriteBackState.PARKED
    assert row.reason


def test_paid_between_the_look_and_the_click_nothing_is_charged(creditor: Creditor) -> None:
    creditor.rule()
    creditor.income()
    seen = creditor.proposals()
    assert len(seen) == 1
    creditor.business.sandbox.control(f"{creditor.business.ledger}/invoices/{NUMBER}/pay")
    tenant, owner = creditor.business.tenant.tenant_id, creditor.business.owner()
    done = charge(creditor.business.ground, tenant, seen, by=owner)  # type: ignore[arg-type]
    assert (done.charged, done.changed) == (0, 1)
    assert creditor.business.entries(WriteBackKind.LATE_FEE) == []


def test_a_rule_that_may_charge_by_itself_does_once_it_has_an_account(creditor: Creditor) -> None:
    creditor.rule(by_itself=True)
    creditor.look()
    assert [fee.state for fee in creditor.fees()] == [LateFeeState.PROPOSED]
    with pytest.raises(Rejected, match="Choose the income account"):
        creditor.charge()
    creditor.income()
    creditor.look()
    assert [fee.state for fee in creditor.fees()] == [LateFeeState.CHARGED]
    assert creditor.entry().state is WriteBackState.DONE
    assert [fee.decided_by for fee in creditor.fees()] == [None]


def test_what_was_too_much_leaves_the_books_and_is_charged_anew_with_a_click(on_either: Creditor) -> None:
    creditor, business = on_either, on_either.business
    creditor.rule(percent="0.2")
    creditor.income()
    assert creditor.charge() == 1
    first = creditor.own_invoice()
    creditor.pay_late_invoice(days_late=3, amount="400.00")
    creditor.look()
    [fee] = creditor.fees()
    assert (fee.amount, fee.owed, fee.state) == (Decimal(2), Decimal("1.2"), LateFeeState.CHARGED)
    tenant, by = business.tenant.tenant_id, business.owner()
    assert not correct(business.ground, tenant, fee.id, seen=Decimal(1), by=by)
    assert correct(business.ground, tenant, fee.id, seen=Decimal("1.2"), by=by)
    work_through(business)
    own = creditor.own_invoice()
    assert (own.total, own.state) == (Decimal("1.20"), InvoiceState.OPEN)
    assert own.id != first.id
    [fee] = creditor.fees()
    assert (fee.amount, fee.owed, fee.charged_at_first) == (Decimal("1.2"), None, Decimal(2))
    with business.unit() as session:
        gone = session.get_one(Invoice, (first.tenant_id, first.id)).state
    assert gone in (InvoiceState.VOIDED, InvoiceState.DELETED)
    assert creditor.proposals() == {}


def test_a_voided_invoice_takes_its_charge_with_it(creditor: Creditor) -> None:
    creditor.rule()
    creditor.income()
    assert creditor.charge() == 1
    creditor.business.sandbox.control(f"{creditor.business.ledger}/invoices/{NUMBER}/void")
    creditor.business.pull()
    creditor.look()
    assert [fee.state for fee in creditor.fees()] == [LateFeeState.WAIVED]
    assert creditor.entry().state is WriteBackState.UNDONE
