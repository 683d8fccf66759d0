"""One account at Twilio over plain HTTP. Reads are repeated where that does no harm, writes never.

Twilio knows no key that would make a repeated write harmless: whatever may have been taken is unknown until it
is looked up.
"""

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeVar

import msgspec
from requests import ConnectTimeout, RequestException, Response, Session
from urllib3.exceptions import MaxRetryError, NewConnectionError

from app.channels.base import Refused
from app.channels.twilio.access import TwilioAccess
from app.channels.twilio.refusals import THROTTLED, meaning_of
from app.channels.twilio.wire import Refusal
from app.kit.errors import OutcomeUnknown, Retryable
from app.kit.http import new_session
from app.kit.settings import Settings

_AWAY = "The messaging provider does not answer."
_BUSY = "The messaging provider takes no more messages at the moment."
_UNSURE = "The messaging provider gave no clear answer, so the message may have left."
_SLOW_DOWN = timedelta(seconds=20)
_T = TypeVar("_T")


class TwilioClient:
    """Safe to use from several threads: each has a connection of its own."""

    def __init__(self, settings: Settings, access: TwilioAccess) -> None:
        self.access = access
        self.api = f"{settings.twilio_api_url}/2010-04-01"
        self.account_url = f"{self.api}/Accounts/{access.account_sid}"
        self.messaging, self.content = settings.twilio_messaging_url, settings.twilio_content_url
        self._host = settings.twilio_api_url
        self._here, self._lock = threading.local(), threading.Lock()
        self._open: list[Session] = []

    def read(self, url: str, answer: type[_T], **parameters: str) -> _T:
        """GET. Raises Retryable, or Refused where the account may not read this."""
        try:
            response = self._session().get(url, params=parameters or None, allow_redirects=False)
        except RequestException:
            raise Retryable(_AWAY) from None
        if response.status_code >= 500:
            raise Retryable(_AWAY)
        self._mind_refusal(response)
        try:
            return msgspec.json.decode(response.content, type=answer)
        except ValueError:
            raise Retryable(_AWAY) from None

    def next_page(self, uri: str, answer: type[_T]) -> _T:
        """The page that a list names as its next one."""
        return self.read(f"{self._host}{uri}", answer)

    def write(
        self,
        url: str,
        answer: type[_T],
        *,
        form: Mapping[str, str] | None = None,
        json: Mapping[str, Any] | None = None,
    ) -> _T:
        """POST, once. Raises Retryable if surely nothing was done, Refused, or OutcomeUnknown."""
        try:
            response = self._session().post(url, data=form, json=json, allow_redirects=False)
        except RequestException as broken:
            if _never_connected(broken):
                raise Retryable(_AWAY) from None
            raise OutcomeUnknown(_UNSURE) from None
        if response.status_code >= 500:
            raise OutcomeUnknown(_UNSURE)
        self._mind_refusal(response)
        try:
            return msgspec.json.decode(response.content, type=answer)
        except ValueError:
            raise OutcomeUnknown(_UNSURE) from None

    def close(self) -> None:
        """Give every connection back."""
        with self._lock:
            sessions, self._open = self._open, []
        for session in sessions:
            session.close()

    def _session(self) -> Session:
        present: Session | None = getattr(self._here, "session", None)
        if present is None:
            self._here.session = present = new_session(connect_timeout=5, read_timeout=15)
            present.auth = (self.access.account_sid, self.access.token)
            present.trust_env = False
            with self._lock:
                self._open.append(present)
        return present

    @staticmethod
    def _mind_refusal(response: Response) -> None:
        if response.status_code < 300:
            return
        try:
            code = msgspec.json.decode(response.content, type=Refusal).code
        except ValueError:
            code = None
        if response.status_code == 429 or code in THROTTLED:
            raise Retryable(_BUSY, after=_SLOW_DOWN)
        meaning, sentence = meaning_of(20003 if response.status_code == 401 else code)
        raise Refused(sentence, meaning=meaning, code=str(code or response.status_code))


def _never_connected(broken: RequestException) -> bool:
    """No connection was made, so nothing can have been asked."""
    if isinstance(broken, ConnectTimeout):
        return True
    cause = broken.args[0] if broken.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
