"""One organisation's accounting API over plain HTTP: headers, tokens, and errors as the caller can use them."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from requests import RequestException, Response, Session

from app.connectors.access import Access
from app.connectors.json_text import keepable
from app.connectors.pace import Pace
from app.connectors.printed import checked_pdf
from app.connectors.xero import answers, wire
from app.connectors.xero.dates import modified_since
from app.kit.errors import Rejected

_NO_PERMISSION = (
    "Xero did not give us the permission for this. Connect Xero again and agree to everything it lists."
)
_TOKEN_REFUSED = "Xero no longer accepts our access. Please reconnect."  # noqa: S105 (a sentence)
_ORGANISATION_LOST = "DueMate was disconnected from this organisation in Xero. Please reconnect."


class XeroClient:
    """Not shared between threads. Every call is one request, or two if a token had to be renewed."""

    def __init__(
        self, session: Session, *, api_url: str, organisation: str, access: Access, pace: Pace
    ) -> None:
        self._session = session
        self._base = f"{api_url}/api.xro/2.0"
        self._organisation = organisation
        self._access, self._pace = access, pace

    def read(
        self, path: str, parameters: Mapping[str, str] | None = None, *, since: datetime | None = None
    ) -> wire.Answer:
        """GET. Raises Retryable, NotFound, Rejected or Disconnected; nothing has happened at Xero."""
        headers = {"If-Modified-Since": modified_since(since)} if since else {}
        response = self._ask("GET", path, headers=headers, parameters=parameters)
        return self._understood(response, is_write=False)

    def download(self, path: str) -> bytes:
        """GET of a printed document. Raises as `read`, and Rejected for what is no PDF."""
        response = self._ask("GET", path, headers={"Accept": "application/pdf"})
        self._raise_for(response, is_write=False)
        return checked_pdf(response.content)

    def write(self, path: str, body: object, *, idempotency_key: str, method: str = "PUT") -> wire.Answer:
        """PUT, or POST to change what is there; once. Raises OutcomeUnknown whenever Xero may have taken it.

        Xero remembers the key for six minutes only, so it makes an accidental repeat harmless and nothing more.
        """
        headers = {"Idempotency-Key": idempotency_key, "Content-Type": "application/json"}
        response = self._ask(method, path, headers=headers, body=wire.encode(body))
        return self._understood(response, is_write=True)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        parameters: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Response:
        token = self._access.token()
        response = self._send(method, path, token, headers, parameters, body)
        if response.status_code == 401 and not answers.lacks_permission(401, response.headers):
            # Refused before anything was done, so that even a write may be sent again.
            response = self._send(method, path, self._access.renewed(token), headers, parameters, body)
        return response

    def _send(
        self,
        method: str,
        path: str,
        token: str,
        headers: Mapping[str, str],
        parameters: Mapping[str, str] | None,
        body: bytes | None,
    ) -> Response:
        common = {
            "Authorization": f"Bearer {token}",
            "xero-tenant-id": self._organisation,
            "Accept": "application/json",
        }
        try:
            with self._pace.turn():
                return self._session.request(
                    method,
                    f"{self._base}/{path}",
                    params=parameters,
                    data=body,
                    headers={**common, **headers},
                    allow_redirects=False,
                )
        except RequestException:
            raise answers.unanswered(is_write=body is not None) from None

    def _understood(self, response: Response, *, is_write: bool) -> wire.Answer:
        self._raise_for(response, is_write=is_write)
        try:
            return msgspec.json.decode(keepable(response.content), type=wire.Answer)
        except ValueError:
            # An HTML page or half an answer, under a status of success.
            raise answers.unanswered(is_write=is_write) from None

    def _raise_for(self, response: Response, *, is_write: bool) -> None:
        """What the caller has to know about any answer but a success."""
        status, headers, body = response.status_code, response.headers, response.content
        if answers.lacks_permission(status, headers):
            raise Rejected(_NO_PERMISSION)
        if status == 401:
            raise self._access.lost(_TOKEN_REFUSED)
        if status == 429:
            raise self._pace.refused(*answers.slow_down(headers))
        if answers.is_lost_organisation(status, body):
            raise self._access.lost(_ORGANISATION_LOST)
        if (failure := answers.failure(status, body, is_write=is_write)) is not None:
            raise failure
