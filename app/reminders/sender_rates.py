"""How many messages by phone may leave now: as many as the business's sender lets out, and the rest waits its turn.

A sender that is given more than it lets out keeps the rest in a queue of its own, which nobody sees and which in
the end refuses (Twilio: error 30001). So the rest is held here: what is far beyond the rate before the ledger is
asked about it, the last few before they are intended.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.channels.registry import SMS, WHATSAPP
from app.kit.ground import Ground
from app.kit.limiter_rules import Ask, Budget, Full
from app.kit.settings import Settings
from app.reminders import claiming, decisions
from app.reminders.deliveries import Delivery
from app.reminders.gate import seen
from app.reminders.reasons import SENDER_BUSY

# A minute's worth may leave in one go: the sender's own queue is made for that.
_WINDOW_SECONDS = 60


def within_rate(
    ground: Ground, tenant_id: UUID, channel: str, deliveries: Sequence[Delivery]
) -> Sequence[Delivery]:
    """Those that may leave now, the first ones first. The others are held until there is room again."""
    count, wait = take_room(ground, tenant_id, channel, len(deliveries))
    if count < len(deliveries):
        _hold(ground, tenant_id, deliveries[count:], wait)
    return deliveries[:count]


def hold_the_crowd(
    ground: Ground, session: Session, tenant_id: UUID, due: Mapping[str, int], *, now: datetime
) -> bool:
    """Hold what is due on a channel beyond its sender's room; whether anything that is due may leave."""
    can_leave = False
    for channel, count in due.items():
        budget = _budget(ground.settings, tenant_id, channel)
        room = ground.limiter.room(budget, now=now) if budget else None
        if room is not None and room.calls < count:
            until = now + room.more_after
            claiming.hold_beyond(session, channel, room.calls, SENDER_BUSY, until=until, now=now)
        can_leave = can_leave or room is None or room.calls > 0
    return can_leave


def take_room(ground: Ground, tenant_id: UUID, channel: str, wanted: int) -> tuple[int, timedelta]:
    """For how many of `wanted` messages the sender has room now, and after how long it has more."""
    budget = _budget(ground.settings, tenant_id, channel)
    if budget is None:
        return wanted, timedelta(0)
    for count in range(wanted):
        ask = Ask(ground.clock.now(), f"{budget.key}:asking", budget.calls, (budget,), pauses=())
        answer = ground.limiter.enter(ask)
        if isinstance(answer, Full):
            return count, answer.wait
        ground.limiter.leave(answer)
    return wanted, timedelta(0)


def _budget(settings: Settings, tenant_id: UUID, channel: str) -> Budget | None:
    """What one business's sender lets out in a minute. Mail has no such limit of ours."""
    per_second = {SMS: settings.sms_per_second, WHATSAPP: settings.whatsapp_per_second}.get(channel)
    if per_second is None:
        return None
    return Budget(f"sender:{tenant_id}:{channel}", per_second * _WINDOW_SECONDS, _WINDOW_SECONDS)


def _hold(ground: Ground, tenant_id: UUID, waiting: Sequence[Delivery], wait: timedelta) -> None:
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        for delivery in waiting:
            decisions.hold(
                session,
                delivery.case.claim.reminder_id,
                SENDER_BUSY,
                until=now + wait,
                now=now,
                fence=delivery.case.claim.fence,
                facts=seen(delivery.facts),
            )
