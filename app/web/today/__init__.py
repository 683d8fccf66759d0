"""What goes out, what needs a person, what came in."""

from app.web.today.views import pages

__all__ = ["pages"]
