"""The main company's books as plain JSON, for judging whether a mirror of them is right.

The keys and words are those of the stand-in Xero, so that one judge does for both: what is active,
authorised, paid or voided is said in Xero's words although QuickBooks keeps no such statuses.
"""

from sandbox.quickbooks.judging.ledger import ledger_as_json

__all__ = ["ledger_as_json"]
