"""How a business's mails leave."""

from app.web.mail.views import pages

__all__ = ["pages"]
