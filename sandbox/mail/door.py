"""The SMTP server: accepts any recipient, and misbehaves when a fault says so."""

import asyncio
import hmac
import logging
import socket
import threading

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sandbox.faults import Fault
from sandbox.world import World

ACCEPTED = "250 2.0.0 OK: queued as {}"
REFUSALS = {
    "451": "451 4.3.0 Temporary failure, please try again later",
    "550": "550 5.1.1 The mailbox does not exist",
}


class MailDoor:
    """Takes its port at once; serves from a thread of its own between `start` and `stop`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._listening = socket.create_server((world.settings.host, world.settings.smtp_port))
        self.port: int = self._listening.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="smtp", daemon=True)
        logging.getLogger("mail.log").setLevel(logging.ERROR)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(2)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            self._loop.create_server(self._conversation, sock=self._listening)
        )
        self._loop.run_forever()
        server.close()

    def _conversation(self) -> SMTP:
        settings = self._world.settings
        return SMTP(
            _Clerk(self._world),
            data_size_limit=settings.smtp_size_limit,
            enable_SMTPUTF8=True,
            hostname="sandbox.example",
            ident="DueMate sandbox",
            loop=self._loop,
            authenticator=self._authenticate,
            auth_require_tls=False,
            auth_required=bool(settings.smtp_user),
        )

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: object
    ) -> AuthResult:
        settings = self._world.settings
        if not settings.smtp_user:
            return AuthResult(success=True)
        wanted = f"{settings.smtp_user}\0{settings.smtp_password}".encode()
        given = login.login + b"\0" + login.password if isinstance(login, LoginPassword) else b""
        return AuthResult(success=hmac.compare_digest(wanted, given), handled=False)


class _Clerk:
    """What aiosmtpd calls for each command of a conversation; the names are its own."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        fault = self._fault(f"RCPT {address}", tuple(REFUSALS))
        if fault is not None:
            return REFUSALS[fault.kind]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        fault = self._fault(
            f"DATA {', '.join(envelope.rcpt_tos)}", (*REFUSALS, "latency", "drop", "drop-before")
        )
        kind = fault.kind if fault else ""
        if kind in REFUSALS:
            return REFUSALS[kind]
        if kind == "drop-before":
            return self._hang_up(server)
        queued_as = self._accept(envelope)
        if fault is not None and kind == "latency":  # the mail is taken, only its 250 is late
            await asyncio.sleep(fault.value)
        return self._hang_up(server) if kind == "drop" else ACCEPTED.format(queued_as)

    def _fault(self, line: str, kinds: tuple[str, ...]) -> Fault | None:
        return self._world.faults.take("mail", line, kinds)

    def _accept(self, envelope: Envelope) -> str:
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        accepted_at = self._world.clock.now()
        mail = self._world.mail.accept(envelope.mail_from or "", envelope.rcpt_tos, raw, accepted_at)
        self._world.count("mail accepted")
        return mail.id

    @staticmethod
    def _hang_up(server: SMTP) -> str:
        """Cut the line before the client hears an answer."""
        if isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "421 4.4.2 Connection dropped"
