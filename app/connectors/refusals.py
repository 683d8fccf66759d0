"""What a vendor's sign-in service refused goes into the log, with the vendor's own name for the answer."""

from collections.abc import Callable
from typing import Any

from requests import Response, Session

from app.connectors.connector import OAuthApp
from app.kit.log import get_log

_log = get_log("connectors")


def log_refusals(session: Session, app: OAuthApp) -> None:
    """Let this session note every refusal: never what was sent, nor whom it is about."""
    session.hooks["response"].append(_noting(app))


def _noting(app: OAuthApp) -> Callable[..., None]:
    def note(response: Response, **_: Any) -> None:
        if response.status_code >= 400:
            trace = {app.trace_header: response.headers.get(app.trace_header)} if app.trace_header else {}
            _log.warning("sign_in_service.refused", issuer=app.issuer, status=response.status_code, **trace)

    return note
