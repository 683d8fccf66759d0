"""A mail server that counts, refuses, hangs up and loses as it is told."""

import socket
import threading


class StubServer:
    """Counts connections and mails; says yes to everything but `refused`.

    After `most` mails on a connection it hangs up, with or without a word; it keeps the mail numbered `loses` and
    hangs up instead of an answer.
    """

    def __init__(
        self, *, refused: bytes = b"-", most: int = 1_000_000, says_so: bool = True, loses: int = 0
    ) -> None:
        self._refused, self._most, self._says_so, self._loses = refused, most, says_so, loses

    def __enter__(self) -> "StubServer":
        self.connections = self.mails = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        taken, last = self.mails, b"421 closing\r\n" if self._says_so else b""
        with line, line.makefile("rwb") as conversation:
            answer = b"220 hello\r\n"
            while answer:
                conversation.write(answer)
                conversation.flush()
                command = conversation.readline().strip().upper()
                answer = b"221 bye\r\n" if command == b"QUIT" else b"250 ok\r\n" if command else b""
                if command.startswith(b"MAIL") and self.mails - taken >= self._most:
                    answer = last
                if command.startswith(self._refused):
                    answer = b"550 <somebody@customer.example> is unknown here\r\n"
                if command == b"DATA":
                    conversation.write(b"354 go on\r\n")
                    conversation.flush()
                    while conversation.readline() != b".\r\n":
                        pass
                    self.mails += 1
                    if self.mails == self._loses:
                        return
