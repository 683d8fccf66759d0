"""The steps of the cadence, with a preview on a real customer."""

from app.web.cadence.views import pages

__all__ = ["pages"]
