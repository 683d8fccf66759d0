"""Connecting a ledger: what it means, the consent, the choice of organisation."""

from app.web.connect.views import pages

__all__ = ["pages"]
