"""What tests of the dispatch do over and over: confirm, pick a reminder of today, ring the dispatcher."""

from app.models import Reminder, ReminderState
from app.reminders.confirming import confirm
from app.tasks import kinds
from app.tasks.queue import enqueue
from tests.reminders.journey import Journey


def confirmed(journey: Journey) -> list[Reminder]:
    """Confirms all; what is to leave today, not yet sent."""
    journey.confirm_all()
    return [r for r in journey.due_today() if r.state is ReminderState.PLANNED]


def only(journey: Journey, wanted: Reminder) -> Reminder:
    """Confirms one reminder of today alone; the others stay held."""
    with journey.ground.database.tenant(journey.tenant_id) as session:
        assert confirm(session, [wanted.id], now=journey.ground.clock.now()) == 1
    return wanted


def first_of_today(journey: Journey, *, invoices: int = 1) -> Reminder:
    """A reminder of today that covers at least so many invoices."""
    return next(
        r
        for r in journey.due_today()
        if r.reason_code == "first_list" and len(journey.numbers_of(r)) >= invoices
    )


def with_one_invoice(journey: Journey) -> Reminder:
    """A reminder of today that covers exactly one invoice."""
    return next(
        r for r in journey.due_today() if r.reason_code == "first_list" and len(journey.numbers_of(r)) == 1
    )


def again(journey: Journey, wanted: Reminder) -> Reminder:
    """The row as it is now."""
    return next(r for r in journey.reminders() if r.id == wanted.id)


def dispatch_now(journey: Journey) -> None:
    """Ring the dispatcher, as the ticker would."""
    now = journey.ground.clock.now()
    with journey.ground.database.tenant(journey.tenant_id) as session:
        enqueue(
            session,
            kind=kinds.DISPATCH,
            tenant_id=journey.tenant_id,
            key=f"{kinds.DISPATCH}:{journey.tenant_id}",
            run_at=now,
            now=now,
        )
    journey.lapse_leases()
    journey.run()


def contact_of(journey: Journey, wanted: Reminder) -> str:
    """The ledger's id of the customer a reminder is for."""
    found = journey.rows("SELECT external_id FROM customer WHERE id = :id", id=wanted.customer_id)
    return str(found[0][0])


def calls_of_the_ledger(journey: Journey) -> dict[str, int]:
    calls = journey.sandbox.get("/control/counters").json()["calls"]
    return {name: count for name, count in calls.items() if name.startswith("xero ")}


def dispatch_without_lapse(journey: Journey) -> None:
    now = journey.ground.clock.now()
    journey.change("UPDATE task SET run_at = :now, rung_at = NULL WHERE state = 'waiting'", now=now)
    journey.run()


def pull(journey: Journey) -> None:
    ((connection_id,),) = journey.rows("SELECT id FROM connection")
    now = journey.ground.clock.now()
    with journey.ground.database.tenant(journey.tenant_id) as session:
        enqueue(
            session,
            kind=kinds.SYNC_PULL,
            tenant_id=journey.tenant_id,
            subject_id=connection_id,
            key=f"{kinds.SYNC_PULL}:{connection_id}",
            run_at=now,
            now=now,
        )
    journey.run()
