"""One company's API over plain HTTP: headers, turns, tokens, and errors as the caller can use them."""

from collections.abc import Mapping, Sequence

from requests import RequestException, Response, Session

from app.connectors.access import Access
from app.connectors.pace import LimitScope, Pace
from app.connectors.printed import checked_pdf
from app.connectors.quickbooks import answers, bodies
from app.connectors.quickbooks.answers import Fault
from app.kit.errors import DueMateError, Rejected
from app.kit.log import get_log

MINOR_VERSION = "75"  # the floor since August 2025, and what is served if none is asked for
BATCHES = "batch"
"""The address of batches, and the kind of call that has a limit of its own."""
MOST_ITEMS = 30
"""Items of one batch (developer.intuit.com, batch)."""

_log = get_log("quickbooks")


class QuickBooksClient:
    """Not shared between threads. Every call is one request, or two if a token had to be renewed."""

    def __init__(
        self, session: Session, *, api_url: str, organisation: str, access: Access, pace: Pace
    ) -> None:
        self._session = session
        self._base = f"{api_url}/v3/company/{organisation}"
        self._access = access
        self._pace = pace

    def query(self, text: str) -> bodies.Rows:
        """The rows of one query. Raises Retryable, Rejected or Disconnected; nothing has happened."""
        body = self.read("query", {"query": text})
        return body.rows()

    def batch(self, queries: Sequence[str]) -> list[bodies.Rows | DueMateError]:
        """The rows of up to 30 queries in one call, in their order; for one that failed, what it would have raised.

        Raises Retryable, Rejected or Disconnected if the call as a whole failed; nothing has happened.
        """
        items = [{"bId": str(number), "Query": text} for number, text in enumerate(queries)]
        content = bodies.encode({"BatchItemRequest": items})
        response = self._ask("POST", BATCHES, {}, content, is_write=False)
        body = self._understood(response, is_write=False)
        by_id = body.batch_items()
        return [self._item(by_id.get(item["bId"]), response, at=body.at) for item in items]

    def read(self, path: str, parameters: Mapping[str, str] | None = None) -> bodies.Body:
        """GET. Raises Retryable, NotFound, Rejected or Disconnected; nothing has happened."""
        response = self._ask("GET", path, parameters or {}, None, is_write=False)
        return self._understood(response, is_write=False)

    def download(self, path: str) -> bytes:
        """GET of a printed document. Raises as `read`, and Rejected for what is no PDF."""
        response = self._ask("GET", path, {}, None, is_write=False, accept="application/pdf")
        if response.status_code < 300:
            return checked_pdf(response.content)
        fault = answers.fault_in(response.content)
        _note(response, fault)
        raise self._failure(response, fault, is_write=False)

    def write(
        self, path: str, body: object, *, parameters: Mapping[str, str] | None = None, request_id: str
    ) -> bodies.Body:
        """POST, once. Raises OutcomeUnknown whenever QuickBooks may have taken it without a clear answer.

        The same `request_id` (at most 50 characters) gets the stored answer again. How long it is kept is not
        written down anywhere, so it makes an accidental repeat harmless and nothing more.
        """
        told = {**(parameters or {}), "requestid": request_id}
        response = self._ask("POST", path, told, bodies.encode(body), is_write=True)
        return self._understood(response, is_write=True)

    def _ask(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str],
        content: bytes | None,
        *,
        is_write: bool,
        accept: str = "application/json",
    ) -> Response:
        token = self._access.token()
        response = self._send(method, path, token, parameters, content, is_write=is_write, accept=accept)
        if response.status_code == 401 and answers.is_token_refused(401, answers.fault_in(response.content)):
            # Refused before anything was done, so that even a write may be sent again.
            token = self._access.renewed(token)
            response = self._send(method, path, token, parameters, content, is_write=is_write, accept=accept)
        return response

    def _send(
        self,
        method: str,
        path: str,
        token: str,
        parameters: Mapping[str, str],
        content: bytes | None,
        *,
        is_write: bool,
        accept: str,
    ) -> Response:
        headers = {"Authorization": f"Bearer {token}", "Accept": accept}
        if content is not None:
            headers["Content-Type"] = "application/json"
        with self._pace.turn(BATCHES if path == BATCHES else None):
            try:
                return self._session.request(
                    method,
                    f"{self._base}/{path}",
                    params={**parameters, "minorversion": MINOR_VERSION},
                    data=content,
                    headers=headers,
                    allow_redirects=False,
                )
            except RequestException as lost:
                _log.warning("quickbooks.unanswered", path=path, error=type(lost).__name__)
                raise answers.unanswered(is_write=is_write) from None

    def _understood(self, response: Response, *, is_write: bool) -> bodies.Body:
        body = bodies.read_body(response.content, is_write=is_write)
        if response.status_code < 300 and body is not None and not body.has_fault:
            return body
        fault = answers.fault_in(response.content)
        _note(response, fault)
        raise self._failure(response, fault, is_write=is_write)

    def _failure(self, response: Response, fault: Fault | None, *, is_write: bool) -> DueMateError:
        status = response.status_code
        if answers.is_throttled(status, fault):
            limit = self._throttled(response)
            # Intuit throttles before the work or after it: a write may stand all the same.
            return answers.unanswered(is_write=True) if is_write else limit
        if answers.is_token_refused(status, fault):
            return self._access.lost(answers.TOKEN_REFUSED_REASON)
        if answers.is_company_lost(status, fault):
            return self._access.lost(answers.COMPANY_LOST_REASON)
        if fault is not None and fault.code == answers.WRONG_KEYS:
            return Rejected(answers.WRONG_KEYS_REASON)
        return answers.failure(status, fault, is_write=is_write) or answers.unanswered(is_write=is_write)

    def _item(
        self, item: bodies.Body | None, response: Response, *, at: str | None
    ) -> bodies.Rows | DueMateError:
        """One item of a batch."""
        if item is None:
            return answers.unanswered(is_write=False)
        if not item.has_fault:
            return item.rows(at=at)
        fault = answers.fault_of(item.as_builtin())
        _note(response, fault)
        if answers.is_throttled(200, fault):
            return self._throttled(response)
        return answers.failure(200, fault, is_write=False) or answers.unanswered(is_write=False)

    def _throttled(self, response: Response) -> DueMateError:
        after = answers.wait_told(response.headers)
        return self._pace.refused(LimitScope.MINUTE, after, answers.SLOW_DOWN_REASON)


def _note(response: Response, fault: Fault | None) -> None:
    """Intuit's support asks for `intuit_tid`. What QuickBooks said may name people, so only its code is kept."""
    note = _log.info if fault and fault.code == answers.NOT_FOUND else _log.warning
    note(
        "quickbooks.refused",
        status=response.status_code,
        fault=fault.code if fault else None,
        intuit_tid=response.headers.get("intuit_tid"),
    )
