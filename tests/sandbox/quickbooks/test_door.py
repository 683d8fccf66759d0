"""What every call of the API passes."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import ACCOUNTING, DANA, SECOND, QuickBooksApp, decide, redeem

INVOICES = "SELECT * FROM Invoice MAXRESULTS 1"


def fault(answer: requests.Response) -> dict[str, Any]:
    """The one error of an upper-case Fault."""
    (error,) = answer.json()["Fault"]["Error"]
    found: dict[str, Any] = error
    return found


def outer_fault(answer: requests.Response) -> tuple[str, str]:
    """Code and type of a lower-case fault, as the layer before the API writes it."""
    body = answer.json()
    (error,) = body["fault"]["error"]
    assert error["message"] == (
        f"message={error['message'].partition(';')[0].removeprefix('message=')}; "
        f"errorCode=00{error['code']}; statusCode={answer.status_code}"
    )
    assert isinstance(body["time"], int)
    assert "Fault" not in body
    return error["code"], body["fault"]["type"]


def company(app: QuickBooksApp) -> requests.Response:
    return app.call("GET", f"companyinfo/{app.realm_id}")


def exhaust_the_minute(app: QuickBooksApp) -> None:
    with ThreadPoolExecutor(4) as pool:
        statuses = {answer.status_code for answer in pool.map(lambda _: company(app), range(500))}
    assert statuses == {200}


def test_every_answer_has_a_tid_of_its_own(app: QuickBooksApp) -> None:
    answers = [company(app), app.call("GET", "invoice/none"), app.call("GET", "nothing/like/this")]
    assert len({answer.headers["intuit_tid"] for answer in answers}) == 3


def test_the_time_of_an_answer_is_the_companys(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    for answer in (company(app), app.call("GET", "invoice/none")):
        told = answer.json()["time"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-0[45]:00", told)
        assert abs(datetime.fromisoformat(told) - sandbox.now()) < timedelta(seconds=10)


@pytest.mark.parametrize("token", ["", "Bearer ", "Bearer nobody's", "Basic abc"])
def test_without_a_good_token_it_is_401(app: QuickBooksApp, token: str) -> None:
    answer = app.call("GET", f"companyinfo/{app.realm_id}", Authorization=token)
    assert answer.status_code == 401
    assert outer_fault(answer) == ("3200", "AUTHENTICATION")


def test_after_a_disconnect_in_quickbooks_neither_api_nor_refresh_works(
    sandbox: SandboxClient, app: QuickBooksApp
) -> None:
    sandbox.control("quickbooks/disconnect")
    assert company(app).status_code == 401
    with pytest.raises(AssertionError, match="invalid_grant"):
        app.refresh()


def test_another_companys_token_is_403(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    other = QuickBooksApp.connected(sandbox, company=SECOND)
    other.realm_id = app.realm_id
    answer = company(other)
    assert answer.status_code == 403
    assert outer_fault(answer) == ("3200", "AUTHORIZATION")


@pytest.mark.parametrize("scope", ["openid", "com.intuit.quickbooks.payment"])
def test_a_token_without_the_accounting_scope_is_403(
    sandbox: SandboxClient, app: QuickBooksApp, scope: str
) -> None:
    app.tokens = redeem(sandbox, decide(sandbox, DANA, scope=scope)["code"]).json()
    assert company(app).status_code == 403


def test_accounting_alone_is_enough(sandbox: SandboxClient) -> None:
    assert company(QuickBooksApp.connected(sandbox, scope=ACCOUNTING)).status_code == 200


def test_wrong_keys_are_403_until_they_are_right(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    number = sandbox.fault("quickbooks", "wrong-keys")
    for _ in range(2):
        answer = company(app)
        assert answer.status_code == 403
        assert outer_fault(answer) == ("3100", "AUTHORIZATION")
    sandbox.delete(f"/control/faults/{number}")
    assert company(app).status_code == 200


def test_a_caller_who_does_not_ask_for_json_is_told_to(app: QuickBooksApp) -> None:
    answer = app.call("GET", f"companyinfo/{app.realm_id}", Accept="*/*")
    assert answer.status_code == 406


def test_what_is_not_modelled_is_an_unsupported_operation(app: QuickBooksApp) -> None:
    answer = app.call("POST", "journalentry", {})
    assert (answer.status_code, fault(answer)["code"]) == (400, "500")


def test_a_smaller_plan_refuses_the_writes_that_it_names(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    invoice = app.open_invoice()
    sandbox.fault("quickbooks", "downgraded", match="/purchase")
    refused = app.call("POST", "purchase", {})
    assert (refused.status_code, fault(refused)["code"]) == (400, "5030")
    batch = {"BatchItemRequest": [{"bId": "1", "operation": "create", "Purchase": {}}]}
    (item,) = app.write("batch", batch)["BatchItemResponse"]
    assert item["Fault"]["Error"][0]["code"] == "5030"
    assert app.query("SELECT COUNT(*) FROM Purchase")["totalCount"] >= 0
    assert app.pay(invoice).status_code == 200


def test_without_a_subscription_nothing_works(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    invoice = app.open_invoice()
    sandbox.fault("quickbooks", "subscription-ended")
    for answer in (company(app), app.pay(invoice)):
        assert (answer.status_code, fault(answer)["code"]) == (400, "6190")


def test_the_five_hundred_and_first_call_in_a_minute_is_refused(
    sandbox: SandboxClient, app: QuickBooksApp
) -> None:
    exhaust_the_minute(app)
    told, silent = company(app), company(app)
    for answer in (told, silent):
        assert answer.status_code == 429
        assert answer.json()["Fault"]["type"] == "SERVICE"
        assert "ThrottleExceeded" in fault(answer)["Message"]
    assert 1 <= int(told.headers["Retry-After"]) <= 60
    assert "Retry-After" not in silent.headers
    assert {fault(told)["code"], fault(silent)["code"]} == {"3001", "003001"}
    assert company(QuickBooksApp.connected(sandbox, company=SECOND)).status_code == 200
    sandbox.advance(seconds=61)
    assert company(app).status_code == 200


def test_the_forty_first_batch_in_a_minute_is_refused(app: QuickBooksApp) -> None:
    batch = {"BatchItemRequest": [{"bId": "1", "Query": INVOICES}]}
    statuses = [app.call("POST", "batch", batch).status_code for _ in range(41)]
    assert statuses == [200] * 40 + [429]
    assert company(app).status_code == 200


def test_an_eleventh_call_at_once_is_refused(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    sandbox.fault("quickbooks", "latency", times=10, value=2.5)

    def call(_: int) -> int:
        url = f"{sandbox.url}/quickbooks/v3/company/{app.realm_id}/companyinfo/{app.realm_id}"
        headers = app.bearer() | {"Accept": "application/json"}
        return requests.get(url, headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(13) as pool:
        statuses = sorted(pool.map(call, range(13)))
    assert statuses == [200] * 10 + [429] * 3


def test_throttled_after_the_write_the_payment_is_there(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    invoice = app.open_invoice()
    sandbox.fault("quickbooks", "throttle-after", match="/payment", value=7)
    refused = app.pay(invoice, 1, requestid="r-1")
    assert (refused.status_code, fault(refused)["code"]) == (429, "3001")
    assert refused.headers["Retry-After"] == "7"
    assert refused.headers["intuit_tid"]
    balance = app.read(f"invoice/{invoice['Id']}")["Invoice"]["Balance"]
    assert round(invoice["Balance"] - balance, 2) == 1
    repeated = app.pay(invoice, 1, requestid="r-1")
    assert repeated.status_code == 200
    assert app.read(f"invoice/{invoice['Id']}")["Invoice"]["Balance"] == balance


def test_throttle_after_leaves_reads_alone(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    sandbox.fault("quickbooks", "throttle-after")
    assert company(app).status_code == 200
    assert len(sandbox.get("/control/faults").json()) == 1


@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("500", 500), ("503", 503)])
def test_a_refusal_on_request_does_nothing(
    sandbox: SandboxClient, app: QuickBooksApp, kind: str, status: int
) -> None:
    invoice = app.open_invoice()
    sandbox.fault("quickbooks", kind, match="/payment")
    refused = app.pay(invoice)
    assert refused.status_code == status
    assert refused.headers["intuit_tid"]
    assert app.read(f"invoice/{invoice['Id']}")["Invoice"]["Balance"] == invoice["Balance"]


def test_drift_answers_what_no_documentation_names(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    sandbox.fault("quickbooks", "drift")
    plan = {pair["Name"]: pair["Value"] for pair in company(app).json()["CompanyInfo"]["NameValue"]}
    assert plan["OfferingSku"] == "QuickBooks Online Horizon"
    (invoice,) = app.query(INVOICES)["Invoice"]
    assert invoice["Provenance"]
    assert "" not in invoice.values()


def test_reads_are_metered_by_company_and_writes_are_not(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    def metered() -> int:
        return int(sandbox.get("/control/counters").json()["metered"].get(app.realm_id, 0))

    invoice = app.open_invoice()
    before = metered()
    app.pay(invoice)
    assert metered() == before
    queries = [{"bId": str(number), "Query": INVOICES} for number in range(3)]
    app.write("batch", {"BatchItemRequest": queries})
    assert metered() == before + 3
    app.read(f"invoice/{invoice['Id']}")
    app.read("cdc", entities="Invoice", changedSince=sandbox.now().isoformat())
    app.call("POST", "query", content_type="application/text")
    assert metered() == before + 6


def test_a_reset_forgets_what_was_connected_and_counted(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    assert company(app).status_code == 200
    sandbox.reset()
    assert company(app).status_code == 401
    assert sandbox.get("/control/counters").json()["metered"] == {}
    again = QuickBooksApp.connected(sandbox)
    assert again.realm_id == app.realm_id
    assert company(again).status_code == 200
