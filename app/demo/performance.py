"""The main job from the first morning to the last, at one ledger or at several at once."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from app.demo.figures import Figures
from app.demo.journey import Journey, marker_of
from app.demo.oracle import next_working_day
from app.demo.second_act import SecondAct
from app.demo.stage import Stage

# Working days the clock is moved after the list is confirmed; payments are made on the second.
DAYS = 6
_PAYMENTS_ON_DAY = 2
# Days are counted here, before any company's zone is known and for all of them together.
_BEFORE_ANY = ZoneInfo("UTC")


def perform(stage: Stage, ledgers: Sequence[str], *, with_scenes: bool = False) -> list[Figures]:
    """The main job for one company at each ledger, side by side in one product; the figures of each.

    With scenes it goes on: what holds, what is stopped, what is late and what lies ahead.
    """
    journeys = [Journey(stage, ledger) for ledger in ledgers]
    stage.clock_to_morning_of(next_working_day(stage.today(_BEFORE_ANY)), [_BEFORE_ANY])
    for journey in journeys:
        journey.connect()
    stage.clock_to_morning_of(stage.today(_BEFORE_ANY), _zones(journeys))
    for journey in journeys:
        journey.accept_payments()
    for journey in journeys:
        journey.confirm()
    for day in range(1, DAYS + 1):
        stage.clock_to_morning_of(next_working_day(stage.today(_BEFORE_ANY)), _zones(journeys))
        for journey in journeys:
            journey.follow_day()
        if day == _PAYMENTS_ON_DAY:
            for journey in journeys:
                journey.take_payments()
    for journey in journeys:
        journey.count()
    if with_scenes:
        SecondAct(stage, journeys).play()
    _require_every_mail_is_somebodys(stage, journeys)
    return [journey.figures for journey in journeys]


def _zones(journeys: Sequence[Journey]) -> list[ZoneInfo]:
    return [journey.zone for journey in journeys]


def _require_every_mail_is_somebodys(stage: Stage, journeys: Sequence[Journey]) -> None:
    """Each is a reminder or about a payment; every payment has its receipt and its notice, once."""
    arrived = [marker_of(mail) for mail in stage.vendors.inbox()]
    own = set().union(*(journey.tenant.message_ids() for journey in journeys))
    for journey in journeys:
        about_payments = journey.tenant.payment_mail_ids()
        told = sum(marker in about_payments for marker in arrived)
        journey.figures.require(
            told == 2 * journey.figures.paid,
            f"{told} receipts and notices for {journey.figures.paid} payments",
        )
        own |= about_payments
    strange = sum(marker not in own for marker in arrived)
    journeys[0].figures.require(strange == 0, f"{strange} mails that no company recorded")
