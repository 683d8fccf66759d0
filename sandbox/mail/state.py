"""The mails that were accepted."""

import itertools
import threading
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Mail:
    """One accepted mail; `repeat` says that its Message-ID had been accepted before."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    received_at: datetime
    raw: bytes
    message_id: str
    repeat: bool

    @cached_property
    def parsed(self) -> EmailMessage:
        message: EmailMessage = BytesParser(policy=policy.default).parsebytes(self.raw)
        return message

    @property
    def subject(self) -> str:
        return str(self.parsed.get("Subject", ""))

    @property
    def text(self) -> str | None:
        return self._part("plain")

    @property
    def html(self) -> str | None:
        return self._part("html")

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.parsed.items()]

    @cached_property
    def short(self) -> dict[str, Any]:
        """The envelope, without a look inside."""
        return {
            "id": self.id,
            "message_id": self.message_id,
            "from": self.sender,
            "to": list(self.recipients),
            "received_at": self.received_at.isoformat(),
            "size": len(self.raw),
            "repeat": self.repeat,
        }

    @cached_property
    def full(self) -> dict[str, Any]:
        """The envelope and the contents; parsing takes a millisecond or two, once."""
        contents = {"subject": self.subject, "text": self.text, "html": self.html, "headers": self.headers}
        return self.short | contents | {"attachments": self.attachments}

    @property
    def attachments(self) -> list[dict[str, Any]]:
        """Name, kind and size of each file that came along."""
        return [
            {
                "name": part.get_filename() or "",
                "type": part.get_content_type(),
                "size": len(part.get_payload(decode=True) or b""),
            }
            for part in self.parsed.iter_attachments()
        ]

    def _part(self, kind: str) -> str | None:
        part = self.parsed.get_body((kind,))
        if part is None:
            return None
        try:
            return str(part.get_content())
        except LookupError:  # a charset that nobody knows
            return bytes(part.get_payload(decode=True)).decode("utf-8", "replace")


class MailState:
    """What arrived since the last reset, in order of arrival."""

    def __init__(self) -> None:
        self._mails: dict[str, Mail] = {}
        self._by_message_id: dict[str, Mail] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def accept(self, sender: str, recipients: list[str], raw: bytes, at: datetime) -> Mail:
        message_id = _message_id(raw)
        with self._lock:
            repeat = message_id in self._by_message_id
            number = str(next(self._numbers))
            mail = Mail(number, sender, tuple(recipients), at, raw, message_id, repeat)
            self._mails[number] = mail
            if message_id:
                self._by_message_id.setdefault(message_id, mail)
        return mail

    def mails(self) -> list[Mail]:
        with self._lock:
            return list(self._mails.values())

    def mail(self, number: str) -> Mail | None:
        return self._mails.get(number)

    def accepted(self, message_id: str) -> Mail | None:
        """The first mail with this Message-ID, written with or without its angle brackets."""
        return self._by_message_id.get(f"<{message_id.strip().strip('<>')}>")

    def clear(self) -> None:
        with self._lock:
            self._mails.clear()
            self._by_message_id.clear()


def _message_id(raw: bytes) -> str:
    """The Message-ID with its angle brackets, or an empty text where there is none."""
    headers = BytesParser(policy=policy.compat32).parsebytes(raw, headersonly=True)
    found = str(headers.get("Message-ID", "")).strip()
    return f"<{found.strip('<>')}>" if found else ""
