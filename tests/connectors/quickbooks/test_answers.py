"""What QuickBooks' refusals mean for whoever asked, in every dress they come in."""

import json
from datetime import timedelta
from typing import Any

import pytest

from app.connectors.quickbooks.answers import (
    Fault,
    failure,
    fault_in,
    is_company_lost,
    is_throttled,
    is_token_refused,
    wait_told,
)
from app.kit.errors import NotFound, OutcomeUnknown, Rejected, Retryable


def upper(code: object, message: str = "A message", detail: str = "A detail") -> bytes:
    error = {"Message": message, "Detail": detail, "code": code, "element": ""}
    return json.dumps({"Fault": {"Error": [error], "type": "ValidationFault"}, "time": "2026"}).encode()


def lower(code: object, message: str = "A message") -> bytes:
    error = {"message": message, "detail": None, "code": code, "element": None}
    whole: dict[str, Any] = {
        "warnings": None,
        "fault": {"error": [error], "type": "AUTHENTICATION"},
        "batchItemResponse": [],
    }
    return json.dumps({**whole, "time": 1700000000000}).encode()


XML = (
    b'<?xml version="1.0" encoding="UTF-8"?><IntuitResponse time="2026-11-20T01:02:03.000-08:00"><Fault '
    b'type="AUTHENTICATION"><Error code="003200"><Message>AuthenticationFailed</Message></Error></Fault>'
    b"</IntuitResponse>"
)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (upper("6540"), Fault("6540", "A detail")),
        (upper("610", detail=""), Fault("610", "A message")),
        (upper("003001"), Fault("3001", "A detail")),
        (upper(5010), Fault("5010", "A detail")),
        (upper("SERVICE_UNAVAILABLE"), Fault("SERVICE_UNAVAILABLE", "A detail")),
        (
            upper(None, "message=ThrottleExceeded; errorCode=003001; statusCode=429"),
            Fault("3001", "A detail"),
        ),
        (lower("3200"), Fault("3200", "A message")),
        (lower("", "errorCode=003200; statusCode=401"), Fault("3200", "errorCode=003200; statusCode=401")),
        (XML, Fault("3200", "")),
        (b'{"Fault":{}}', Fault("", "")),
        (b'{"Fault":{"Error":[null]}}', Fault("", "")),
        (b'{"Fault":{"Error":"gone"}}', Fault("", "")),
        (b'{"Fault":[]}', None),
        (b'{"QueryResponse":{}}', None),
        (b'{"fault":null,"Fault":null}', None),
        (b"<html><body>Bad gateway</body></html>", None),
        (b"", None),
        (b"\xff\xfe", None),
        (b"[1,2]", None),
    ],
)
def test_a_fault_is_found_in_whatever_dress_it_comes(body: bytes, fault: Fault | None) -> None:
    assert fault_in(body) == fault


@pytest.mark.parametrize("is_write", [True, False])
def test_a_success_is_no_failure(*, is_write: bool) -> None:
    assert failure(200, None, is_write=is_write) is None


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (500, None),
        (500, Fault("10000", "An application error has occurred")),
        (503, Fault("SERVICE_UNAVAILABLE", "")),
        (504, None),
        (302, None),
        (400, None),
        (404, None),
        (400, Fault("10000", "")),
    ],
)
def test_what_says_nothing_clear_is_harmless_for_a_read_and_an_open_question_for_a_write(
    status: int, fault: Fault | None
) -> None:
    assert isinstance(failure(status, fault, is_write=False), Retryable)
    assert isinstance(failure(status, fault, is_write=True), OutcomeUnknown)


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("2500", "Choose another one in Settings."),
        ("5020", "administrator"),
        ("5030", "plan"),
        ("6000", "paid or changed meanwhile"),
        ("6190", "subscription has ended"),
        ("6200", "Move the closing date"),
        ("6210", "closing date"),
        ("6240", "Rename one of them"),
        ("6540", "bank deposit"),
        ("3100", "keys"),
        ("4001", "Look at it in QuickBooks"),
        ("BAD_REQUEST", "Look at it in QuickBooks"),
        ("", "Look at it in QuickBooks"),
    ],
)
@pytest.mark.parametrize("is_write", [True, False])
def test_a_refusal_says_what_the_reader_can_do(code: str, advice: str, *, is_write: bool) -> None:
    problem = failure(400, Fault(code, "Something is wrong."), is_write=is_write)
    assert isinstance(problem, Rejected)
    assert advice in problem.reason
    assert ".." not in problem.reason


def test_a_refusal_quotes_quickbooks_but_not_for_pages() -> None:
    problem = failure(400, Fault("6000", "x" * 5000), is_write=True)
    assert problem is not None
    assert "x" * 300 in problem.reason
    assert len(problem.reason) < 500


def test_what_does_not_exist_is_not_found_when_read_and_refused_when_written() -> None:
    gone = Fault("610", "Object Not Found : made inactive")
    assert isinstance(failure(400, gone, is_write=False), NotFound)
    written = failure(400, gone, is_write=True)
    assert isinstance(written, Rejected)
    assert "inactive" in written.reason


def test_a_stale_version_is_tried_again_soon() -> None:
    problem = failure(400, Fault("5010", "Stale Object Error"), is_write=True)
    assert isinstance(problem, Retryable)
    assert problem.after < timedelta(seconds=30)


def test_a_limit_is_known_by_its_status_or_by_its_code() -> None:
    assert is_throttled(429, None)
    assert is_throttled(200, Fault("3001", ""))
    assert not is_throttled(400, Fault("6000", ""))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({}, 60),
        ({"Retry-After": "soon"}, 60),
        ({"Retry-After": "9" * 40}, 60),
        ({"Retry-After": "\u00b2"}, 60),
    ],
)
def test_a_limit_is_waited_for_as_long_as_it_says(headers: dict[str, str], seconds: int) -> None:
    assert wait_told(headers) == timedelta(seconds=seconds)


def test_a_dead_token_a_lost_company_and_wrong_keys_are_told_apart() -> None:
    unauthorised, keys = Fault("3200", ""), Fault("3100", "")
    assert is_token_refused(401, unauthorised)
    assert is_token_refused(401, None)
    assert not is_token_refused(401, keys)
    assert not is_token_refused(403, unauthorised)
    assert is_company_lost(403, unauthorised)
    assert not is_company_lost(403, keys)
    assert not is_company_lost(403, None)
