"""The organisations a user works for, and switching between them."""

from app.web.organisations.views import pages

__all__ = ["pages"]
