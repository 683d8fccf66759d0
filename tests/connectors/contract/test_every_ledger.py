"""No ledger without the whole contract."""

import importlib

import pytest

from app.connectors.registry import LEDGERS
from tests.connectors.contract.consenting import ConsentContract
from tests.connectors.contract.converting import ConvertingContract
from tests.connectors.contract.failing import FailingContract
from tests.connectors.contract.ground import Contract
from tests.connectors.contract.money import MoneyContract
from tests.connectors.contract.reading import ReadingContract
from tests.connectors.contract.watching import WatchingContract
from tests.connectors.contract.writing import WritingContract

_PARTS = (
    ConsentContract,
    ReadingContract,
    WritingContract,
    MoneyContract,
    ConvertingContract,
    WatchingContract,
    FailingContract,
)


@pytest.mark.parametrize("key", LEDGERS)
def test_every_registered_ledger_inherits_every_part(key: str) -> None:
    module = importlib.import_module(f"tests.connectors.contract.test_{key}")
    kept = [value for value in vars(module).values() if isinstance(value, type) and hasattr(value, "vendor")]
    for part in _PARTS:
        mine = [each for each in kept if issubclass(each, part) and each is not part]
        assert [each.vendor.key for each in mine] == [key], part.__name__
    assert all(issubclass(part, Contract) for part in _PARTS)
