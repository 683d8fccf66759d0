"""Vendors that misbehave on request."""

from sandbox.faults.book import (
    AFTER_THE_WRITE,
    HTTP_KINDS,
    MAIL_KINDS,
    VENDOR_KINDS,
    WEBHOOK_KINDS,
    Fault,
    Faults,
)
from sandbox.faults.spoiling import hang_up, install

__all__ = [
    "AFTER_THE_WRITE",
    "HTTP_KINDS",
    "MAIL_KINDS",
    "VENDOR_KINDS",
    "WEBHOOK_KINDS",
    "Fault",
    "Faults",
    "hang_up",
    "install",
]
