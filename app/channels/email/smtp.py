"""One conversation with the mail server, told apart into what surely happened and what nobody knows.

RFC 5321: the server is responsible for a mail from its answer to the end of DATA on. A break before the
content was sent leaves nothing behind; a break after it leaves the outcome open.
"""

import re
import smtplib
import ssl
import time
from dataclasses import dataclass, field

from app.channels.email.dialling import Line, TlsLine
from app.channels.email.server import MailServer
from app.kit.errors import OutcomeUnknown, Rejected, Retryable

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 15.0
# A worker that was stopped for longer than this must not go on to send: others may have taken over.
HESITATION_SECONDS = 30.0

# Servers hang up after so many mails on one line (Exchange Online and many Postfix hosts: some hundreds; 100 is assumed
# to suit all), and a line that was quiet for a while may be dead without anybody having said so.
MOST_MAILS = 100
QUIET_SECONDS = 5.0
_CLOSING = 421

_ADDRESS = re.compile(r"\S+@\S+")


@dataclass(frozen=True, slots=True)
class Transaction:
    """One mail as the server is told it, whichever line it goes by."""

    sender: str
    recipient: str = field(repr=False)
    content: bytes = field(repr=False)
    needs_utf8: bool
    since: float
    """The monotonic time at which its attempt began."""
    copies: tuple[str, ...] = field(default=(), repr=False)


class HungUp(Retryable):
    """The server ended the conversation before it took anything of this mail."""


class Conversation:
    """An open connection to the mail server. Used by one thread."""

    def __init__(self, server: MailServer) -> None:
        self._smtp = _connected(server)
        self._begun = 0
        self._used_at = time.monotonic()

    @property
    def is_fresh(self) -> bool:
        """Whether no mail was begun on it yet."""
        return self._begun == 0

    def is_usable(self) -> bool:
        """Whether one more mail may be begun on it. The server is asked only after a while of silence."""
        if self._begun >= MOST_MAILS:
            return False
        return time.monotonic() - self._used_at < QUIET_SECONDS or self._answers()

    def hand_over(self, mail: Transaction) -> str:
        """One mail; the server's answer, which tells how many of the copies it refused.

        Raises HungUp, Retryable, Rejected or OutcomeUnknown.
        """
        self._begun += 1
        try:
            return self._handed_over(mail)
        except (OSError, smtplib.SMTPException) as broken:
            raise HungUp("The mail server hung up before the mail was handed over.") from broken
        finally:
            self._used_at = time.monotonic()

    def _handed_over(self, mail: Transaction) -> str:
        code, answer = self._smtp.mail(mail.sender, self._options(mail.needs_utf8))
        if code == _CLOSING:
            raise HungUp(_not_now(code, answer, "the mail").reason)
        if code != 250:
            # Whatever it has against our sender's address, this message's recipient has nothing to do with it.
            raise _not_now(code, answer, "our sender's address")
        code, answer = self._smtp.rcpt(mail.recipient)
        if code not in (250, 251):
            raise _refusal(code, answer, "the recipient")
        refused = sum(self._smtp.rcpt(copy)[0] not in (250, 251) for copy in mail.copies)
        code, answer = self._smtp.docmd("DATA")
        if code != 354:
            raise _refusal(code, answer, "the mail")
        if time.monotonic() - mail.since > HESITATION_SECONDS:
            self._smtp.close()  # the server waits for content, so no word of ours would be taken for a command
            raise Retryable("Handing the mail over took too long, so it was stopped before it left.")
        code, answer = self._send_content(mail.content)
        if code != 250:
            raise _refusal(code, answer, "the mail")
        return f"{_said(answer)} (without {refused} of the copies)" if refused else _said(answer)

    def reset(self) -> None:
        """Forget a half-done mail, so that the connection can be used for the next one."""
        self._smtp.rset()

    def close(self) -> None:
        """Say goodbye if the server listens; hang up in any case."""
        try:
            self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()

    def _answers(self) -> bool:
        try:
            return bool(self._smtp.noop()[0] == 250)
        except (OSError, smtplib.SMTPException):
            return False

    def _options(self, needs_utf8: bool) -> list[str]:
        if not needs_utf8:
            return []
        if not self._smtp.has_extn("smtputf8"):
            raise Rejected("The mail server does not take addresses with letters beyond plain English ones.")
        return ["SMTPUTF8", "BODY=8BITMIME"]

    def _send_content(self, content: bytes) -> tuple[int, bytes]:
        try:
            self._smtp.send(_dotted(content) + b".\r\n")
            return self._smtp.getreply()
        except (OSError, smtplib.SMTPException) as broken:
            self._smtp.close()
            raise OutcomeUnknown(
                "The connection broke while the mail was handed over, so it may have left."
            ) from broken


def _connected(server: MailServer) -> smtplib.SMTP:
    """Greeted, protected as is asked for, and logged in; hung up again if any of it fails."""
    smtp = TlsLine(ssl.create_default_context()) if server.security == "tls" else Line()
    try:
        smtp.dial(server, within_seconds=CONNECT_SECONDS)
        _introduce(smtp, server)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _introduce(smtp: smtplib.SMTP, server: MailServer) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(ANSWER_SECONDS)
    if server.security == "starttls":
        smtp.starttls(context=ssl.create_default_context())
    smtp.ehlo_or_helo_if_needed()
    if server.user:
        smtp.login(server.user, server.password)


def _refusal(code: int, answer: bytes, what: str) -> Retryable | Rejected:
    if 500 <= code < 600:
        return Rejected(f"The mail server refused {what} for good ({code}: {_said(answer)}).")
    return _not_now(code, answer, what)


def _not_now(code: int, answer: bytes, what: str) -> Retryable:
    return Retryable(f"The mail server did not take {what} for now ({code}: {_said(answer)}).")


def _said(answer: bytes) -> str:
    """The server's words without the addresses that servers like to repeat: a reason is kept unsealed."""
    return " ".join(_ADDRESS.sub("the address", answer.decode("utf-8", "replace")).split())[:200]


def _dotted(content: bytes) -> bytes:
    """RFC 5321, 4.5.2: a line that starts with a dot gets another one."""
    lines = content if content.endswith(b"\r\n") else content + b"\r\n"
    stuffed = lines.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed
