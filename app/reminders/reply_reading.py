"""From the bytes of an incoming mail to who wrote what: a person, a machine for a person, or a mail server. Pure.

RFC 3834 (Auto-Submitted), RFC 3464 (delivery status), RFC 3798 (read receipts). Everything in a mail is a stranger's:
whatever does not parse is left out, and nothing here raises.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import parseaddr
from typing import TypeVar

from app.models import ReplyKind
from app.reminders.reply_quotes import own_words, text_of_html

_AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Response", "List-Id", "Feedback-ID")
_AUTOMATIC_PRECEDENCE = frozenset({"bulk", "junk", "list", "auto_reply"})
_AUTOMATIC_SUBJECTS = ("automatic reply:", "autoreply:", "auto-reply:", "out of office:")
_FINAL = re.compile(r"\s*(5\.\d{1,3}\.\d{1,3})")
_LONGEST_SUBJECT = 300
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ReadReply:
    """What is in a mail."""

    kind: ReplyKind
    sender: str | None = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    """The writer's own words."""
    failed_recipient: str | None = field(default=None, repr=False)
    """Of a bounce: the address at which nothing arrives for good."""
    failed_code: str | None = None


def read_reply(raw: bytes, *, envelope_from: str) -> ReadReply:
    """Look into a mail."""
    mail = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(raw)
    kind = _kind(mail, envelope_from)
    recipient, code = _failure(mail) if kind is ReplyKind.BOUNCE else (None, None)
    return ReadReply(
        kind=kind,
        sender=_sender(mail),
        subject=" ".join(_shown(_header(mail, "Subject")).split())[:_LONGEST_SUBJECT],
        text=own_words(_text(mail)),
        failed_recipient=recipient,
        failed_code=code,
    )


def _kind(mail: EmailMessage, envelope_from: str) -> ReplyKind:
    report = _report_type(mail)
    if report == "delivery-status":
        return ReplyKind.BOUNCE
    marks = (
        report is not None,
        not envelope_from,
        _header(mail, "Auto-Submitted").strip().lower() not in ("", "no"),
        _header(mail, "Precedence").strip().lower() in _AUTOMATIC_PRECEDENCE,
        any(_header(mail, name) for name in _AUTOMATIC_HEADERS),
        _header(mail, "Subject").strip().lower().startswith(_AUTOMATIC_SUBJECTS),
    )
    return ReplyKind.AUTOMATIC if any(marks) else ReplyKind.WRITTEN


def _report_type(mail: EmailMessage) -> str | None:
    if _safely(mail.get_content_type, "") != "multipart/report":
        return None
    return str(_safely(lambda: mail.get_param("report-type"), None) or "").lower()


def _failure(mail: EmailMessage) -> tuple[str | None, str | None]:
    """Address and status of the first recipient that failed for good."""
    for part in mail.walk():
        if _safely(part.get_content_type, "") != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else []:
            if not isinstance(block, Message):
                continue
            status = _FINAL.match(_header(block, "Status"))
            address = _header(block, "Final-Recipient").rpartition(";")[2].strip().strip("<>")
            if _header(block, "Action").strip().lower() == "failed" and status and "@" in address:
                return address, status[1]
    return None, None


def _sender(mail: EmailMessage) -> str | None:
    address = parseaddr(_header(mail, "From"))[1]
    return address if "@" in address else None


def _text(mail: EmailMessage) -> str:
    plain = _safely(lambda: mail.get_body(("plain",)), None)
    if plain is not None:
        return _words(plain)
    html = _safely(lambda: mail.get_body(("html",)), None)
    return _safely(lambda: text_of_html(_words(html)), "") if html is not None else ""


def _words(part: Message) -> str:
    content = _safely(lambda: str(part.get_content()), None)  # type: ignore[attr-defined]
    if content is None:  # a character set or an encoding that nobody knows
        payload = _safely(lambda: part.get_payload(decode=True), None)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return _shown(content)


def _shown(text: str) -> str:
    """Without characters that steer instead of being read. Every kind of space is one that people can see."""
    plain = "".join(" " if c.isspace() and c not in "\n\r\t" else c for c in text)
    return "".join(c for c in plain if c.isprintable() or c in "\n\r\t")


def _header(mail: Message, name: str) -> str:
    return str(_safely(lambda: mail.get(name), None) or "")


def _safely(read: Callable[[], _T], otherwise: _T) -> _T:
    """The library's parsers fail on nonsense in more ways than can be named."""
    try:
        return read()
    except Exception:  # noqa: BLE001
        return otherwise
