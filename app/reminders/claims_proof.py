"""The file a payer sends along: believed for what its first bytes are, never for its name. Pure."""

from app.models import ProofKind
from app.reminders.unkept import Unkept, WordUnkept

LARGEST_PROOF = 4 * 1024 * 1024

# The signatures that PDF (ISO 32000), JPEG (ITU T.81) and PNG (ISO 15948) prescribe.
_SIGNATURES = {
    b"%PDF-": ProofKind.PDF,
    b"\xff\xd8\xff": ProofKind.JPEG,
    b"\x89PNG\r\n\x1a\n": ProofKind.PNG,
}
ENDINGS = {ProofKind.PDF: "pdf", ProofKind.JPEG: "jpg", ProofKind.PNG: "png"}


def kind_of(content: bytes) -> ProofKind:
    """What the file is. Raises WordUnkept for anything but the three kinds, and for one that is too large."""
    if len(content) > LARGEST_PROOF:
        raise WordUnkept(Unkept.PROOF_TOO_LARGE, "The file is larger than 4 MB. Send a smaller one, or none.")
    for signature, kind in _SIGNATURES.items():
        if content.startswith(signature):
            return kind
    words = "The file is not a PDF, JPEG or PNG. Send one of these, or none."
    raise WordUnkept(Unkept.PROOF_OF_NO_KIND, words)
