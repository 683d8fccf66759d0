"""What a company's plan does not have costs only itself."""

from datetime import datetime
from typing import Any

import pytest

from app.connectors.access import GivenToken
from app.connectors.base import Resource
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.ledger import QuickBooksLedger
from app.kit.errors import Rejected
from app.kit.http import new_session
from tests.connectors.quickbooks.conftest import NoPace
from tests.connectors.quickbooks.scripted import Script, scripted_server

TIME = "2026-11-20T01:02:03.000-08:00"
NOT_IN_THIS_PLAN = {"Fault": {"Error": [{"Message": "no", "Detail": "", "code": "5030"}]}}
COMPANY = {"CompanyInfo": [{"Id": "1", "CompanyName": "Kelp Ltd", "Country": "US"}]}
PREFERENCES = {"Preferences": [{"Id": "1", "CurrencyPrefs": {"HomeCurrency": {"value": "USD"}}}]}


def answer(script: Script, *items: dict[str, Any]) -> None:
    named = [{"bId": str(number), **item} for number, item in enumerate(items)]
    script.then(200, {"BatchItemResponse": named, "time": TIME})


def found(**rows: Any) -> dict[str, Any]:
    return {"QueryResponse": rows}


def test_a_list_that_is_refused_is_refused_in_its_own_turn() -> None:
    nothing = [found(totalCount=0), found()]
    with scripted_server() as script:
        access = GivenToken("token")
        client = QuickBooksClient(
            new_session(), api_url=script.url, organisation="1", access=access, pace=NoPace()
        )
        ledger = QuickBooksLedger(client, organisation="1")
        answer(script, found(**COMPANY), found(**PREFERENCES))
        answer(script, *(NOT_IN_THIS_PLAN for _ in range(2 * len(Resource))))
        answer(script, *nothing, *(found() for _ in range(5)))
        [page] = ledger.changes(Resource.INVOICES, since=None)
        assert page.complete_until is not None
        assert page.complete_until < datetime.fromisoformat(TIME)
        answer(script, *(NOT_IN_THIS_PLAN for _ in range(7)))
        with pytest.raises(Rejected):
            list(ledger.changes(Resource.CREDIT_NOTES, since=None))
        asked = [[item["Query"] for item in seen.body["BatchItemRequest"]] for seen in script.seen]
    assert len(asked[1]) == 2 * len(Resource)
    assert all("from Invoice" in query for query in asked[2])
    assert all("from CreditMemo" in query for query in asked[3])
