"""Payments, fees and their entries in the ledger."""

from app.web.money.views import pages

__all__ = ["pages"]
