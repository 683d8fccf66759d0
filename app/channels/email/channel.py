"""Mail by SMTP: one connection per thread, kept over a batch of so many mails."""

import smtplib
import ssl
import threading
import time

import requests

from app.channels.base import Capabilities, Found, Outcome, Outgoing, Sought
from app.channels.email.envelope import as_mail, message_id, parsed_address, with_plain_copies
from app.channels.email.server import MailServer
from app.channels.email.smtp import Conversation, HungUp, Transaction
from app.kit.errors import OutcomeUnknown, Rejected, Retryable
from app.kit.http import new_session

# Asking a second line must not keep a mail for longer than the first one's silence has already.
_STILL_PROMPT_SECONDS = 5.0


class SmtpChannel:
    """Mail through one server. The marker becomes the Message-ID."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._here = threading.local()
        self._lock = threading.Lock()
        self._open: list[Conversation] = []

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            name="email",
            has_subject=True,
            has_html=True,
            longest_text=None,
            answers_lookup=bool(self._server.search_url),
        )

    def send(self, message: Outgoing) -> str:
        """Hand the mail over; what the server said. Errors as the port has them."""
        since = time.monotonic()
        message = with_plain_copies(message)
        needs_utf8 = parsed_address(message.recipient).smtputf8
        mail = Transaction(
            sender=self._server.sender,
            recipient=_as_told(message.recipient, needs_utf8=needs_utf8),
            copies=tuple(
                _as_told(one, needs_utf8=False) for one in (*message.also_to, *message.cc, *message.bcc)
            ),
            content=as_mail(message, sender=self._server.sender, needs_utf8=needs_utf8).as_bytes(),
            needs_utf8=needs_utf8,
            since=since,
        )
        conversation = self._conversation()
        was_fresh = conversation.is_fresh
        try:
            return self._hand_over(conversation, mail)
        except HungUp:
            if was_fresh or time.monotonic() - since > _STILL_PROMPT_SECONDS:
                raise
        # An older line ended before the server had taken anything of this mail: it goes by a new one.
        return self._hand_over(self._conversation(), mail)

    def lookup(self, sought: Sought) -> Found | None:
        """Ask the provider's message search. None where none is configured; Retryable if it is away."""
        url = self._server.search_url
        if not url:
            return None
        wanted = {"message_id": message_id(sought.marker, self._server.sender)}
        try:
            with new_session(connect_timeout=5, read_timeout=10) as session:
                status = session.get(url, params=wanted).status_code
        except requests.RequestException as away:
            raise Retryable("The mail provider's search does not answer.") from away
        if status == 200:
            return Found(Outcome.TAKEN)
        if status == 404:
            return Found(Outcome.NEVER_SEEN)
        raise Retryable(f"The mail provider's search answered {status}.")

    def close(self) -> None:
        """Hang up every connection that any thread opened."""
        with self._lock:
            conversations, self._open = self._open, []
        for conversation in conversations:
            conversation.close()

    def _hand_over(self, conversation: Conversation, mail: Transaction) -> str:
        try:
            return conversation.hand_over(mail)
        except (HungUp, OutcomeUnknown):
            self._drop(conversation)
            raise
        except (Rejected, Retryable):
            self._forget_half_done(conversation)
            raise

    def _conversation(self) -> Conversation:
        """This thread's connection, opened anew if it is gone or has carried its share."""
        present: Conversation | None = getattr(self._here, "conversation", None)
        if present is not None and present.is_usable():
            return present
        if present is not None:
            self._drop(present)
        try:
            self._here.conversation = opened = Conversation(self._server)
        except (OSError, smtplib.SMTPException) as away:
            raise Retryable(_why_no_conversation(away)) from away
        with self._lock:
            self._open.append(opened)
        return opened

    def _forget_half_done(self, conversation: Conversation) -> None:
        try:
            conversation.reset()
        except (OSError, smtplib.SMTPException):
            self._drop(conversation)

    def _drop(self, conversation: Conversation) -> None:
        conversation.close()
        self._here.conversation = None
        with self._lock:
            if conversation in self._open:
                self._open.remove(conversation)


def _as_told(address: str, *, needs_utf8: bool) -> str:
    """The address as the server is told it."""
    parsed = parsed_address(address)
    return parsed.normalized if needs_utf8 else parsed.ascii_email or parsed.normalized


def _why_no_conversation(failure: Exception) -> str:
    """A sentence for whoever runs the installation. Nothing has left in any of these cases."""
    if isinstance(failure, smtplib.SMTPAuthenticationError):
        return "The mail server does not accept our user name and password."
    if isinstance(failure, smtplib.SMTPNotSupportedError):
        return "The mail server does not offer the protection that is asked for."
    if isinstance(failure, ssl.SSLError):
        return "The mail server's certificate cannot be trusted."
    return "The mail server cannot be reached."
