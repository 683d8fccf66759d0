"""A line between a client and a server that can be told to stop, and that tells what went over it."""

import socket
import threading


class StallingLine:
    """Carries every connection to `port` on. From the moment `stop_when` is true of what the client (or the
    server) has said, nothing of that side is carried any more, and `stalled` is set."""

    def __init__(self, port: int, *, client_says: bytes = b"", server_says: bytes = b"") -> None:
        self._target = port
        self._client_says, self._server_says = client_says, server_says
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.stalled = threading.Event()
        self._open: list[socket.socket] = [self._listening]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        for one in self._open:
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            self._open += [client, server]
            self._carry(client, server, self._client_says)
            self._carry(server, client, self._server_says)

    def _carry(self, source: socket.socket, target: socket.socket, stop_at: bytes) -> None:
        def carry() -> None:
            said = b""
            try:
                while part := source.recv(65536):
                    said += part
                    if stop_at and stop_at in said:
                        self.stalled.set()
                        return
                    target.sendall(part)
                target.shutdown(socket.SHUT_WR)
            except OSError:
                return

        threading.Thread(target=carry, daemon=True).start()
