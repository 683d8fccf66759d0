"""The replay on a mirror in the database: what it reads, whom it tells, and the command."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from app.kit.clock import SetClock
from app.kit.errors import NotFound
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import Tone
from app.reminders.cadences import create_cadence, create_default_cadence
from app.reminders.ready_made import ready_made
from app.reminders.replay import Replayed, named_cadence, replay_history
from app.reminders.replay_words import lines, rows
from tests.reminders.tables import add_customer, add_invoice, change
from tests.support.tenants import make_tenant
from tests.test_cli import duemate

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
TODAY = date(2026, 11, 20)
_PAY = """
    WITH paid AS (
        INSERT INTO ledger_payment (tenant_id, id, external_id, customer_id, currency, amount, paid_on, reference,
                                    is_deleted, changed_at)
        SELECT tenant_id, gen_random_uuid(), :number, customer_id, currency, total, :on, '', false, :now
        FROM invoice WHERE number = :number RETURNING tenant_id, id, amount)
    INSERT INTO payment_application (tenant_id, id, payment_id, invoice_id, amount)
    SELECT paid.tenant_id, gen_random_uuid(), paid.id, invoice.id, paid.amount FROM paid, invoice
    WHERE invoice.number = :number
"""
_SETTLE = "UPDATE invoice SET state = 'paid', amount_due = 0, amount_paid = total WHERE number = :number"


@pytest.fixture
def office(make_settings: Callable[..., Settings]) -> Iterator[Ground]:
    built = Ground.from_settings(make_settings(), clock=SetClock(NOW))
    yield built
    built.database.close()


@pytest.fixture
def tenant(office: Ground) -> UUID:
    """Ada never paid, Bob paid ten days after the due date, Cem before it; Dora's invoice was voided."""
    tenant_id = make_tenant(office)
    for name, overdue in (("ada", 60), ("bob", 90), ("cem", 120), ("dora", 150)):
        add_invoice(office, tenant_id, add_customer(office, tenant_id, name), name, overdue=overdue)
    for number, on in (("bob", date(2026, 9, 1)), ("cem", date(2026, 7, 1))):
        change(office, tenant_id, _PAY, number=number, on=on, now=NOW)
        change(office, tenant_id, _SETTLE, number=number)
    change(
        office,
        tenant_id,
        "UPDATE invoice SET state = 'voided', amount_due = 0, changed_at = '2026-06-27' WHERE number = 'dora'",
    )
    with office.database.tenant(tenant_id) as session:
        create_default_cadence(session, NOW)
        create_cadence(session, ready_made(Tone.GENTLE, country="GB"), now=NOW)
    return tenant_id


def replayed(ground: Ground, tenant: UUID, *, told: list[float] | None = None) -> Replayed:
    with ground.database.tenant(tenant) as session:
        return replay_history(
            session,
            tenant_id=tenant,
            cadence_id=named_cadence(session, None),
            against=named_cadence(session, ready_made(Tone.GENTLE, country="GB").name),
            today=TODAY,
            now=NOW,
            tell=told.append if told is not None else None,
        )


def test_two_cadences_are_told_side_by_side(office: Ground, tenant: UUID) -> None:
    told: list[float] = []
    found = replayed(office, tenant, told=told)
    assert found.second is not None
    assert (found.invoices, found.undated) == (4, 0)
    assert found.first.customers == 3  # Cem paid before the first step
    assert found.first.messages > found.second.messages > 0
    for one in (found.first, found.second):
        assert (one.after_payment, one.on_days_off, one.twice_in_a_day) == (0, 0, 0)
    assert found.first.prevented == 3
    assert told == sorted(told)
    assert 0 <= told[0] < told[-1] <= 1


def test_an_invoice_that_was_paid_without_a_date_is_left_alone(office: Ground, tenant: UUID) -> None:
    change(office, tenant, _SETTLE, number="ada")
    before = replayed(office, tenant)
    assert before.undated == 1
    assert before.first.customers == 2
    assert "1 paid invoices without a date of payment are left alone." in list(lines(before))


def test_a_deleted_payment_never_was(office: Ground, tenant: UUID) -> None:
    change(office, tenant, "UPDATE ledger_payment SET is_deleted = true")
    change(office, tenant, "UPDATE invoice SET state = 'open', amount_due = total WHERE number = 'cem'")
    assert replayed(office, tenant).first.customers == 3


def test_what_xero_says_about_the_day_of_payment_comes_first(office: Ground, tenant: UUID) -> None:
    change(office, tenant, "DELETE FROM payment_application")
    change(office, tenant, "UPDATE invoice SET settled_on = '2026-08-24' WHERE number = 'bob'")
    found = replayed(office, tenant)
    assert found.undated == 1
    assert found.first.customers == 3


def test_nobody_else_s_past_is_told(office: Ground, tenant: UUID) -> None:
    with office.database.tenant(tenant) as session:
        known = named_cadence(session, None)
    stranger = make_tenant(office, name="Northgate Cycles")
    for asked in (tenant, stranger):
        with pytest.raises(NotFound), office.database.tenant(stranger) as session:
            replay_history(session, tenant_id=asked, cadence_id=known, against=None, today=TODAY, now=NOW)
    with pytest.raises(NotFound), office.database.tenant(stranger) as session:
        named_cadence(session, str(known))


def test_the_command_tells_the_same(tenant: UUID, make_settings: Callable[..., Settings]) -> None:
    answer = duemate(make_settings(), "replay", "--tenant", str(tenant))
    assert answer.returncode == 0, answer.stderr
    assert "After the money had come" in answer.stdout
    assert "Nothing is held: holds" in answer.stdout


def test_every_figure_of_both_stands_in_its_row(office: Ground, tenant: UUID) -> None:
    found = replayed(office, tenant)
    told = {row.label: row for row in rows(found)}
    assert found.second is not None
    assert told["Messages"].first == str(found.first.messages)
    assert told["Messages"].second == str(found.second.messages)
    assert told["After the money had come"].first == "0"
