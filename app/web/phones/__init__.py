"""Settings of text messages and WhatsApp."""

from app.web.phones.views import pages

__all__ = ["pages"]
