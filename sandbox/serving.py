"""Serves a world: one HTTP port, one SMTP port."""

import logging
import socket
from dataclasses import dataclass
from typing import Any

from waitress.server import create_server

from sandbox.application import create_sandbox
from sandbox.beginning import close_world, open_world
from sandbox.mail import MailDoor
from sandbox.settings import SandboxSettings
from sandbox.world import World

THREADS = 16


@dataclass
class RunningSandbox:
    """A sandbox whose ports are open; it answers once `run` is called."""

    url: str
    world: World
    mail_door: MailDoor
    server: Any

    @property
    def smtp_port(self) -> int:
        return self.mail_door.port

    def run(self) -> None:
        """Serve until SystemExit or KeyboardInterrupt reaches this thread."""
        self.server.run()

    def stop(self) -> None:
        close_world(self.world)
        self.mail_door.stop()
        self.server.close()


def serve(settings: SandboxSettings) -> RunningSandbox:
    """Take the ports and build the world.

    OSError says that a port is taken or a company file cannot be opened, ValueError what is wrong in it.
    """
    logging.getLogger("waitress").setLevel(logging.ERROR)
    listening = socket.create_server((settings.host, settings.port))
    port = listening.getsockname()[1]
    public_url = settings.public_url or f"http://127.0.0.1:{port}"
    world = open_world(settings.model_copy(update={"port": port, "public_url": public_url}))
    mail_door = MailDoor(world)
    mail_door.start()
    server = create_server(create_sandbox(world), sockets=[listening], threads=THREADS, ident="sandbox")
    return RunningSandbox(public_url, world, mail_door, server)
