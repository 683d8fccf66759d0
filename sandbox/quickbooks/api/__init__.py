"""The Accounting API: every call passes the door; the views behind it read and change the books."""

from sandbox.quickbooks.api.door import Door


def add_routes(_door: Door) -> None:
    """Register every view of the API."""
