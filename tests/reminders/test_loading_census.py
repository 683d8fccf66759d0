"""What the census says there is, there is; and its cadence is the one that the rows tell."""

from datetime import time
from decimal import Decimal
from uuid import UUID

import pytest

from app.kit.ground import Ground
from app.models import Anchor, Cadence, CadenceStep, Counts, Grouping, OnlyAfter, StepAction
from app.reminders.cadences import create_default_cadence
from app.reminders.holds import load_stops
from app.reminders.loading_census import Census, take_census
from app.reminders.planning import planning_cadence
from tests.reminders.holding import TODAY, unit
from tests.reminders.tables import add_customer, add_invoice, change
from tests.reminders.test_planning_watched import add

_PAYMENT = {
    "external_id": "'p'",
    "currency": "'GBP'",
    "amount": "500",
    "unapplied": "500",
    "paid_on": "DATE '2026-11-01'",
    "reference": "''",
    "is_deleted": "false",
    "changed_at": "now()",
    "customer_id": "id",
}
_CREDIT = {
    "external_id": "'c'",
    "number": "'CN-1'",
    "state": "'open'",
    "currency": "'GBP'",
    "total": "500",
    "remaining": "500",
    "issued_on": "DATE '2026-11-01'",
    "changed_at": "now()",
    "customer_id": "id",
}
_MANUAL = {
    "scope": "'customer'",
    "subject_id": "id",
    "kind": "'manual'",
    "source": "'owner'",
    "reason": "'They rang'",
    "created_at": "now()",
}
HOLD = {
    "a row": (add("hold", **_MANUAL),),
    "an excluded tag": (
        add("customer_tag", customer_id="id", tag="'vip'", created_at="now()"),
        add("excluded_tag", to="tenant", tag="'vip'", changed_at="now()"),
    ),
    "money that came": (add("ledger_payment", **_PAYMENT),),
    "a credit": (add("credit_note", **_CREDIT),),
    "a minimum": (add("minimum_balance", to="tenant", currency="'GBP'", amount="900", changed_at="now()"),),
    "a mail of the ledger": ("UPDATE invoice SET last_emailed_at = '2026-11-19T09:00Z'",),
}


def census(ground: Ground, tenant: UUID) -> Census:
    with unit(ground, tenant) as session:
        return take_census(session)


@pytest.mark.parametrize("statements", HOLD.values(), ids=HOLD.keys())
def test_no_hold_is_missed(ground: Ground, tenant: UUID, statements: tuple[str, ...]) -> None:
    add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    assert not census(ground, tenant).holds
    for statement in statements:
        change(ground, tenant, statement)
    with unit(ground, tenant) as session:
        assert load_stops(session, TODAY)
    assert census(ground, tenant).holds


def test_a_business_that_has_just_begun_has_nothing(ground: Ground, tenant: UUID) -> None:
    found = census(ground, tenant)
    assert found.cadence is None
    assert not any((found.unsettled, found.holds, found.rules, found.words, found.opt_outs))
    assert not any((found.checkouts, found.decided, found.quiet_days, found.own_senders))
    change(ground, tenant, "UPDATE connection SET state = 'disconnected'")
    assert found.connection
    assert not census(ground, tenant).connection


def test_the_cadence_is_the_one_that_the_rows_tell(ground: Ground, tenant: UUID) -> None:
    with unit(ground, tenant) as session:
        create_default_cadence(session, ground.clock.now())
    with unit(ground, tenant) as session:
        row = session.query(Cadence).one()
        row.weekdays, row.opens_at, row.closes_at = [1, 3, 6], time(9, 30), time(17)
        row.keeps_holidays, row.grouping, row.send_hour = False, Grouping.INVOICE, 14
        first, second, third, *_ = session.query(CadenceStep).order_by(CadenceStep.position)
        first.anchor, first.counts, first.channels = Anchor.ISSUED, Counts.BUSINESS, ["sms", "email"]
        second.min_balance, second.max_balance = Decimal("10.1000"), Decimal("99999999999999.9900")
        second.repeat_every_days, second.repeat_limit = 3, 4
        third.action, third.only_after = StepAction.TASK, OnlyAfter.PROMISE_BROKEN
        third.position, first.position = first.position, third.position
    with unit(ground, tenant) as session:
        assert take_census(session).cadence == planning_cadence(session, ground.clock.now())
    change(ground, tenant, "UPDATE cadence_step SET retired_at = now()")
    with unit(ground, tenant) as session:
        found = take_census(session).cadence
        assert found is not None
        assert found.steps == ()
