"""Tax within a card fee, the same at every ledger that reckons tax on what is bought."""

from datetime import date
from decimal import Decimal

import pytest

from app.connectors.base import FeeEntry, FeeStyle, Ledger
from app.kit.errors import Rejected
from app.kit.ground import Ground
from tests.connectors.contract.bookings import Till
from tests.connectors.contract.ground import Contract
from tests.connectors.contract.stand_in import Bookkeeper


class TaxContract(Contract):
    """What the port owes for a fee with a tax code. The stand-in's company must reckon tax."""

    @pytest.fixture
    def today(self, sandbox_ground: Ground) -> date:
        return sandbox_ground.clock.now().date()

    @pytest.fixture
    def till(self, ledger: Ledger, bookkeeper: Bookkeeper, today: date) -> Till:
        self.reckon_tax(bookkeeper)
        return Till(ledger, bookkeeper, today)

    def reckon_tax(self, bookkeeper: Bookkeeper) -> None:
        """Make the company one that reckons tax on what it buys, if it is none."""

    def test_the_codes_for_costs_are_told_and_no_other(self, till: Till) -> None:
        codes = till.ledger.tax_codes()
        assert {Decimal(20), Decimal(5), Decimal(0)} <= {code.percent for code in codes}
        assert [code.percent for code in codes if "everse" in code.name or "RC" in code.name] == [Decimal(0)]
        assert [code.name for code in codes] == sorted(code.name for code in codes)
        assert not any(
            "Income" in code.name or "No VAT" in code.name or "17.5" in code.name for code in codes
        )

    @pytest.mark.parametrize("amount", ["1.70", "0.03", "0.01", "15.01"])
    def test_a_fee_with_any_code_stays_what_was_taken_and_holds_its_tax_to_the_cent(
        self, till: Till, amount: str
    ) -> None:
        before, codes = till.held(), till.ledger.tax_codes()
        for code in codes:
            fee = self.fee(till, amount, code.code)
            entered = till.ledger.record_fee(fee, idempotency_key=f"key {code.code}")
            assert entered.amount == Decimal(amount)
            assert till.ledger.find_fee(marker=fee.marker, booked_on=till.today, style=fee.style) == entered
            [row] = [row for row in till.bookkeeper.spent() if row["id"] == entered.external_id]
            inside = Decimal(amount) * code.percent / (100 + code.percent)
            assert row["tax_codes"] == [code.code]
            assert abs(Decimal(row["tax"]) - inside) <= Decimal("0.005")
        assert till.held() == before - len(codes) * Decimal(amount)

    def test_a_fee_without_a_code_has_no_tax(self, till: Till) -> None:
        entered = till.ledger.record_fee(self.fee(till, "1.70", None), idempotency_key="key")
        [row] = [row for row in till.bookkeeper.spent() if row["id"] == entered.external_id]
        assert (row["total"], Decimal(row["tax"])) == ("1.70", Decimal(0))

    def test_a_code_that_the_ledger_does_not_have_is_refused_in_words(self, till: Till) -> None:
        before = till.held()
        with pytest.raises(Rejected, match=r"(?i)tax"):
            till.ledger.record_fee(self.fee(till, "1.00", "NOSUCH"), idempotency_key="key")
        assert till.held() == before

    def fee(self, till: Till, amount: str, code: str | None) -> FeeEntry:
        marker = f"Stripe fee pi_3QxR2eLkdIwHu7ix{code}"
        account, clearing, style = till.costs, till.clearing["id"], FeeStyle.EXPENSE
        entry = (style, clearing, account, Decimal(amount), till.today, marker, "Stripe", "Card fee")
        return FeeEntry(*entry, tax_code=code)
