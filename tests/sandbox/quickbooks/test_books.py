"""The books: balances, what a change touches, and the codes of refusals."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from sandbox.companies import AMERICAN, generate
from sandbox.companies.amounts import total
from sandbox.quickbooks.books import parties
from sandbox.quickbooks.books.crediting import credit
from sandbox.quickbooks.books.invoicing import (
    SalesOrder,
    delete_credit_memo,
    delete_invoice,
    raise_invoice,
    update_invoice,
    void_invoice,
)
from sandbox.quickbooks.books.opening import opened, realm_of
from sandbox.quickbooks.books.paying import PaymentOrder, create_payment, delete_payment, void_payment
from sandbox.quickbooks.books.records import DepositLine, Payment, PaymentLine, SalesLine
from sandbox.quickbooks.books.rules import Refused
from sandbox.quickbooks.books.settling import Share
from sandbox.quickbooks.books.spending import (
    DepositOrder,
    create_deposit,
    delete_deposit,
)
from tests.sandbox.quickbooks.small_books import START, SmallBooks

ZERO = Decimal(0)
TODAY = date(2026, 11, 20)


@pytest.fixture
def small() -> SmallBooks:
    return SmallBooks()


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_a_company_opens_with_the_same_ids_and_the_amounts_that_it_was_written_with() -> None:
    company = generate(seed=7, today=TODAY, invoices=300, home=AMERICAN)
    one, two = (opened(company, lambda: START) for _ in range(2))
    assert one.realm_id == realm_of(company) == two.realm_id
    assert len(one.realm_id) == 16
    assert one.realm_id.isdecimal()
    assert [i.number for i in one.invoices.values()] == [i.number for i in two.invoices.values()]
    written = {i.number: i for i in company.invoices if i.type == "ACCREC"}
    for invoice in one.invoices.values():
        value = written[invoice.number]
        if value.status == "VOIDED":
            assert (invoice.total, invoice.balance, invoice.note) == (ZERO, ZERO, "Voided")
            continue
        paid = sum((p.amount for p in value.payments if not p.deleted), Decimal(0))
        assert invoice.total == total(value.lines)
        assert 0 <= invoice.balance <= invoice.total - paid
    assert {v.status for v in written.values()} >= {"AUTHORISED", "VOIDED"}
    assert all(payment.unapplied == 0 for payment in one.payments.values())
    assert any(stone.entity == "Payment" for stone in one.deleted)
    assert "Stripe" in {vendor.name for vendor in one.vendors.values()}


def test_a_customer_has_one_currency_so_others_become_customers_of_their_own() -> None:
    company = generate(seed=7, today=TODAY, invoices=300)
    books = opened(company, lambda: START)
    split = [c for c in books.customers.values() if c.name.endswith(" (EUR)")]
    assert split
    for customer in books.customers.values():
        assert {i.currency for i in customer.invoices} <= {customer.currency}
    assert books.rates["EUR"] == Decimal("0.852878")


def test_what_is_above_the_lines_of_a_payment_stays_as_the_customers_credit(small: SmallBooks) -> None:
    invoice = small.invoice(small.customer())
    payment = small.pay(invoice, "60.00", "75.00")
    assert (invoice.balance, payment.unapplied) == (Decimal("40.00"), Decimal("15.00"))
    assert invoice.customer.balance == Decimal("25.00")
    assert payment.account.name == "Undeposited Funds"
    assert invoice.sync_token == 1


def test_a_change_is_dated_to_the_second_and_told(small: SmallBooks) -> None:
    invoice = small.invoice(small.customer())
    small.told.clear()
    small.wait(2.3)
    payment = small.pay(invoice, "1.00")
    assert invoice.updated == payment.updated == datetime(2026, 11, 20, 15, 4, 7, tzinfo=UTC)
    assert small.told == [("Payment", "created", payment.id), ("Invoice", "updated", invoice.id)]


@pytest.mark.parametrize("undo", [void_payment, delete_payment])
def test_undoing_a_payment_opens_what_it_settled(small: SmallBooks, undo: Callable[..., object]) -> None:
    invoice = small.invoice(small.customer())
    payment = small.pay(invoice, "100.00", "120.00")
    undo(small.books, payment)
    assert (invoice.balance, invoice.customer.balance) == (Decimal("100.00"), Decimal("100.00"))
    if undo is void_payment:
        no_lines: list[PaymentLine] = []
        assert (payment.total, payment.unapplied, payment.note, payment.lines) == (
            ZERO,
            ZERO,
            "Voided",
            no_lines,
        )
        assert code_of(lambda: void_payment(small.books, payment)) == "6000"
    else:
        assert payment.id not in small.books.payments
        assert ("Payment", payment.id) == (small.books.deleted[-1].entity, small.books.deleted[-1].id)


@pytest.mark.parametrize("withdraw", [void_invoice, delete_invoice])
def test_withdrawing_an_invoice_leaves_its_payment_as_credit(
    small: SmallBooks, withdraw: Callable[..., object]
) -> None:
    customer = small.customer()
    gone, other = small.invoice(customer), small.invoice(customer, "50.00")
    order = PaymentOrder(
        customer=customer,
        total=Decimal("150.00"),
        shares=[Share(gone, Decimal("100.00")), Share(other, Decimal("50.00"))],
    )
    payment = create_payment(small.books, order)
    withdraw(small.books, gone)
    assert (payment.unapplied, other.balance) == (Decimal("100.00"), ZERO)
    assert [line.document for line in payment.lines] == [other]
    assert customer.balance == Decimal("-100.00")
    assert (gone.id in small.books.invoices) == (withdraw is void_invoice)


def test_a_credit_settles_through_a_payment_over_nothing_that_goes_with_it(small: SmallBooks) -> None:
    invoice = small.invoice(small.customer())
    memo = credit(small.books, invoice, Decimal("30.00"))
    (line,) = memo.settled_by
    assert (invoice.balance, memo.balance, line.payment.total) == (Decimal("70.00"), ZERO, ZERO)
    delete_credit_memo(small.books, memo)
    assert invoice.balance == Decimal("100.00")
    assert line.payment.id not in small.books.payments


def test_deleting_a_credited_invoice_frees_the_credit(small: SmallBooks) -> None:
    invoice = small.invoice(small.customer())
    memo = credit(small.books, invoice, Decimal("30.00"))
    delete_invoice(small.books, invoice)
    assert memo.balance == Decimal("30.00")
    assert memo.customer.balance == Decimal("-30.00")


def test_a_payment_that_used_credit_and_money_keeps_to_what_it_has_when_the_credit_goes(
    small: SmallBooks,
) -> None:
    customer = small.customer()
    invoice = small.invoice(customer)
    memo = credit(small.books, small.invoice(customer, "30.00"))
    delete_payment(small.books, memo.settled_by[0].payment)
    order = PaymentOrder(
        customer=customer,
        total=Decimal("70.00"),
        shares=[Share(invoice, Decimal("100.00")), Share(memo, Decimal("30.00"))],
    )
    payment = create_payment(small.books, order)
    delete_credit_memo(small.books, memo)
    assert (invoice.balance, payment.unapplied) == (Decimal("30.00"), ZERO)


def deposit(small: SmallBooks, payment: Payment, fee: str = "-2.90") -> DepositOrder:
    lines = [
        DepositLine(payment.total, payment=payment),
        DepositLine(Decimal(fee), account=small.account("Merchant fees")),
    ]
    return DepositOrder(account=small.account("Checking"), lines=lines)


def test_a_payment_in_a_deposit_cannot_go_until_the_deposit_does(small: SmallBooks) -> None:
    payment = small.pay(small.invoice(small.customer()), "100.00")
    brought = create_deposit(small.books, deposit(small, payment))
    assert brought.total == Decimal("97.10")
    assert code_of(lambda: void_payment(small.books, payment)) == "6540"
    assert code_of(lambda: delete_payment(small.books, payment)) == "6540"
    assert code_of(lambda: create_deposit(small.books, deposit(small, payment))) == "6540"
    delete_deposit(small.books, brought)
    delete_payment(small.books, payment)


def test_only_what_waits_undeposited_can_be_deposited(small: SmallBooks) -> None:
    payment = small.pay(small.invoice(small.customer()), "100.00", account="Checking")
    assert code_of(lambda: create_deposit(small.books, deposit(small, payment))) == "6000"


@pytest.mark.parametrize(("password", "code"), [(False, "6200"), (True, "6210")])
def test_closed_books_stay_as_they_are(small: SmallBooks, password: bool, code: str) -> None:
    customer = small.customer()
    old = small.invoice(customer, dated=date(2026, 10, 31))
    payment = small.pay(old, "10.00")
    small.books.book_close_date, small.books.closing_password = date(2026, 10, 31), password
    assert code_of(lambda: small.invoice(customer, dated=date(2026, 10, 31))) == code
    assert code_of(lambda: void_invoice(small.books, old)) == code
    assert code_of(lambda: delete_invoice(small.books, old)) == code
    assert code_of(lambda: update_invoice(small.books, old, note="late")) == code
    small.pay(old, "5.00")  # a payment of today on an old invoice is fine
    small.books.book_close_date = TODAY
    assert code_of(lambda: small.pay(old, "5.00")) == code
    assert code_of(lambda: delete_payment(small.books, payment)) == code


def test_refusals_of_payments(small: SmallBooks) -> None:
    books, customer = small.books, small.customer()
    invoice, stranger = small.invoice(customer), small.customer("Somebody else")

    def pay(**changes: object) -> Callable[[], object]:
        facts = {"customer": customer, "total": Decimal("5.00"), "shares": [Share(invoice, Decimal("5.00"))]}
        return lambda: create_payment(books, PaymentOrder(**(facts | changes)))  # type: ignore[arg-type]

    assert code_of(pay(shares=[Share(invoice, Decimal("100.01"))], total=Decimal("100.01"))) == "6000"
    assert code_of(pay(customer=stranger)) == "6000"
    assert code_of(pay(currency="EUR")) == "6000"
    assert code_of(pay(total=Decimal("4.99"))) == "6000"
    assert code_of(pay(total=Decimal("5.001"))) == "6000"
    assert code_of(pay(account=small.account("Services"))) == "6430"
    assert code_of(pay(account=small.account("Old Savings (deleted)"))) == "610"
    assert code_of(pay(account=small.account("Euro Checking"))) == "6000"
    assert code_of(pay(reference="x" * 22)) == "2050"
    assert code_of(pay(note="x" * 4001)) == "2050"
    parties.deactivate_customer(books, customer)
    assert code_of(pay()) == "610"
    assert invoice.balance == Decimal("100.00")


def test_a_name_is_unique_across_customers_and_vendors_until_it_is_made_inactive(small: SmallBooks) -> None:
    customer = small.customer("Quince Tailors")
    assert code_of(lambda: parties.create_vendor(small.books, "QUINCE tailors")) == "6240"
    assert code_of(lambda: small.customer("Stripe")) == "6240"
    parties.deactivate_customer(small.books, customer)
    assert customer.name == "Quince Tailors (deleted)"
    parties.create_vendor(small.books, "Quince Tailors")
    taken_back = lambda: parties.revise(small.books, customer, customer.name, active=True)  # noqa: E731
    assert code_of(taken_back) == "6240"


def test_numbers_may_repeat_unless_the_company_is_warned_of_it(small: SmallBooks) -> None:
    def numbered() -> object:
        return raise_invoice(small.books, SalesOrder(customer=customer, lines=[line], number="A-7"))

    customer, line = small.customer(), SalesLine(Decimal("1.00"))
    numbered()
    numbered()
    small.books.warns_of_repeated_numbers = True
    assert code_of(numbered) == "6140"
    small.books.custom_numbers = False
    assert (
        raise_invoice(small.books, SalesOrder(customer=customer, lines=[line], number="A-7")).number != "A-7"
    )


def test_merging_moves_documents_without_dating_them(small: SmallBooks) -> None:
    loser, winner = small.customer("Quince"), small.customer("Quince Tailors")
    invoice = small.invoice(loser)
    payment = small.pay(invoice, "10.00", "12.00")
    dates, tokens = (invoice.updated, payment.updated), (invoice.sync_token, payment.sync_token)
    small.wait(60)
    small.told.clear()
    parties.merge_customers(small.books, loser, winner)
    assert invoice.customer is payment.customer is winner
    assert (loser.active, loser.merged_into, loser.balance) == (False, winner.id, ZERO)
    assert winner.balance == Decimal("88.00")
    assert (invoice.updated, payment.updated) == dates
    assert (invoice.sync_token, payment.sync_token) == tokens
    assert small.told == [("Customer", "merged", winner.id)]
    other = small.customer("Euro Quince", "EUR")
    assert code_of(lambda: parties.merge_customers(small.books, other, winner)) == "6000"


def test_jobs_count_in_their_parents_balance(small: SmallBooks) -> None:
    parent = small.customer("Quince")
    job = parties.create_customer(small.books, "Attic", parent=parent)
    small.invoice(job)
    assert (parent.balance, parent.balance_with_jobs) == (ZERO, Decimal("100.00"))


@pytest.mark.parametrize(
    ("currency", "fits", "too_fine"), [("JPY", "1200", "1200.5"), ("KWD", "1.234", "1.2345")]
)
def test_amounts_have_as_many_decimals_as_their_currency(
    small: SmallBooks, currency: str, fits: str, too_fine: str
) -> None:
    customer = small.customer("Far away", currency)
    invoice = small.invoice(customer, fits)
    assert invoice.balance == Decimal(fits)
    assert code_of(lambda: small.invoice(customer, too_fine)) == "6000"
    small.books.multicurrency = False
    assert code_of(lambda: small.invoice(customer, fits)) == "6000"
