"""The organisation's connection, card payments, replies and sending."""

from app.web.settings.views import pages

__all__ = ["pages"]
