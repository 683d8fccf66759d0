"""What becomes of reminders that were due while nothing could leave."""

from app.web.catch_up.views import pages

__all__ = ["pages"]
