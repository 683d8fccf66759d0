"""Where money is booked: the accounts per currency, the entries of a sample payment, and the switch."""

from app.web.booking.views import pages

__all__ = ["pages"]
