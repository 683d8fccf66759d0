"""Vendors that misbehave on request."""

from sandbox.faults.book import HTTP_KINDS, MAIL_KINDS, VENDOR_KINDS, WEBHOOK_KINDS, Fault, Faults
from sandbox.faults.spoiling import broken_answer, install

__all__ = [
    "HTTP_KINDS",
    "MAIL_KINDS",
    "VENDOR_KINDS",
    "WEBHOOK_KINDS",
    "Fault",
    "Faults",
    "broken_answer",
    "install",
]
