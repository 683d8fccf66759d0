"""A business with many customers, grown from a number: whatever a crowd may be, at little cost for each of it.

The cadences and clocks are Hypothesis' to choose; the crowd follows from its seed, so a failure names it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from hypothesis import strategies as st

from app.models import CatchUpMode
from app.reminders.conditions import Conditions, Profile
from app.reminders.situation import (
    Addressee,
    Cadence,
    Contact,
    Group,
    Had,
    Late,
    OpenInvoice,
    Past,
    Rule,
    Situation,
    Step,
    Stop,
)
from tests.reminders.clock_changes import changes_of
from tests.reminders.test_planner_everything import EVERY_ZONE, PLACES, cadences
from tests.reminders.values import moments

_CURRENCIES = ("GBP", "EUR", "USD")
_CHANNELS = ("email", "sms", "whatsapp")


@dataclass(frozen=True)
class _Grower:
    """Grows one crowd. Of what is rare there is little, but in most crowds there is some."""

    chance: Random
    today: date
    steps: tuple[Step, ...]

    def is_rare(self, share: float = 0.1) -> bool:
        return self.chance.random() < share

    def day(self, first: int, last: int) -> date:
        return self.today + timedelta(days=self.chance.randint(first, last))

    def stop(self) -> Stop | None:
        if not self.is_rare():
            return None
        return Stop("promised", None if self.is_rare(0.3) else self.day(-5, 20))

    def addressee(self) -> Addressee:
        zones = self.chance.sample(EVERY_ZONE, self.chance.choice((0, 0, 0, 1, 1, 2)))
        return Addressee(
            has_address=not self.is_rare(0.05),
            is_active=not self.is_rare(0.05),
            opted_out=self.is_rare(0.05),
            stop=self.stop(),
            phone_channels=frozenset(self.chance.choice(((), ("sms",), ("whatsapp",), ("sms", "whatsapp")))),
            zones=tuple(zones),
            place=self.chance.choice((None, *PLACES)),
        )

    def invoice(self, customer_id: UUID) -> OpenInvoice:
        issued_on = self.day(-80, 0)
        return OpenInvoice(
            id=UUID(int=self.chance.getrandbits(128)),
            customer_id=customer_id,
            currency=self.chance.choice(_CURRENCIES),
            due_on=issued_on + timedelta(days=self.chance.choice((0, 7, 14, 30, 30, 30, 60))),
            balance=Decimal(self.chance.randint(-500, 50_000)) / 100,
            had=tuple(self._had(issued_on) for _ in range(self.chance.choice((0, 0, 1, 2)))),
            stop=self.stop(),
            issued_on=issued_on,
            total=Decimal(500),
            promise_broken_on=self.day(-20, 0) if self.is_rare() else None,
        )

    def _had(self, issued_on: date) -> Had:
        step = self.chance.choice(self.steps)
        return Had(step, self.chance.randint(0, step.repeat_limit), max(issued_on, self.day(-40, -1)))

    def contacts(self) -> tuple[Contact, ...]:
        number = self.chance.choice((0, 0, 0, 1, 3, 7, 8))
        return tuple(Contact(self.day(-6, 0), self.chance.choice(_CHANNELS)) for _ in range(number))

    def past(self, now: datetime) -> Past:
        not_before = now + timedelta(minutes=self.chance.randint(-600, 6_000)) if self.is_rare() else None
        return Past(self.day(-9, 0) if self.is_rare(0.5) else None, not_before)


def grown(
    seed: int, customers: int, *, now: datetime, zone: str, default: Cadence, other: Cadence
) -> Situation:
    """A business with so many customers of all kinds."""
    grower = _Grower(Random(seed), now.date(), (*default.steps, *other.steps))
    known = [UUID(int=number) for number in range(1, customers + 1)]
    invoices = [grower.invoice(one) for one in known for _ in range(grower.chance.choice((1, 1, 2, 3)))]
    groups: set[Group] = {(one.customer_id, one.currency) for one in invoices}
    mode = grower.chance.choice((None, None, *CatchUpMode))
    return Situation(
        now=now,
        zone=zone,
        cadence=default,
        invoices=invoices,
        addressees={one: grower.addressee() for one in known},
        past={group: grower.past(now) for group in sorted(groups)},
        rules=(Rule(Conditions(tags=("vip",)), other),),
        profiles={one: Profile(frozenset({"vip"})) for one in known if grower.is_rare(0.3)},
        contacts={one: grower.contacts() for one in known},
        place=grower.chance.choice((None, *PLACES)),
        late=None if mode is None else Late(mode, grower.day(-10, 1)),
    )


@st.composite
def crowds(draw: st.DrawFn, customers: int) -> Situation:
    """At any time, in any zone; every second time within two days of a change of its clocks, if they change."""
    zone, now, is_near = draw(st.sampled_from(EVERY_ZONE)), draw(moments), draw(st.booleans())
    changes = changes_of(zone, 2026, 2027)
    if changes and is_near:
        now = draw(st.sampled_from(changes)) + timedelta(minutes=draw(st.integers(-2_880, 2_880)))
    return grown(
        draw(st.integers(0, 2**64)),
        customers,
        now=now,
        zone=zone,
        default=draw(cadences),
        other=draw(cadences),
    )
