"""What Xero's refusals mean for whoever asked."""

import json
from datetime import timedelta

import pytest

from app.connectors.pace import LimitScope
from app.connectors.xero.answers import failure, is_lost_organisation, lacks_permission, slow_down
from app.kit.errors import NotFound, OutcomeUnknown, Rejected, Retryable


def refused_with(*sentences: str) -> bytes:
    faults = [{"Message": sentence} for sentence in sentences]
    body = {
        "ErrorNumber": 10,
        "Message": "A validation exception occurred",
        "Elements": [{"ValidationErrors": faults}],
    }
    return json.dumps(body).encode()


def test_a_success_is_no_failure() -> None:
    assert failure(200, b"", is_write=True) is None


@pytest.mark.parametrize(
    ("headers", "scope", "after", "words"),
    [
        ({"X-Rate-Limit-Problem": "minute", "Retry-After": "34"}, LimitScope.MINUTE, 34, "per-minute"),
        ({"X-Rate-Limit-Problem": "day", "Retry-After": "73451"}, LimitScope.DAY, 73451, "daily"),
        ({"X-Rate-Limit-Problem": "appminute", "Retry-After": "5"}, LimitScope.APP, 5, "per-minute"),
        ({"X-Rate-Limit-Problem": "app-minute", "Retry-After": "5"}, LimitScope.APP, 5, "per-minute"),
        ({"X-Rate-Limit-Problem": "concurrent"}, LimitScope.AT_ONCE, 5, "busy"),
        ({}, LimitScope.MINUTE, 60, "limit"),
        ({"Retry-After": "Fri, 20 Nov 2026 10:00:00 GMT"}, LimitScope.MINUTE, 60, "limit"),
        ({"Retry-After": "9" * 40}, LimitScope.MINUTE, 60, "limit"),
        ({"Retry-After": "\u00b2"}, LimitScope.MINUTE, 60, "limit"),
    ],
)
def test_a_limit_is_told_with_its_scope_and_waited_for_as_long_as_it_says(
    headers: dict[str, str], scope: LimitScope, after: int, words: str
) -> None:
    told_scope, told_after, reason = slow_down(headers)
    assert (told_scope, told_after) == (scope, timedelta(seconds=after))
    assert words in reason


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504, 301])
def test_a_broken_server_is_harmless_for_a_read_and_an_open_question_for_a_write(status: int) -> None:
    assert isinstance(failure(status, b"", is_write=False), Retryable)
    assert isinstance(failure(status, b"", is_write=True), OutcomeUnknown)


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("Payment amount exceeds the amount outstanding on this document", "paid or credited meanwhile"),
        ("Payments can only be made against Authorised documents", "not approved"),
        (
            "The document date cannot be before the end of year lock date, currently set at 30 Jun 2026",
            "Move the lock date",
        ),
        ("Account code '091' has been archived", "restore this one"),
        ("Account code '999' is not a valid code", "Choose another account"),
        ("Something nobody has seen before.", "Look at it in Xero"),
    ],
)
def test_a_refusal_keeps_the_ledgers_own_sentence_and_says_what_to_do(said: str, advice: str) -> None:
    problem = failure(400, refused_with(said), is_write=True)
    assert isinstance(problem, Rejected)
    assert problem.reason.startswith(f"Xero refused: {said.rstrip('.')}. ")
    assert advice in problem.reason


def test_several_sentences_are_told_once_each() -> None:
    problem = failure(400, refused_with("One", "Two", "One"), is_write=True)
    assert problem is not None
    assert problem.reason.startswith("Xero refused: One. Two. ")


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"Message": null}', b'{"Elements": 7}'])
def test_a_refusal_without_a_sentence_says_so(body: bytes) -> None:
    problem = failure(400, body, is_write=True)
    assert isinstance(problem, Rejected)
    assert "it gave no reason" in problem.reason


def test_what_is_not_there() -> None:
    gone = b"The resource you're looking for cannot be found"
    assert isinstance(failure(404, gone, is_write=False), NotFound)
    assert isinstance(failure(404, gone, is_write=True), Rejected)


def test_only_xeros_own_403_ends_a_connection() -> None:
    lost = (
        b'{"Type":null,"Title":"Forbidden","Status":403,"Detail":"AuthenticationUnsuccessful","Instance":"1"}'
    )
    assert is_lost_organisation(403, lost)
    assert not is_lost_organisation(403, b"<html>a proxy's page</html>")
    assert not is_lost_organisation(401, lost)


@pytest.mark.parametrize("word", ["insufficient_scope", "insufficent_scope"])
@pytest.mark.parametrize("status", [401, 403])
def test_a_missing_permission_is_told_by_its_header(word: str, status: int) -> None:
    assert lacks_permission(status, {"WWW-Authenticate": f'Bearer error="{word}"'})
    assert not lacks_permission(status, {"WWW-Authenticate": "Bearer"})
