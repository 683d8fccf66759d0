"""The past year under one cadence or two."""

from app.web.replay.views import pages

__all__ = ["pages"]
