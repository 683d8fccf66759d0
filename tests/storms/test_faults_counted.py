"""Three hundred rounds of faults: no entry twice and none missing, by the books of the stand-ins alone.

A round is one blow that met a fact about money on its way: a payment, its fee, a refund, a chargeback, a payout,
something undone or overpaid. A blow that met nothing is not counted. The ledger's books are judged against
Stripe's, to the cent.

`make faults` plays 3,000 rounds; FAULT_ROUNDS and FAULT_SEED say how many and which.
"""

import os
import random
import time
from contextlib import closing

import pytest

from app.connectors.base import FeeStyle
from app.kit.embedded.postgres import RunningPostgres
from app.kit.embedded.redis import RunningRedis
from app.kit.ground import Ground
from app.models import Overpaid
from tests.payments.books_flow import at_processor, on_clearing
from tests.payments.business import open_business
from tests.payments.money_flow import stripe_books
from tests.sandbox.client import SandboxClient
from tests.sandbox.receiver import Receiver
from tests.storms.blows import BLOWS
from tests.storms.field import Field
from tests.storms.judging import judge
from tests.storms.mortal import Mortal
from tests.storms.workers import Nursery

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "300"))
SEED = int(os.environ.get("FAULT_SEED", "20261121"))
IN_ONE_WORLD = 50
_TRIES = 25
BOOKS = (
    ("xero", ("GBP", "EUR"), FeeStyle.EXPENSE),
    ("quickbooks", ("USD", "EUR"), FeeStyle.EXPENSE),
    ("quickbooks", ("USD", "EUR"), FeeStyle.DEPOSIT),
)


def strike(field: Field, rounds: int) -> None:
    """So many blows that met something, of every sort by its share."""
    blows = [blow for blow, share in BLOWS.items() for _ in range(share)]
    field.chance.shuffle(blows)
    for blow in blows[:rounds]:
        for _ in range(_TRIES):
            field.let_something_happen()
            has_met = blow(field)
            field.pass_over()
            if has_met:
                break
            field.go_on()
        else:
            raise AssertionError(f"{blow.__name__} never met anything")


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("world", range(max(1, ROUNDS // IN_ONE_WORLD)))
def test_every_fact_is_in_the_books_once(
    world: int,
    sandbox_ground: Ground,
    sandbox: SandboxClient,
    receiver: Receiver,
    storm_postgres: Mortal[RunningPostgres],
    storm_redis: Mortal[RunningRedis],
) -> None:
    seed, began = SEED + world, time.monotonic()
    ledger, currencies, style = BOOKS[world % len(BOOKS)]
    print(f"FAULT_SEED={SEED}, world {world}: {ledger}, {style}")
    business = open_business(sandbox_ground, sandbox, receiver, ledger=ledger, currencies=currencies)
    business.choose_accounts(business.currency, fee_style=style, overpaid=Overpaid.CREDIT)
    database = sandbox_ground.settings.database_url.get_secret_value().rpartition("/")[2]
    before = on_clearing(business)
    with Nursery(sandbox_ground.settings, sandbox.clock_file) as nursery:
        field = Field(business, storm_postgres, storm_redis, database, random.Random(seed), nursery)
        with closing(field):
            strike(field, IN_ONE_WORLD)
            field.come_to_rest()
    verdict = judge(stripe_books(business), business.books().ledger, field.deeds.paid_for)
    print(f"{IN_ONE_WORLD} rounds, {verdict.facts} facts in {time.monotonic() - began:.0f} s: {verdict}")
    assert verdict.is_clean, verdict
    assert on_clearing(business) - before == at_processor(business)
