"""Plans a tenant's reminders and stores the difference: one unit of work, no vendor asked."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from app.channels.email.transport import installation_sends_mail
from app.kit.clock import local_date
from app.kit.collecting import rarely_collecting
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import Reminder, ReminderState, Tenant
from app.reminders import reconciling
from app.reminders.cadence_rows import active_steps
from app.reminders.cadences import create_default_cadence, default_cadence
from app.reminders.channels_ready import channels_of_the_house, ready_channels
from app.reminders.freshness import stale_at
from app.reminders.holds_quiet_books import quiet_books
from app.reminders.holds_review import review
from app.reminders.loading import load_situation, load_undecided
from app.reminders.loading_cadences import as_cadence
from app.reminders.loading_census import Census, take_census
from app.reminders.person_steps import ask_persons
from app.reminders.planner import plan
from app.reminders.planning_marks import Begun, begin, is_fresh, keep
from app.reminders.reasons import TAKEN_UP_WHEN_DUE
from app.reminders.situation import Cadence, Planned, Situation
from app.reminders.standing import Organisation, Undecided, differences, wanted
from app.tasks import kinds
from app.tasks.queue import enqueue

_LOCKED = select(Tenant.time_zone, Tenant.sending).with_for_update(key_share=True)
_STANDING = text("""
    SELECT EXISTS (SELECT FROM connection WHERE state = 'active'),
           EXISTS (SELECT FROM hold_rules WHERE quiet_books_days IS NOT NULL)
""")
_NEXT_DUE = select(func.min(Reminder.due_at)).where(
    Reminder.needs_confirmation.is_(False),
    Reminder.channels != [],
    or_(
        Reminder.state == ReminderState.PLANNED,
        (Reminder.state == ReminderState.HELD) & Reminder.reason_code.in_(TAKEN_UP_WHEN_DUE),
    ),
)


def plan_if_stale(ground: Ground, tenant_id: UUID) -> int:
    """`plan_tenant`, unless it would change nothing; the number of reminders written."""
    with ground.database.platform() as session:
        sends_mail = installation_sends_mail(ground.settings)
        if is_fresh(session, tenant_id, now=ground.clock.now(), sends_mail=sends_mail):
            return 0
    return plan_tenant(ground, tenant_id)


def plan_tenant(ground: Ground, tenant_id: UUID) -> int:
    """Plan, store and ask for the next dispatch; the number of reminders written. Nothing new, nothing written."""
    now = ground.clock.now()
    with rarely_collecting(), ground.database.tenant(tenant_id) as session:
        begun = begin(session, tenant_id)
        if begun is None:
            return 0
        census, cadence = _settled(session, begun.zone, now=now)
        organisation = _organisation(
            session, ground.settings, begun, census, today=local_date(now, begun.zone)
        )
        stored = load_undecided(session)
        situation = load_situation(
            session, cadence=cadence, stored=stored.values(), zone=begun.zone, now=now, census=census
        )
        present = {row.group: row for row in reversed(stored.values())}
        planned = plan(situation)
        wished = [
            wanted(
                one,
                present.get(one.group),
                organisation=organisation,
                late=situation.late,
                now=now,
            )
            for one in planned
        ]
        written = reconciling.write(session, differences(stored, wished), now=now)
        asks = any(not one.channels and one.due_at <= now for one in wished)
        has_asked = asks and ask_persons(session, organisation, now=now)
        _ask_for_dispatch_of(session, tenant_id, wished, now=now)
        keep(
            session,
            begun.marks,
            now=now,
            stale_at=now if has_asked else _lasts_until(situation, planned, wished),
            sends_mail=installation_sends_mail(ground.settings),
        )
        return written


def _settled(session: Session, zone: str, *, now: datetime) -> tuple[Census, Cadence]:
    """What there is and the default cadence, once everything that settles by itself is settled."""
    census = take_census(session)
    if census.unsettled:
        review(session, today=local_date(now, zone), now=now)
        census = take_census(session)
    return census, census.cadence or planning_cadence(session, now)


def _organisation(
    session: Session, settings: Settings, begun: Begun, census: Census, *, today: date
) -> Organisation:
    """How the tenant stands; its row is locked."""
    return Organisation(
        zone=begun.zone,
        sending=begun.sending,
        is_connected=census.connection,
        channels=ready_channels(session, settings) if census.own_senders else channels_of_the_house(settings),
        quiet=quiet_books(session, today=today) if census.quiet_days else None,
    )


def _lasts_until(situation: Situation, planned: list[Planned], wished: list[Undecided]) -> datetime:
    """When time alone may have made this plan wrong; what waits for its time is looked at when that has come."""
    waiting = (one.waits_until(situation.now) for one in wished)
    return min([stale_at(situation, planned), *(at for at in waiting if at is not None)])


def lock_organisation(session: Session, settings: Settings, *, now: datetime) -> Organisation | None:
    """How the tenant stands. Its row is locked: planning, claiming and confirming take turns."""
    tenant = session.execute(_LOCKED).one_or_none()
    if tenant is None:
        return None
    zone, sending = tenant
    is_connected, may_be_quiet = session.execute(_STANDING).one()
    return Organisation(
        zone=zone,
        sending=sending,
        is_connected=is_connected,
        channels=ready_channels(session, settings),
        quiet=quiet_books(session, today=local_date(now, zone)) if may_be_quiet else None,
    )


def planning_cadence(session: Session, now: datetime) -> Cadence:
    """The tenant's cadence as the planner knows it; made now if this is the first planning."""
    cadence = default_cadence(session) or create_default_cadence(session, now)
    return as_cadence(cadence, active_steps(session, cadence.id))


def ask_for_dispatch(session: Session, tenant_id: UUID, *, now: datetime) -> None:
    """Let the dispatcher come when the next reminder is due, if there is one."""
    due_at = session.scalar(_NEXT_DUE)
    if due_at is not None:
        _dispatch_at(session, tenant_id, due_at, now=now)


def _ask_for_dispatch_of(
    session: Session, tenant_id: UUID, undecided: list[Undecided], *, now: datetime
) -> None:
    """The same, of rows that are known and not asked for again."""
    due = [
        one.due_at
        for one in undecided
        if one.channels
        and not one.needs_confirmation
        and (one.state is ReminderState.PLANNED or one.reason_code in TAKEN_UP_WHEN_DUE)
    ]
    if due:
        _dispatch_at(session, tenant_id, min(due), now=now)


def _dispatch_at(session: Session, tenant_id: UUID, due_at: datetime, *, now: datetime) -> None:
    key = f"{kinds.DISPATCH}:{tenant_id}"
    enqueue(session, kind=kinds.DISPATCH, tenant_id=tenant_id, key=key, run_at=due_at, now=now)
