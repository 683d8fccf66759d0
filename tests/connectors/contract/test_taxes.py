"""Both ledgers reckon tax within a card fee; a company in the United States reckons none."""

from app.connectors.base import Ledger
from tests.connectors.contract import test_quickbooks, test_xero
from tests.connectors.contract.ground import Contract
from tests.connectors.contract.stand_in import Bookkeeper
from tests.connectors.contract.taxing import TaxContract


class TestXero(TaxContract):
    vendor = test_xero.TestMoney.vendor


class TestQuickBooks(TaxContract):
    vendor = test_quickbooks.TestMoney.vendor

    def reckon_tax(self, bookkeeper: Bookkeeper) -> None:
        bookkeeper.do("country", country="GB")


class TestQuickBooksInTheUnitedStates(Contract):
    vendor = test_quickbooks.TestMoney.vendor

    def test_no_codes_are_told(self, ledger: Ledger) -> None:
        assert ledger.tax_codes() == []
