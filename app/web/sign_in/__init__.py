"""Signing in with the ledger's identity, and out."""

from app.web.sign_in.views import pages

__all__ = ["pages"]
