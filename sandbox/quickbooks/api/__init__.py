"""The Accounting API: every call passes the door; the views behind it read and change the books."""

from sandbox.quickbooks.api import batch, reading, writing
from sandbox.quickbooks.api.door import Door


def add_routes(door: Door) -> None:
    """Register every view of the API."""
    for part in (reading, writing, batch):
        part.add_routes(door)
