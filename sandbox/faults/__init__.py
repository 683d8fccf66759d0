"""Vendors that misbehave on request."""

from sandbox.faults.book import HTTP_KINDS, MAIL_KINDS, VENDOR_KINDS, WEBHOOK_KINDS, Fault, Faults
from sandbox.faults.spoiling import hang_up, install

__all__ = [
    "HTTP_KINDS",
    "MAIL_KINDS",
    "VENDOR_KINDS",
    "WEBHOOK_KINDS",
    "Fault",
    "Faults",
    "hang_up",
    "install",
]
