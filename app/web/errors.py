"""What goes wrong, said in plain words on a page that helps."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.kit.errors import Disconnected, DueMateError, NotFound, OutcomeUnknown, Rejected, Retryable
from app.kit.log import get_log, without_message
from app.portal.answers import spoken
from app.portal.speech import speech_to_stranger

_log = get_log("web")


@dataclass(frozen=True)
class Trouble:
    """A page's worth of trouble: a title and what to do about it."""

    title: str
    advice: str


_TROUBLES = {
    400: Trouble("That request was not understood", "Go back, check what was entered and try again."),
    403: Trouble("This is not open to you", "Sign in as someone who works for this organisation."),
    404: Trouble(
        "There is nothing here",
        "The address may be mistyped, or what it showed belongs to another organisation: check which one you "
        "are in.",
    ),
    405: Trouble("This address does not work that way", "Go back and use the buttons on the page."),
    413: Trouble("That is too much at once", "Send less text, or fewer rows at a time."),
    429: Trouble("Too many tries", "Wait a minute, then try again."),
    503: Trouble("Not right now", "Try again in a minute. Nothing was changed."),
}
_OURS = Trouble(
    "Something broke on our side",
    "Nothing you typed caused it. Try again; if it stays broken, tell us when it happened.",
)
_FORGERY = Trouble(
    "This form has gone stale",
    "You may have signed in or out in another tab since it was opened. Nothing was changed. Go back, reload the "
    "page and send it again.",
)
_STATUS_OF: tuple[tuple[type[DueMateError], int], ...] = (
    (NotFound, 404),
    (Retryable, 503),
    (OutcomeUnknown, 503),
    (Disconnected, 409),
    (Rejected, 422),
)


def add_error_pages(app: Flask) -> None:
    """Answer every error with a page; machines at the webhook doors get the bare status."""
    app.register_error_handler(CSRFError, lambda _error: _page(400, _FORGERY))
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DueMateError, _known_error)
    app.register_error_handler(Exception, _unknown_error)


def _http_error(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    answer = _page(status, _TROUBLES.get(status, _OURS if status >= 500 else _TROUBLES[400]))
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        answer.headers["Allow"] = ", ".join(sorted(allowed))
    return answer


def _known_error(error: DueMateError) -> Response:
    status = next((code for kind, code in _STATUS_OF if isinstance(error, kind)), 400)
    title = _TROUBLES[status].title if status in _TROUBLES else "That did not work"
    return _page(status, Trouble(title, error.reason))


def _unknown_error(error: Exception) -> Response:
    _log.error("page.broken", endpoint=request.endpoint, **without_message(error))
    return _page(500, _OURS)


def _page(status: int, trouble: Trouble) -> Response:
    if request.path.startswith("/webhooks/"):
        return Response(status=status)
    if request.path.startswith(("/pay/", "/unsubscribe/")):
        words = spoken(speech_to_stranger(request.accept_languages))
        return make_response(render_template("errors/payer.html", **words, status=status), status)
    shown = render_template("errors/page.html", status=status, trouble=trouble, back=_came_from())
    return make_response(shown, status)


def _came_from() -> str:
    """The page of ours that led here; empty if none did, or if going there would fail the same way."""
    address = urlsplit(request.referrer or "")
    is_here = request.method == "GET" and address.path == request.path
    if address.netloc != request.host or is_here or not address.path.startswith("/"):
        return ""
    return f"{address.path}?{address.query}" if address.query else address.path
