"""Card payments with their entries in the ledger."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from app.models import (
    Checkout,
    CheckoutInvoice,
    CheckoutState,
    PayLink,
    Payment,
    PaymentState,
    ProcessorAccount,
    ProcessorAccountState,
    WriteBack,
    WriteBackKind,
    WriteBackState,
)
from tests.web.seeding.ledger_rows import LedgerRows


class MoneyRows(LedgerRows):
    """Payments and write-backs, and the account they came by."""

    def payment(
        self,
        customer_id: UUID,
        invoice_id: UUID,
        amount: str,
        entry: WriteBackState,
        *,
        reason: str | None = None,
    ) -> None:
        account = self._card_account()
        link_id, checkout_id, payment_id, total = uuid4(), uuid4(), uuid4(), Decimal(amount)
        self.made.payments.append(payment_id)
        self.add(
            PayLink(
                id=link_id,
                customer_id=customer_id,
                currency="GBP",
                token_hash=uuid4().hex,
                created_at=self.now,
            ),
            Checkout(
                id=checkout_id,
                pay_link_id=link_id,
                processor_account_id=account,
                external_id=f"cs_{uuid4().hex}",
                currency="GBP",
                amount=total,
                state=CheckoutState.COMPLETE,
                created_at=self.now,
                expires_at=self.now,
            ),
            CheckoutInvoice(checkout_id=checkout_id, invoice_id=invoice_id, amount=total),
            Payment(
                id=payment_id,
                checkout_id=checkout_id,
                external_id=f"pi_{uuid4().hex}",
                currency="GBP",
                amount=total,
                state=PaymentState.SUCCEEDED,
                paid_at=self.now - timedelta(hours=2),
                fee=Decimal("7.40"),
                fee_currency="GBP",
                created_at=self.now,
            ),
        )
        for kind, row_state in ((WriteBackKind.PAYMENT, entry), (WriteBackKind.FEE, WriteBackState.DONE)):
            entry_id = uuid4()
            self.add(
                WriteBack(
                    id=entry_id,
                    payment_id=payment_id,
                    kind=kind,
                    invoice_id=invoice_id if kind is WriteBackKind.PAYMENT else None,
                    currency="GBP",
                    amount=total if kind is WriteBackKind.PAYMENT else Decimal("7.40"),
                    booked_on=self.today,
                    marker=uuid4().hex,
                    external_id=uuid4().hex if row_state is WriteBackState.DONE else None,
                    state=row_state,
                    reason=reason if kind is WriteBackKind.PAYMENT else None,
                    created_at=self.now,
                )
            )
            self.made.entries[row_state.value] = entry_id

    def _card_account(self) -> UUID:
        found = self.session.query(ProcessorAccount).one_or_none()
        if found is None:
            found = ProcessorAccount(
                id=uuid4(),
                processor="stripe",
                external_id="acct_1",
                state=ProcessorAccountState.READY,
                events_since=self.now,
                created_at=self.now,
            )
            self.add(found)
        return found.id
