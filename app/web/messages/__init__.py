"""The log of reminders and messages, with reasons."""

from app.web.messages.views import pages

__all__ = ["pages"]
