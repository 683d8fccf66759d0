"""The demo's own idea of what should be sent, on books small enough to check by hand."""

from collections import Counter
from datetime import date
from typing import Any

from app.demo.oracle import Oracle, next_working_day

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


def books(*invoices: dict[str, Any]) -> dict[str, Any]:
    return {
        "contacts": [
            {"id": "c1", "email": "one@customer.example", "status": "ACTIVE"},
            {"id": "c2", "email": "", "status": "ACTIVE"},
        ],
        "invoices": list(invoices),
    }


def invoice(**changes: Any) -> dict[str, Any]:
    plain = {"id": "i1", "contact_id": "c1", "type": "ACCREC", "status": "AUTHORISED", "currency": "GBP"}
    return {**plain, "amount_due": "10.00", "due": "2026-11-20", **changes}


def expected(oracle: Oracle, day: date, *invoices: dict[str, Any]) -> Counter[tuple[str, str]]:
    return oracle.expected_on(day, books(*invoices))


ONE = Counter({("one@customer.example", "GBP"): 1})


def test_an_invoice_is_reminded_once_for_each_step() -> None:
    oracle = Oracle([0, 3])
    assert expected(oracle, FRIDAY, invoice()) == ONE
    assert not expected(oracle, FRIDAY, invoice())
    assert expected(oracle, MONDAY, invoice()) == ONE


def test_a_step_on_a_weekend_is_due_on_monday() -> None:
    oracle = Oracle([1])
    assert not expected(oracle, FRIDAY, invoice())
    assert expected(oracle, MONDAY, invoice()) == ONE


def test_invoices_of_one_customer_and_currency_share_a_mail() -> None:
    oracle, both = Oracle([0, 30]), (invoice(), invoice(id="i2"))
    assert expected(oracle, FRIDAY, *both) == ONE
    assert oracle.last_step == {"i1": 0, "i2": 0}


def test_a_customer_gets_one_currency_a_day_and_the_other_on_the_next_working_day() -> None:
    oracle, both = Oracle([0]), (invoice(due="2026-11-19"), invoice(id="i3", currency="EUR"))
    assert expected(oracle, FRIDAY, *both) == ONE
    assert expected(oracle, MONDAY, *both) == Counter({("one@customer.example", "EUR"): 1})
    assert not expected(oracle, date(2026, 11, 24), *both)


def test_nothing_is_expected_for_paid_voided_purchased_or_unreachable() -> None:
    quiet = (
        invoice(amount_due="0.00", status="PAID"),
        invoice(id="i2", status="VOIDED"),
        invoice(id="i3", type="ACCPAY"),
        invoice(id="i4", contact_id="c2"),
    )
    assert not expected(Oracle([0]), FRIDAY, *quiet)


def test_only_the_latest_of_several_steps_counts() -> None:
    oracle = Oracle([-3, 0, 7])
    assert expected(oracle, date(2026, 12, 1), invoice()) == ONE
    assert oracle.last_step == {"i1": 7}


def test_the_working_day_after_a_friday_is_a_monday() -> None:
    assert next_working_day(FRIDAY) == MONDAY


def test_nothing_is_expected_on_a_holiday_and_what_fell_on_it_comes_the_next_working_day() -> None:
    oracle = Oracle([0], holidays={FRIDAY})
    assert not expected(oracle, FRIDAY, invoice())
    assert expected(oracle, MONDAY, invoice()) == ONE
