"""A document as a ledger prints it: checked before anybody gets it. Pure."""

from app.kit.errors import Rejected

MOST_BYTES = 5_000_000
"""An invoice is some ten thousand bytes; mail servers take about ten million in all."""


def checked_pdf(content: bytes) -> bytes:
    """The same bytes. Raises Rejected for what is no PDF, and for one that no mail should carry."""
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-1024:]:
        raise Rejected("The ledger did not print the invoice as a PDF.")
    if len(content) > MOST_BYTES:
        raise Rejected(f"The invoice's PDF is larger than {MOST_BYTES // 1_000_000} MB.")
    return content
