"""QuickBooks Online keeps the contract."""

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

_QUICKBOOKS = Vendor(
    key="quickbooks",
    base_currency="USD",
    access_seconds=3600,
    token_call="POST /quickbooks/oauth2/v1/tokens/bearer",
    payment_call="/payment",
    fee_call="/purchase",
    entry_calls={
        EntryKind.OVERPAYMENT: "/payment",
        EntryKind.FEE: "/purchase",
        EntryKind.REFUND: "/purchase",
        EntryKind.INCOME: "/deposit",
        EntryKind.TRANSFER: "/transfer",
        EntryKind.CHARGE: "/invoice",
    },
    taking_back_call="POST /quickbooks/v3/company",
    tells_limits_per_day=False,
)


class TestConsent(ConsentContract):
    vendor = _QUICKBOOKS


class TestReading(ReadingContract):
    vendor = _QUICKBOOKS


class TestWriting(WritingContract):
    vendor = _QUICKBOOKS


class TestMoney(MoneyContract):
    vendor = _QUICKBOOKS


class TestCharging(ChargingContract):
    vendor = _QUICKBOOKS


class TestConverting(ConvertingContract):
    vendor = _QUICKBOOKS


class TestWatching(WatchingContract):
    vendor = _QUICKBOOKS


class TestFailing(FailingContract):
    vendor = _QUICKBOOKS
