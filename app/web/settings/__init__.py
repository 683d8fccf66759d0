"""The organisation's connection, card payments, booking, replies and sending."""

from app.web.settings.views import pages

__all__ = ["pages"]
