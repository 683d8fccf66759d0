"""Late fees: the rules and what they would charge, what is proposed, and what was charged."""

from app.web.late_fees import rule_views
from app.web.late_fees.views import pages

__all__ = ["pages", "rule_views"]
