"""Why a reminder does not simply leave: a word for code and counts, and a sentence for the business."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` is stable and may be counted; `sentence` is what the page shows."""

    code: str
    sentence: str


FIRST_LIST = Reason("first_list", "Nothing leaves until you have seen this list and confirmed it.")
PAUSED = Reason("paused", "Sending is paused for the whole organisation. It goes on when you resume.")
DISCONNECTED = Reason(
    "disconnected", "The ledger is disconnected, so nobody can tell what is still open. Reconnect it."
)
NO_MAIL_SERVER = Reason(
    "no_mail_server", "No mail server is set up for this installation, so no reminder can leave."
)
NO_EMAIL = Reason("no_email", "The customer has no e-mail address in the ledger. Add one there.")
OPTED_OUT = Reason("opted_out", "The customer asked for no more reminders by e-mail.")
INACTIVE = Reason("inactive", "The customer is archived in the ledger.")

PAID = Reason("paid", "Nothing was left to pay when the ledger was asked right before sending.")
NOT_DUE_YET = Reason(
    "not_due_yet", "The due date was moved in the ledger, so this step is no longer reached."
)
CHANGED = Reason("changed", "The invoice was changed in the ledger: it has another customer or currency now.")
VOIDED = Reason("voided", "The invoice was voided in the ledger, or is a draft again.")
GONE = Reason("gone", "The invoice no longer exists in the ledger.")
NOTHING_LEFT = Reason("nothing_left", "None of the invoices needed a reminder any more right before sending.")

STALE_FACTS = Reason(
    "stale_facts", "What the ledger said was too old by the time of sending. It is asked again."
)
SEND_WINDOW = Reason(
    "send_window", "Reminders leave on working days between 8:00 and 21:00. It goes at the next send hour."
)
VOLUME_BRAKE = Reason(
    "volume_brake",
    "Far more reminders than on your busiest day were about to leave. Look at the list and confirm it.",
)
BAD_EMAIL = Reason(
    "bad_email", "The customer's e-mail address in the ledger is not a valid one. Correct it there."
)
SEEN_CHANGED = Reason("seen_changed", "Something changed in the last moment, so it is looked at again.")
UNKNOWN_FOR_GOOD = Reason(
    "unknown",
    "We do not know whether this left: the connection to the mail server broke while it was handed over. "
    "Ask the customer, then mark it as sent or send it again.",
)
UNKNOWN_CHECKING = Reason(
    "unknown_checking", "The connection broke while it was handed over. The mail provider is being asked."
)
SENT_AGAIN = Reason("sent_again", "You decided to send it again.")
SUPERSEDED = Reason("superseded", "It was tried but not taken, and is no longer needed.")
MARKED_SENT = Reason("marked_sent", "You marked it as sent.")
NEVER_ARRIVED = "The mail provider never received it."
BROKEN = Reason(
    "broken",
    "Something in this reminder could not be worked out. It is looked at again at the next send hour.",
)
WORKER_LOST = Reason("try_again", "It was interrupted before it left, and is tried again.")


def held(why: str) -> Reason:
    """Held by a person without an end."""
    return Reason("held", f"On hold: {why}")


def held_until(until: date, why: str) -> Reason:
    """Held by a person up to and including a day."""
    return Reason("held_until", f"On hold until {until.day} {until:%b %Y}: {why}")


def ledger_unreachable(why: str) -> Reason:
    """The ledger could not be asked; the reminder waits and is tried again."""
    return Reason("ledger_unreachable", f"The ledger could not be asked what is still open. {why}".strip())


def try_again(why: str) -> Reason:
    """The channel could not take it now."""
    return Reason("try_again", f"{why} It is tried again.")


def wording(why: str) -> Reason:
    """The step's text cannot be filled in."""
    return Reason("wording", f"The text of this step cannot be filled in: {why}")


# Skipped for one of these, a customer may have another reminder on the same day.
FREES_THE_DAY = frozenset({SENT_AGAIN.code, SUPERSEDED.code})
# A reminder held for one of these has a time in `due_at` at which it is tried again by itself.
STANDING = frozenset(
    {"ledger_unreachable", "stale_facts", "send_window", "bad_email", "wording", "broken", "try_again"}
)
# The dispatcher also takes up what a person held until a day that has passed.
TAKEN_UP_WHEN_DUE = STANDING | {"held_until"}
