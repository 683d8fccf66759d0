"""Weeks of a business's money at random, the same for the same seed. Only what Stripe would let happen happens."""

import random
from collections.abc import Callable

from sandbox.stripe import disputes, payouts, refunds
from sandbox.stripe.errors import StripeError
from sandbox.stripe.payments import book_charge, take_elsewhere
from sandbox.stripe.state import Account, Json, StripeState

# At least one of Stripe's smallest charge everywhere, and a last digit that card networks settle.
LEAST, MOST, STEP = 100, 50_000, 10
ELSEWHERE = ("gbp", "eur", "jpy", "kwd")
REASONS = ("fraudulent", "product_not_received", "general")


class Storm:
    """Random things that happen to one account's money."""

    def __init__(self, state: StripeState, account: Account, seed: int) -> None:
        self._state, self._account, self._random = state, account, random.Random(seed)

    def blow(self, edits: int) -> dict[str, int]:
        """That many tries; how often each thing happened. What Stripe or a bank refuses does not."""
        moves: list[Callable[[], bool]] = [
            self.charge,
            self.refund,
            self.decide_refund,
            self.dispute,
            self.decide_dispute,
            self.pay_out,
            self.decide_payout,
        ]
        happened: dict[str, int] = {}
        for _ in range(edits):
            move = self._random.choice(moves)
            try:
                took_place = move()
            except (StripeError, ValueError):
                took_place = False
            happened[move.__name__] = happened.get(move.__name__, 0) + took_place
        return happened

    def charge(self) -> bool:
        """A payment that the business took without us, with its fee at once."""
        amount = self._random.randrange(LEAST, MOST, STEP)
        charge = take_elsewhere(self._state, self._account, amount, self._random.choice(ELSEWHERE))
        book_charge(self._state, self._account, charge)
        return True

    def refund(self) -> bool:
        charge = self._any([c for c in self._account.charges.values() if c["paid"]])
        if charge is None:
            return False
        left = charge["amount"] - charge["amount_refunded"]
        amount = self._random.choice((left, max(STEP, left // 2 // STEP * STEP)))
        status = self._random.choice(("succeeded", "pending"))
        refunds.give_back(self._state, self._account, charge, {"amount": amount}, status)
        return True

    def decide_refund(self) -> bool:
        refund = self._any(list(self._account.refunds.values()))
        if refund is None:
            return False
        refunds.decide(self._state, self._account, refund, self._random.choice(refunds.DECISIONS))
        return True

    def dispute(self) -> bool:
        charge = self._any([c for c in self._account.charges.values() if c["paid"] and not c["disputed"]])
        if charge is None:
            return False
        reason, inquiry = self._random.choice(REASONS), self._random.random() < 0.3
        disputes.open_dispute(self._state, self._account, charge, charge["amount"], reason, inquiry=inquiry)
        return True

    def decide_dispute(self) -> bool:
        dispute = self._any(list(self._account.disputes.values()))
        if dispute is None:
            return False
        status, fee_back = self._random.choice(disputes.DECISIONS), self._random.random() < 0.5
        disputes.decide(self._state, self._account, dispute, status, fee_back=fee_back)
        return True

    def pay_out(self) -> bool:
        currencies = sorted({row["currency"] for row in self._account.transactions.values()})
        if not currencies:
            return False
        currency = self._random.choice(currencies)
        return payouts.pay_out(self._state, self._account, currency, everything=True) is not None

    def decide_payout(self) -> bool:
        payout = self._any(list(self._account.payouts.values()))
        if payout is None:
            return False
        if self._random.random() < 0.5:
            payouts.arrive(self._state, self._account, payout)
        else:
            payouts.fail(self._state, self._account, payout, "could_not_process")
        return True

    def _any(self, rows: list[Json]) -> Json | None:
        return self._random.choice(rows) if rows else None
