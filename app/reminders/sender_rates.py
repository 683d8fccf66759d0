"""How many messages by phone may leave now: as many as the business's sender lets out, and the rest waits its turn.

A sender that is given more than it lets out keeps the rest in a queue of its own, which nobody sees and which in
the end refuses (Twilio: error 30001). So the rest is held here, before it is intended.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from app.channels.registry import SMS, WHATSAPP
from app.kit.ground import Ground
from app.kit.limiter_rules import Ask, Budget, Full
from app.kit.settings import Settings
from app.reminders import decisions
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


def take_room(ground: Ground, tenant_id: UUID, channel: str, wanted: int) -> tuple[int, timedelta]:
    """For how many of `wanted` messages the sender has room now, and after how long it has more."""
    per_second = _rates(ground.settings).get(channel)
    if per_second is None:
        return wanted, timedelta(0)
    key = f"sender:{tenant_id}:{channel}"
    budget = Budget(key, per_second * _WINDOW_SECONDS, _WINDOW_SECONDS)
    for count in range(wanted):
        ask = Ask(ground.clock.now(), f"{key}:asking", budget.calls, (budget,), pauses=())
        answer = ground.limiter.enter(ask)
        if isinstance(answer, Full):
            return count, answer.wait
        ground.limiter.leave(answer)
    return wanted, timedelta(0)


def _rates(settings: Settings) -> Mapping[str, int]:
    """Messages a second that one sender lets out. Mail has no such limit of ours."""
    return {SMS: settings.sms_per_second, WHATSAPP: settings.whatsapp_per_second}


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
                facts=seen(delivery.facts),
            )
