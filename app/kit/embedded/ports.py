"""Chooses a TCP port on 127.0.0.1 once and keeps to it while it is free."""

import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen there now. Ports in TIME_WAIT count as free, as they do for servers."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def remembered_port(memory: Path) -> int:
    """The port written in `memory` if it is still free, else another, which is remembered instead."""
    known = memory.read_text().strip() if memory.exists() else ""
    if known.isdigit() and is_free(int(known)):
        return int(known)
    port = free_port()
    memory.write_text(str(port))
    return port
