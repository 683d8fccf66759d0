"""A line to a server on this machine that ends at a phrase of the client's: cut, or dead without a word."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self


class Line:
    """Carries connections until clients have said a phrase `nth` times; the server hears it then, or not.

    From there on no answer comes. A line that is cut ends all its connections (once the server has answered, if it
    heard), refuses so many new ones, and carries again. A dead one lets in whoever comes and never answers.
    """

    def __init__(
        self, port: int, phrase: bytes, *, nth: int = 1, is_heard: bool, is_cut: bool, refuses: int = 0
    ) -> None:
        self._target, self._phrase, self._left = port, phrase, nth
        self._is_heard, self._is_cut, self._refuses = is_heard, is_cut, refuses
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.met = threading.Event()
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._accepting = self._begin(self._accept)

    def close(self) -> None:
        """End everything. May be called again."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listening.close()
        self._cut()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if self.met.is_set() and self._refuses > 0:
                self._refuses -= 1
                client.close()
            else:
                self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._target))
        except OSError:
            client.close()
            return
        with self._lock:
            self._open += [client, server]
        self._begin(self._ask, client, server)
        self._begin(self._answer, client, server)

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        """What the client says goes on to the server, up to the phrase."""
        said = b""
        with suppress(OSError):
            while part := client.recv(65536):
                said = said[1 - len(self._phrase) :] + part
                if self._is_dead:
                    continue
                if not self._is_the_end(said) or self._is_heard:
                    server.sendall(part)
                elif self._is_cut:
                    self._cut()
            server.shutdown(socket.SHUT_WR)

    def _answer(self, client: socket.socket, server: socket.socket) -> None:
        is_new = self.met.is_set()
        with suppress(OSError):
            while part := server.recv(65536):
                if not self.met.is_set() or (is_new and self._is_cut):
                    client.sendall(part)
                elif self._is_cut:
                    self._cut()
            client.shutdown(socket.SHUT_WR)

    @property
    def _is_dead(self) -> bool:
        return self.met.is_set() and not self._is_cut

    def _is_the_end(self, said: bytes) -> bool:
        with self._lock:
            if self.met.is_set():
                return False
            self._left -= said.count(self._phrase)
            if self._left > 0:
                return False
            self.met.set()
            return True

    def _cut(self) -> None:
        with self._lock:
            ended, self._open = self._open, []
        for one in ended:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _begin(self, act: Callable[..., None], *given: object) -> threading.Thread:
        thread = threading.Thread(target=act, args=given, daemon=True)
        thread.start()
        return thread
