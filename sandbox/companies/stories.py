"""What can have become of an invoice, and how often each happens."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Story(StrEnum):
    """The life of one invoice up to today."""

    PAID_ON_TIME = "paid on time"
    PAID_LATE = "paid late"
    PAID_IN_PARTS = "paid in parts"
    NOT_YET_DUE = "not yet due"
    OVERDUE = "overdue"
    PART_PAID = "part paid and overdue"
    PAYMENT_DELETED = "a payment was removed again"
    PARTLY_CREDITED = "partly credited"
    FULLY_CREDITED = "fully credited"
    DISPUTED = "disputed"
    VOIDED = "voided"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    DELETED = "deleted draft"


PER_THOUSAND = {
    Story.PAID_ON_TIME: 375,
    Story.PAID_LATE: 250,
    Story.PAID_IN_PARTS: 25,
    Story.NOT_YET_DUE: 120,
    Story.OVERDUE: 110,
    Story.PART_PAID: 28,
    Story.PAYMENT_DELETED: 5,
    Story.PARTLY_CREDITED: 15,
    Story.FULLY_CREDITED: 15,
    Story.DISPUTED: 10,
    Story.VOIDED: 22,
    Story.DRAFT: 15,
    Story.SUBMITTED: 5,
    Story.DELETED: 5,
}
SOON_DAYS = 14
LONGEST_OVERDUE_DAYS = 200
FIRST_OF_A_YEAR_DAYS = 345


@dataclass(frozen=True)
class Days:
    """A life counted in days from today: negative is past. `paid` only where one full payment came."""

    due: int
    paid: int | None = None


def cast(chance: random.Random, count: int, never: Collection[Story] = ()) -> list[Story]:
    """`count` stories in the usual proportions (at least one of each from 100 on), well mixed.

    Instead of those that `never` happen there are more that were paid on time.
    """
    stories: list[Story] = []
    for story, share in PER_THOUSAND.items():
        if story in never:
            continue
        stories += [story] * max(1 if count >= 100 else 0, round(count * share / 1000))
    stories = stories[:count] + [Story.PAID_ON_TIME] * (count - len(stories))
    chance.shuffle(stories)
    return stories


def days_of(story: Story, chance: random.Random, place_among_open: int) -> Days:
    """When an invoice with this story was due and paid.

    Invoices not yet due are dealt out over the next fourteen days first, so that a demonstration has
    something to send on every working day.
    """
    match story:
        case Story.PAID_ON_TIME:
            due = -chance.randint(1, FIRST_OF_A_YEAR_DAYS)
            return Days(due, due - chance.choice((0, 0, 1, 2, 3, 5, 8)))
        case Story.PAID_LATE:
            late = min(1 + int(chance.expovariate(1 / 16)), 90)
            due = -chance.randint(late + 1, FIRST_OF_A_YEAR_DAYS)
            return Days(due, due + late)
        case Story.NOT_YET_DUE:
            soon = place_among_open % 42
            return Days(1 + soon % SOON_DAYS if soon < 2 * SOON_DAYS else chance.randint(15, 55))
        case Story.OVERDUE | Story.PART_PAID | Story.PARTLY_CREDITED | Story.DISPUTED | Story.PAYMENT_DELETED:
            return Days(-_overdue_by(chance))
        case Story.DRAFT | Story.SUBMITTED:
            return Days(chance.randint(5, 30))
        case _:
            return Days(-chance.randint(10, FIRST_OF_A_YEAR_DAYS))


def _overdue_by(chance: random.Random) -> int:
    """Most are a little late; a tail reaches 200 days."""
    return min(1 + int(chance.expovariate(1 / 38)), LONGEST_OVERDUE_DAYS)


def price(chance: random.Random) -> Decimal:
    """A net amount in cents: mostly hundreds, some thousands, seldom round."""
    amount = chance.lognormvariate(6.2, 1.0)
    return Decimal(max(12, min(amount, 48_000))).quantize(Decimal("0.01"))
