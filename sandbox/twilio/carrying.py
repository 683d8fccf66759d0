"""The way of a message once Twilio has taken it: statuses in virtual time, each told to its callback."""

from datetime import timedelta

from sandbox.twilio.numbers import TOLL_FREE
from sandbox.twilio.state import WINDOW, Text, TwilioState

SENT_AFTER, DELIVERED_AFTER, READ_AFTER = timedelta(seconds=1), timedelta(seconds=3), timedelta(seconds=60)
FINAL = ("delivered", "undelivered", "failed", "read")


def set_out(state: TwilioState, text: Text) -> None:
    """Everything that will happen to it is decided now, and happens later."""
    error = _fails_with(state, text)
    _after(state, timedelta(), text, "queued")
    if error is not None and text.is_whatsapp:
        _after(state, SENT_AFTER, text, "failed" if error == 63016 else "undelivered", error)
        return
    _after(state, SENT_AFTER, text, "sent")
    if error is not None:
        _after(state, DELIVERED_AFTER, text, "undelivered", error)
        return
    _after(state, DELIVERED_AFTER, text, "delivered")
    if text.is_whatsapp and _bare(text.to) in state.readers:
        _after(state, READ_AFTER, text, "read")


def _fails_with(state: TwilioState, text: Text) -> int | None:
    if text.is_whatsapp and (error := _no_template(state, text)) is not None:
        return error
    if not text.is_whatsapp and (error := _unregistered(text)) is not None:
        return error
    return state.fates.get(_bare(text.to)) or None


def _no_template(state: TwilioState, text: Text) -> int | None:
    """63016: free text outside the window, or a template that is not approved."""
    heard = text.account.heard.get((text.to, text.sender))
    if heard is not None and state.clock.now() - heard <= WINDOW:
        return None
    template = text.account.templates.get(text.template or "")
    return None if template is not None and template.status == "approved" else 63016


def _unregistered(text: Text) -> int | None:
    """American carriers take nothing from a number that is not registered."""
    number = next((n for n in text.account.numbers.values() if n.number == text.sender), None)
    if number is None or number.is_registered or not _bare(text.to).startswith("+1"):
        return None
    return 30032 if number.number.startswith(TOLL_FREE) else 30034


def _after(state: TwilioState, by: timedelta, text: Text, status: str, error: int | None = None) -> None:
    def happen() -> None:
        text.status, text.error, text.updated_at = status, error, state.clock.now()
        text.history.append(status)
        if status == "sent":
            text.sent_at = state.clock.now()
        state.callbacks.status(text, status)

    state.later(by, happen)


def _bare(address: str) -> str:
    return address.removeprefix("whatsapp:")
