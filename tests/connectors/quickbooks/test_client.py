"""What the client makes of answers: tokens renewed once, limits told to the pace, faults in their place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from app.connectors.pace import LimitScope
from app.connectors.quickbooks.asking import asked, patiently_asked
from app.connectors.quickbooks.bodies import Rows
from app.connectors.quickbooks.client import QuickBooksClient
from app.kit.errors import Disconnected, NotFound, OutcomeUnknown, Rejected, Retryable
from app.kit.http import new_session
from tests.connectors.quickbooks.scripted import Script, scripted_server

TIME = "2026-11-20T01:02:03.000-08:00"


def fault(code: str, said: str = "A reason") -> dict[str, Any]:
    return {"Fault": {"Error": [{"Message": said, "Detail": "", "code": code}]}, "time": TIME}


def refusal(code: str) -> dict[str, Any]:
    return {"fault": {"error": [{"message": "no", "code": code}], "type": "AUTHENTICATION"}, "time": 17}


THROTTLED = fault("003001", "message=ThrottleExceeded; errorCode=003001; statusCode=429")


@dataclass
class Consent:
    """A consent whose token can be renewed."""

    renewals: int = 0
    reason: str = ""

    def token(self) -> str:
        return "first"

    def renewed(self, refused: str) -> str:
        self.renewals += 1
        return f"after {refused}"

    def lost(self, reason: str) -> Disconnected:
        self.reason = reason
        return Disconnected(reason)


@dataclass
class Turns:
    """A pace that is never full, and remembers."""

    taken: list[str | None] = field(default_factory=list)
    refusals: list[tuple[LimitScope, timedelta]] = field(default_factory=list)

    @contextmanager
    def turn(self, kind: str | None = None) -> Iterator[None]:
        self.taken.append(kind)
        yield

    def refused(self, scope: LimitScope, after: timedelta, reason: str) -> Retryable:
        self.refusals.append((scope, after))
        return Retryable(reason, after=after)


@pytest.fixture
def script() -> Iterator[Script]:
    with scripted_server() as script:
        yield script


@pytest.fixture
def consent() -> Consent:
    return Consent()


@pytest.fixture
def turns() -> Turns:
    return Turns()


@pytest.fixture
def client(script: Script, consent: Consent, turns: Turns) -> QuickBooksClient:
    return QuickBooksClient(new_session(), api_url=script.url, organisation="93", access=consent, pace=turns)


def reading(client: QuickBooksClient) -> object:
    return client.read("invoice/7")


def writing(client: QuickBooksClient) -> object:
    return client.write("payment", {"TotalAmt": 1}, request_id="once")


Call = Callable[[QuickBooksClient], object]
either = pytest.mark.parametrize("call", [reading, writing])


def test_a_query_is_sent_as_it_is_and_its_rows_come_with_their_time(
    client: QuickBooksClient, script: Script
) -> None:
    script.then(200, {"QueryResponse": {"Invoice": [{"Id": "7"}]}, "time": TIME})
    rows = client.query("select * from Invoice where DocNumber = 'O\\'Brien & 1%'")
    [seen] = script.seen
    assert (seen.method, seen.path) == ("GET", "/v3/company/93/query")
    assert seen.query["query"] == "select * from Invoice where DocNumber = 'O\\'Brien & 1%'"
    assert seen.query["minorversion"] == "75"
    assert (len(rows.of("Invoice")), rows.at) == (1, TIME)


def test_a_write_names_its_request(client: QuickBooksClient, script: Script) -> None:
    script.then(200, {"Payment": {"Id": "9"}, "time": TIME})
    client.write("payment", {"TotalAmt": 1}, parameters={"include": "void"}, request_id="once").record(
        "Payment"
    )
    [seen] = script.seen
    assert (seen.method, seen.path, seen.body) == ("POST", "/v3/company/93/payment", {"TotalAmt": 1})
    assert (seen.query["requestid"], seen.query["include"]) == ("once", "void")


@either
def test_a_refused_token_is_renewed_once_and_the_call_sent_again(
    client: QuickBooksClient, script: Script, consent: Consent, call: Call
) -> None:
    script.then(401, refusal("003200"))
    script.then(200, {"Invoice": {}, "Payment": {}, "time": TIME})
    call(client)
    assert [seen.token for seen in script.seen] == ["first", "after first"]
    assert consent.renewals == 1


@either
def test_a_token_that_is_refused_again_ends_the_consent(
    client: QuickBooksClient, script: Script, consent: Consent, call: Call
) -> None:
    script.then(401, refusal("3200"))
    script.then(401, refusal("3200"))
    with pytest.raises(Disconnected):
        call(client)
    assert "reconnect" in consent.reason
    assert len(script.seen) == 2


@either
def test_a_token_for_another_company_ends_the_consent_without_a_second_try(
    client: QuickBooksClient, script: Script, consent: Consent, call: Call
) -> None:
    script.then(403, refusal("3200"))
    with pytest.raises(Disconnected):
        call(client)
    assert "disconnected" in consent.reason
    assert consent.renewals == 0


@either
@pytest.mark.parametrize("status", [401, 403])
def test_wrong_keys_are_the_operators_to_mend_and_the_consent_lives(
    client: QuickBooksClient, script: Script, consent: Consent, status: int, call: Call
) -> None:
    script.then(status, refusal("003100"))
    with pytest.raises(Rejected, match="Whoever runs DueMate"):
        call(client)
    assert (consent.renewals, consent.reason) == (0, "")


@pytest.mark.parametrize(("headers", "seconds"), [({"Retry_After": "7"}, 7), ({}, 60)])
def test_a_limit_is_told_to_the_pace_and_is_retryable_for_a_read(
    client: QuickBooksClient, script: Script, turns: Turns, headers: dict[str, str], seconds: int
) -> None:
    script.then(429, THROTTLED, **headers)
    with pytest.raises(Retryable) as limit:
        client.read("invoice/7")
    assert limit.value.after == timedelta(seconds=seconds)
    assert turns.refusals == [(LimitScope.MINUTE, timedelta(seconds=seconds))]


def test_a_throttled_write_may_stand_all_the_same(
    client: QuickBooksClient, script: Script, turns: Turns
) -> None:
    script.then(429, THROTTLED)
    with pytest.raises(OutcomeUnknown):
        writing(client)
    assert len(turns.refusals) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>Welcome</html>"),
        (200, b'{"Invoice":{"Id"'),
        (302, b""),
        (404, b"<html>Not found</html>"),
        (500, fault("10000")),
        (503, b""),
    ],
)
def test_no_clear_answer_is_harmless_for_a_read_and_an_open_question_for_a_write(
    client: QuickBooksClient, script: Script, status: int, body: object
) -> None:
    script.then(status, body, Location=f"{script.url}/elsewhere")
    with pytest.raises(Retryable):
        reading(client)
    script.then(status, body, Location=f"{script.url}/elsewhere")
    with pytest.raises(OutcomeUnknown):
        writing(client)
    assert len(script.seen) == 2


def test_a_fault_under_a_status_of_success_is_a_fault(client: QuickBooksClient, script: Script) -> None:
    script.then(200, fault("610"))
    with pytest.raises(NotFound):
        reading(client)


def test_a_batch_answers_each_query_in_its_place(
    client: QuickBooksClient, script: Script, turns: Turns
) -> None:
    items = [
        {"bId": "2", "QueryResponse": {"totalCount": 3}},
        {"bId": "0", **fault("4001", "Invalid query")},
    ]
    script.then(200, {"BatchItemResponse": items, "time": TIME})
    wrong, unanswered, counted = client.batch(["nonsense", "select 1", "select count(*) from Invoice"])
    assert isinstance(wrong, Rejected)
    assert isinstance(unanswered, Retryable)
    assert isinstance(counted, Rows)
    assert (counted.total_count, counted.at) == (3, TIME)
    assert turns.taken == ["batch"]


def test_only_what_was_throttled_in_a_batch_is_asked_again(client: QuickBooksClient, script: Script) -> None:
    rows = {"bId": "0", "QueryResponse": {"totalCount": 1}}
    script.then(200, {"BatchItemResponse": [rows, {"bId": "1", **THROTTLED}], "time": TIME}, Retry_After="0")
    script.then(200, {"BatchItemResponse": [{"bId": "0", "QueryResponse": {"totalCount": 2}}], "time": TIME})
    found = patiently_asked(client, ["one", "two"])
    assert [found_rows.total_count for found_rows in found] == [1, 2]
    assert [item["Query"] for item in script.seen[1].body["BatchItemRequest"]] == ["two"]


def test_nobody_who_waits_at_a_page_is_kept_waiting_for_a_limit(
    client: QuickBooksClient, script: Script
) -> None:
    script.then(200, {"BatchItemResponse": [{"bId": "0", **THROTTLED}], "time": TIME})
    with pytest.raises(Retryable):
        asked(client, ["one"])
    assert len(script.seen) == 1


def test_patience_ends_with_a_long_limit_and_with_what_waiting_cannot_mend(
    client: QuickBooksClient, script: Script
) -> None:
    script.then(429, THROTTLED, Retry_After="61")
    with pytest.raises(Retryable):
        patiently_asked(client, ["one"])
    script.then(200, {"BatchItemResponse": [{"bId": "0", **fault("4001")}], "time": TIME})
    with pytest.raises(Rejected):
        patiently_asked(client, ["one"])
    for _ in range(4):
        script.then(429, THROTTLED, Retry_After="0")
    with pytest.raises(Retryable):
        patiently_asked(client, ["one"])
    assert len(script.seen) == 6


def test_what_intuits_support_asks_for_is_in_the_log_and_what_was_said_is_not(
    client: QuickBooksClient, script: Script
) -> None:
    script.then(400, fault("6240", "Dana Smith has this name"), intuit_tid="1-abc")
    with capture_logs() as logs, pytest.raises(Rejected):
        writing(client)
    [line] = logs
    assert (line["intuit_tid"], line["fault"], line["status"]) == ("1-abc", "6240", 400)
    assert "Dana" not in str(line)
