"""How far the ledger has been read."""

from app.web.progress.views import pages

__all__ = ["pages"]
