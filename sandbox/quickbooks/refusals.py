"""The bodies with which the API says no.

400, 429 and 500 have a `Fault`; 401 and 403 come from another layer, with a lower-case `fault`, numbers for
times and a row of empty fields (that row is assumed).
"""

from datetime import datetime
from typing import Any

from flask import Response

from sandbox.quickbooks.answers import answered
from sandbox.quickbooks.books.rules import Refused

XML_ONLY = b"Ask with Accept: application/json; this stand-in does not write XML."
EMPTY = ("warnings", "intuitObject", "report", "queryResponse", "syncErrorResponse", "requestId", "status")
EMPTY_LISTS = ("batchItemResponse", "attachableResponse", "cdcresponse")


class Refusal(Exception):
    """An answer that ends a call early."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def fault_of(refused: Refused) -> dict[str, Any]:
    """What the books refused, as a Fault; batches put it beside an item's bId."""
    error = {
        "Message": refused.message,
        "Detail": refused.detail,
        "code": refused.code,
        "element": refused.element,
    }
    return {"Fault": {"Error": [error], "type": "ValidationFault"}}


def invalid(refused: Refused, time: str) -> Response:
    return answered(fault_of(refused) | {"time": time}, 400)


def throttled(code: str, time: str, retry_after: int | None) -> Response:
    """429. Its code is seen both as 3001 and as 003001."""
    error = {
        "Message": "message=ThrottleExceeded; errorCode=003001; statusCode=429",
        "Detail": "The request limit was reached.",
        "code": code,
    }
    response = answered({"Fault": {"Error": [error], "type": "SERVICE"}, "time": time}, 429)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def broken(time: str) -> Response:
    """500, as an error of the application."""
    error = {
        "Message": "An application error has occurred while processing your request",
        "Detail": "System Failure Error: the request could not be completed.",
        "code": "10000",
    }
    return answered({"Fault": {"Error": [error], "type": "SystemFault"}, "time": time}, 500)


def unauthenticated(now: datetime) -> Response:
    """401: no token, a dead one, or one whose grant has ended."""
    return _outer(401, "3200", "AuthenticationFailed", "Token expired or revoked", "AUTHENTICATION", now)


def wrong_company(now: datetime) -> Response:
    """403: the token is another company's, or has no accounting scope. Code and words are assumed."""
    detail = "The token does not reach this company"
    return _outer(403, "3200", "AuthorizationFailed", detail, "AUTHORIZATION", now)


def wrong_keys(now: datetime) -> Response:
    """403: development keys on a production company, or the other way round."""
    detail = "The application is not authorized for this company's environment"
    return _outer(403, "3100", "ApplicationAuthorizationFailed", detail, "AUTHORIZATION", now)


def not_json() -> Response:
    """406 for callers that do not ask for JSON: the real thing answers XML, which is not modelled."""
    return Response(XML_ONLY, 406, content_type="text/plain; charset=utf-8")


def _outer(status: int, code: str, name: str, detail: str, kind: str, now: datetime) -> Response:
    message = f"message={name}; errorCode={code.zfill(6)}; statusCode={status}"
    error = {"message": message, "detail": detail, "code": code, "element": None}
    body: dict[str, Any] = dict.fromkeys(EMPTY)
    body |= {name: [] for name in EMPTY_LISTS}
    body |= {"fault": {"error": [error], "type": kind}, "time": int(now.timestamp() * 1000)}
    return answered(body, status)
