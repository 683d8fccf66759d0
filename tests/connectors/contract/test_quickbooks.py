"""QuickBooks Online keeps the contract."""

from tests.connectors.contract.consenting import ConsentContract
from tests.connectors.contract.failing import FailingContract
from tests.connectors.contract.reading import ReadingContract
from tests.connectors.contract.stand_in import Vendor
from tests.connectors.contract.writing import WritingContract

_QUICKBOOKS = Vendor(
    key="quickbooks",
    base_currency="USD",
    access_seconds=3600,
    token_call="POST /quickbooks/oauth2/v1/tokens/bearer",
    payment_call="/payment",
    fee_call="/purchase",
    tells_limits_per_day=False,
)


class TestConsent(ConsentContract):
    vendor = _QUICKBOOKS


class TestReading(ReadingContract):
    vendor = _QUICKBOOKS


class TestWriting(WritingContract):
    vendor = _QUICKBOOKS


class TestFailing(FailingContract):
    vendor = _QUICKBOOKS
