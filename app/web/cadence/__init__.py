"""Cadences: the list with its rules, and each one's steps with a preview on a real customer."""

from app.web.cadence import list_views
from app.web.cadence.views import pages

__all__ = ["list_views", "pages"]
