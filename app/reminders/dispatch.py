"""A batch of due reminders from claim to outcome."""

from collections.abc import Sequence
from uuid import UUID

from app.kit.clock import local_date
from app.kit.errors import DueMateError
from app.kit.ground import Ground
from app.models import Sending
from app.reminders import claiming, decisions
from app.reminders.cases import Batch
from app.reminders.cases_reading import read_batch
from app.reminders.deciding import Answers, Decided, ask, decide_batch, unanswered
from app.reminders.deliveries import Delivery
from app.reminders.gate import Drop, Hold, Send, seen
from app.reminders.openings import Openings
from app.reminders.person_steps import ask_persons
from app.reminders.planning import lock_organisation, plan_tenant
from app.reminders.sender_rates import hold_the_crowd, within_rate
from app.reminders.sending import Renew, deliver_all
from app.sync.fresh import fresh_customers


def send_batch(ground: Ground, tenant_id: UUID, openings: Openings, *, renew: Renew) -> bool:
    """Claim, ask, decide, deliver. True if more is due."""
    _replan_what_is_stale(ground, tenant_id)
    silence = _ask_about_customers(ground, tenant_id)
    batch = _claim(ground, tenant_id, openings.ready)
    if batch is None:
        return False
    answers = silence or ask(ground, tenant_id, batch)
    renew()
    leaving = [
        Delivery(batch, decided.case, decided.facts, decided.verdict, answers)
        for decided in _decide(ground, tenant_id, batch, answers)
        if isinstance(decided.verdict, Send) and decided.facts and isinstance(answers, Answers)
    ]
    _deliver(ground, tenant_id, openings, leaving, renew)
    with ground.database.tenant(tenant_id) as session:
        return claiming.has_due(session, now=ground.clock.now())


def _replan_what_is_stale(ground: Ground, tenant_id: UUID) -> None:
    """After an outage the day has changed: what was planned for it may be another step by now."""
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        organisation = lock_organisation(session, ground.settings, now=now)
        is_stale = organisation is not None and claiming.has_stale(
            session, now=now, today=local_date(now, organisation.zone)
        )
    if is_stale:
        plan_tenant(ground, tenant_id)


def _ask_about_customers(ground: Ground, tenant_id: UUID) -> Hold | None:
    """Addresses as the ledger has them now, for whatever is due and can leave; a Hold if it does not answer."""
    with ground.database.tenant(tenant_id) as session:
        now = ground.clock.now()
        due = claiming.due_by_channel(session, now=now)
        if not hold_the_crowd(ground, session, tenant_id, due, now=now):
            return None
    try:
        fresh_customers(ground, tenant_id)
    except DueMateError as silent:
        return unanswered(silent, now=ground.clock.now())
    return None


def _claim(ground: Ground, tenant_id: UUID, ready: frozenset[str]) -> Batch | None:
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        organisation = lock_organisation(session, ground.settings, now=now)
        if organisation is None or organisation.sending is not Sending.ON or not organisation.is_connected:
            return None
        ask_persons(session, organisation, now=now)
        claims = claiming.claim(session, now=now, today=local_date(now, organisation.zone))
        return (
            read_batch(session, ground, claims, organisation=organisation, ready=ready, now=now)
            if claims
            else None
        )


def _decide(ground: Ground, tenant_id: UUID, batch: Batch, answers: Answers | Hold) -> Sequence[Decided]:
    """Every verdict; those that do not let a reminder go are on its row when this returns."""
    now = ground.clock.now()
    found = list(decide_batch(batch, answers, now=now))
    with ground.database.tenant(tenant_id) as session:
        if isinstance(answers, Hold) and answers.until is not None:
            claiming.hold_due(session, answers.reason, until=answers.until, now=now)
        for decided in found:
            reminder_id, fence = decided.case.claim.reminder_id, decided.case.claim.fence
            facts = seen(decided.facts) if decided.facts else None
            match decided.verdict:
                case Hold(reason, until, needs_confirmation):
                    decisions.hold(
                        session,
                        reminder_id,
                        reason,
                        until=until,
                        now=now,
                        fence=fence,
                        needs_confirmation=needs_confirmation,
                        facts=facts,
                    )
                case Drop(reason):
                    decisions.skip(session, reminder_id, reason, now=now, facts=facts, fence=fence)
                case Send():
                    pass
    return found


def _deliver(
    ground: Ground, tenant_id: UUID, openings: Openings, leaving: Sequence[Delivery], renew: Renew
) -> None:
    """Channel by channel, each at its own pace."""
    by_channel: dict[str, list[Delivery]] = {}
    for delivery in leaving:
        by_channel.setdefault(delivery.case.channel, []).append(delivery)
    for name, deliveries in by_channel.items():
        channel = openings.get(name)
        if channel is not None:
            now_leaving = within_rate(ground, tenant_id, name, deliveries)
            deliver_all(ground, tenant_id, channel, now_leaving, renew=renew)
