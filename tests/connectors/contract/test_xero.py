"""Xero keeps the contract."""

from app.connectors.base import EntryKind
from tests.connectors.contract.charging import ChargingContract
from tests.connectors.contract.consenting import ConsentContract
from tests.connectors.contract.converting import ConvertingContract
from tests.connectors.contract.failing import FailingContract
from tests.connectors.contract.money import MoneyContract
from tests.connectors.contract.reading import ReadingContract
from tests.connectors.contract.stand_in import Vendor
from tests.connectors.contract.watching import WatchingContract
from tests.connectors.contract.writing import WritingContract

VENDOR = Vendor(
    key="xero",
    base_currency="GBP",
    access_seconds=1800,
    token_call="POST /xero/connect/token",
    payment_call="PUT /xero/api.xro/2.0/Payments",
    fee_call="PUT /xero/api.xro/2.0/BankTransactions",
    entry_calls={
        EntryKind.OVERPAYMENT: "PUT /xero/api.xro/2.0/BankTransactions",
        EntryKind.FEE: "PUT /xero/api.xro/2.0/BankTransactions",
        EntryKind.REFUND: "PUT /xero/api.xro/2.0/BankTransactions",
        EntryKind.INCOME: "PUT /xero/api.xro/2.0/BankTransactions",
        EntryKind.TRANSFER: "PUT /xero/api.xro/2.0/BankTransfers",
        EntryKind.CHARGE: "PUT /xero/api.xro/2.0/Invoices",
    },
    taking_back_call="POST /xero/api.xro/2.0",
    tells_limits_per_day=True,
)


class TestConsent(ConsentContract):
    vendor = VENDOR


class TestReading(ReadingContract):
    vendor = VENDOR


class TestWriting(WritingContract):
    vendor = VENDOR


class TestMoney(MoneyContract):
    vendor = VENDOR


class TestCharging(ChargingContract):
    vendor = VENDOR


class TestConverting(ConvertingContract):
    vendor = VENDOR


class TestWatching(WatchingContract):
    vendor = VENDOR


class TestFailing(FailingContract):
    vendor = VENDOR
