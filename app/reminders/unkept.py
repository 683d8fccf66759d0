"""Why a payer's word cannot be kept, so that a page can say it in the payer's language."""

from datetime import date
from enum import StrEnum

from app.kit.errors import Rejected


class Unkept(StrEnum):
    """The reasons there are."""

    NOTHING_PAID = "nothing_paid"
    DAY_PAID = "day_paid"
    CLAIMED_BEFORE = "claimed_before"
    PROOF_TOO_LARGE = "proof_too_large"
    PROOF_OF_NO_KIND = "proof_of_no_kind"
    DAY_PROMISED = "day_promised"
    PROMISED_BEFORE = "promised_before"
    DISPUTED_ALREADY = "disputed_already"


class WordUnkept(Rejected):
    """What a payer said cannot be kept. The message is for the business, whose pages are in English."""

    def __init__(self, why: Unkept, reason: str, **days: date) -> None:
        super().__init__(reason)
        self.why, self.days = why, days
        """The days that belong to the reason, such as the first and the last that may be chosen."""
