"""What people do with money, at random: each deed makes facts that the ledger must have, once."""

import random
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

from app.kit.errors import Rejected
from app.models import Customer, Invoice, InvoiceState, WriteBackKind, WriteBackState
from app.payments.undoing import undo
from tests.payments.books_flow import book_again, pay_out
from tests.payments.business import Business
from tests.payments.money_flow import give_back, stripe_books
from tests.sandbox.receiver import Received
from tests.storms.door import deliver


class Deeds:
    """Payers, the business and Stripe's dashboard."""

    def __init__(self, business: Business, chance: random.Random) -> None:
        self._business, self._chance = business, chance
        self._heard = 0
        self.paid_for: dict[str, list[str]] = {}
        """By payment, the numbers of the invoices that its payer ticked."""
        self._taken: set[str] = set()

    def one(self) -> None:
        """Something happens. What Stripe or the product refuses in this state does not."""
        others: list[Callable[[], None]] = [
            self.refund,
            self.refund,
            self.refund_at_stripe,
            self.refund_fails,
            self.dispute,
            self.dispute_ends,
            self.payout,
            self.payout_fails,
            self.undo,
            self.undo,
            self.book_undone_again,
        ]
        deed = self.pay if len(self.paid_for) < 2 else self._chance.choice([*others, *[self.pay] * 6])
        deed()

    def pay(self) -> None:
        """By card, for one invoice or two; now and then a bookkeeper has booked a part of it by hand meanwhile."""
        count = self._chance.choice([1, 1, 1, 2])
        invoices = self._open(count)
        if not invoices:
            return self.refund()
        path = self._link(invoices[0])
        ids = {str(invoice.id) for invoice in invoices}
        session_id = self._business.session_of(
            self._business.press_pay(path, [tick for tick in self._business.ticks(path) if tick[:36] in ids])
        )
        session = self._business.pay_at_stripe(session_id)
        self.paid_for[session["payment_intent"]] = [invoice.number for invoice in invoices]
        if self._chance.random() < 0.15:
            self._book_by_hand(invoices[0])
        return None

    def refund(self) -> None:
        payments = self._business.payments()
        if payments:
            with suppress(Rejected):
                give_back(self._business, self._chance.choice(payments), self._some_money())

    def refund_at_stripe(self) -> None:
        if self.paid_for:
            payment = self._chance.choice([*self.paid_for])
            self._at_stripe(f"payments/{payment}/refund", amount=self._chance.randint(1, 500))

    def refund_fails(self) -> None:
        self._to_one_of("refunds", "decide", status="failed")

    def dispute(self) -> None:
        if self.paid_for:
            self._at_stripe(f"payments/{self._chance.choice([*self.paid_for])}/dispute")

    def dispute_ends(self) -> None:
        status = self._chance.choice(["won", "lost"])
        self._to_one_of("disputes", "decide", status=status, fee_back=status == "won")

    def payout(self) -> None:
        pay_out(self._business)

    def payout_fails(self) -> None:
        self._to_one_of("payouts", "fail")

    def undo(self) -> None:
        rows = [row for row in self._business.entries() if row.kind is not WriteBackKind.NOTE]
        if rows:
            row = self._chance.choice(rows)
            who = self._business.owner()
            with suppress(Rejected):
                undo(self._business.ground, row.tenant_id, row.id, reason="At random", asked_by=who)

    def book_undone_again(self) -> None:
        """Somebody who has undone an entry thinks better of it, unless it is a payout that has come back."""
        failed = [row["id"] for row in stripe_books(self._business)["payouts"] if row["status"] == "failed"]
        for row in self._business.entries():
            if row.state is WriteBackState.UNDONE and not any(payout in row.marker for payout in failed):
                book_again(self._business, row)

    def is_at_rest(self) -> bool:
        return all(
            row.state in (WriteBackState.DONE, WriteBackState.UNDONE) for row in self._business.entries()
        )

    def tell(self) -> None:
        """Stripe's webhooks that have come since arrive at our door, in their order."""
        for webhook in self.unheard():
            assert deliver(self._business, webhook) == 200
            self._heard += 1

    def unheard(self) -> list[Received]:
        return self._business.webhooks()[self._heard :]

    def miss(self) -> None:
        """What has come since is not heard."""
        self._heard += len(self.unheard())

    def _open(self, count: int) -> list[Invoice]:
        """Open invoices of one customer which nobody has paid yet."""
        with self._business.unit() as session:
            found = (
                session.query(Invoice)
                .where(Invoice.state == InvoiceState.OPEN, Invoice.currency == self._business.currency)
                .order_by(Invoice.number)
                .all()
            )
        left: dict[object, list[Invoice]] = {}
        for invoice in found:
            if invoice.number not in self._taken:
                left.setdefault(invoice.customer_id, []).append(invoice)
        several = [invoices for invoices in left.values() if len(invoices) >= count]
        chosen = self._chance.choice(several)[:count] if several else []
        self._taken |= {invoice.number for invoice in chosen}
        return chosen

    def _link(self, invoice: Invoice) -> str:
        with self._business.unit() as session:
            customer = session.get_one(Customer, (invoice.tenant_id, invoice.customer_id))
        return self._business.link(customer)

    def _book_by_hand(self, invoice: Invoice) -> None:
        amount = str(min(Decimal("7.77"), invoice.amount_due))
        path = f"{self._business.ledger}/invoices/{invoice.number}/pay"
        self._business.sandbox.control(path, amount=amount)

    def _some_money(self) -> str:
        return f"{self._chance.randint(1, 500) / 100:.2f}"

    def _to_one_of(self, shelf: str, deed: str, **wishes: object) -> None:
        found = [row["id"] for row in stripe_books(self._business)[shelf]]
        if found:
            self._at_stripe(f"{shelf}/{self._chance.choice(found)}/{deed}", **wishes)

    def _at_stripe(self, path: str, **wishes: object) -> None:
        answer = self._business.sandbox.post(f"/control/stripe/{path}", wishes)
        assert answer.status_code in (200, 201, 400), answer.text
