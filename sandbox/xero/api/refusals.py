"""The ways in which the Accounting API says no, each with its own envelope."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Response

from sandbox.xero.wire.rendering import encode

JSON = "application/json; charset=utf-8"


class Refusal(Exception):
    """An answer that ends a call early."""

    def __init__(self, status: int, body: bytes, content_type: str = JSON, **headers: str) -> None:
        super().__init__(status)
        self.status, self.body, self.content_type, self.headers = status, body, content_type, headers

    def response(self) -> Response:
        response = Response(self.body, self.status, content_type=self.content_type)
        for name, value in self.headers.items():
            response.headers[name.replace("_", "-")] = value
        return response


def unauthorised(detail: str) -> Refusal:
    """401: no token, a dead one, or one that lacks the scope."""
    return Refusal(401, _auth_body("Unauthorized", 401, detail, Extensions={}))


def scope_missing() -> Refusal:
    """401 for a token without the scope; its header names `insufficient_scope`."""
    body = _auth_body("Unauthorized", 401, "AuthorizationUnsuccessful", Extensions={})
    return Refusal(401, body, WWW_Authenticate="insufficient_scope")


def forbidden() -> Refusal:
    """403: the organisation is not connected, or not any more."""
    return Refusal(403, _auth_body("Forbidden", 403, "AuthenticationUnsuccessful"))


def not_found() -> Refusal:
    """404 is plain text at Xero."""
    text = b"The resource you're looking for cannot be found"
    return Refusal(404, text, "text/plain; charset=utf-8")


def not_json() -> Refusal:
    """406 for callers that do not ask for JSON: the real thing answers XML, which is not modelled."""
    text = b"Ask with Accept: application/json; this stand-in does not write XML."
    return Refusal(406, text, "text/plain; charset=utf-8")


def bad_query(message: str) -> Refusal:
    return _numbered(16, "QueryParseException", message)


def bad_body(message: str) -> Refusal:
    return _numbered(14, "PostDataInvalidException", message)


def nothing_to_do() -> Refusal:
    return _numbered(10, "NoDataProcessedException", "No data has been processed for this endpoint.")


def invalid(elements: Sequence[dict[str, Any]]) -> Refusal:
    """400 for a whole call because some of its elements were invalid."""
    return _numbered(10, "ValidationException", "A validation exception occurred", Elements=list(elements))


def invalid_because(message: str) -> Refusal:
    return invalid([{"ValidationErrors": [{"Message": message}]}])


def _numbered(number: int, kind: str, message: str, **more: Any) -> Refusal:
    return Refusal(400, encode({"ErrorNumber": number, "Type": kind, "Message": message, **more}))


def _auth_body(title: str, status: int, detail: str, **more: Any) -> bytes:
    instance = str(uuid.uuid4())
    fields = {"Type": None, "Title": title, "Status": status, "Detail": detail, "Instance": instance}
    return encode(fields | more)
