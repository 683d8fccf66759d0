"""Invoices and customers: what is owed, and why a reminder does or does not go."""

from app.web.invoices.views import pages

__all__ = ["pages"]
