"""Dials a mail server. One that a business named is never one inside our own network.

The name is looked up once and the line goes to the very address that was judged: a name server that gives another
answer the second time gains nothing by it. The certificate is still checked against the name.
"""

import ipaddress
import smtplib
import socket
import ssl

from app.channels.email.server import MailServer
from app.kit.errors import Rejected


class Line(smtplib.SMTP):
    """A line that is opened by `dial`."""

    def dial(self, server: MailServer, *, within_seconds: float) -> None:
        """Connect and hear the greeting. Raises OSError, SMTPException or Rejected."""
        self._host: str = server.host
        self.timeout = within_seconds
        host = outside_address(server.host, server.port) if server.is_foreign else server.host
        code, greeting = self.connect(host, server.port)
        if code != 220:
            self.close()
            raise smtplib.SMTPConnectError(code, greeting)


class TlsLine(Line, smtplib.SMTP_SSL):
    """The same, encrypted from its first byte."""

    def __init__(self, context: ssl.SSLContext) -> None:
        smtplib.SMTP_SSL.__init__(self, context=context)


def outside_address(host: str, port: int) -> str:
    """An address of the host that anybody on the internet may connect to. Raises Rejected if it has none."""
    found = [str(place[4][0]) for place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for address in found:
        if ipaddress.ip_address(address.partition("%")[0]).is_global:
            return address
    raise Rejected("The mail server's name leads to no address on the internet.")
