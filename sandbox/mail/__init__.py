"""A mail provider: an SMTP door, an inbox to look into, and a search that settles what was accepted."""

from sandbox.mail.door import MailDoor
from sandbox.mail.routes import blueprint
from sandbox.mail.state import Mail, MailState

__all__ = ["Mail", "MailDoor", "MailState", "blueprint"]
