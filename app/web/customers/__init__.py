"""One customer: what they owe, what they got, and whether they are written to."""

from app.web.customers.views import pages

__all__ = ["pages"]
