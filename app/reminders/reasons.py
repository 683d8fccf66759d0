"""Why a reminder does not simply leave: a word for code and counts, and a sentence for the business."""

from dataclasses import dataclass
from datetime import date

from app.models import HoldKind


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
STALE_MIRROR = Reason(
    "stale_mirror",
    "The ledger has not been read as a whole for two days, so money that came in since may not be known here. "
    "It is read again within minutes, and then this is looked at again.",
)
NO_MAIL_SERVER = Reason(
    "no_mail_server", "No mail server is set up for this installation, so no reminder can leave."
)
NO_SENDER = Reason(
    "no_sender",
    "None of this step's channels is set up. Set one up in the settings, or choose another one for the step.",
)
NO_EMAIL = Reason("no_email", "The customer has no e-mail address in the ledger. Add one there.")
NO_PHONE = Reason(
    "no_phone", "The customer has no mobile number in the ledger that may get text messages. Add one there."
)
OPTED_OUT = Reason("opted_out", "The customer asked for no more reminders by e-mail.")
INACTIVE = Reason("inactive", "The customer is archived in the ledger.")

PAID = Reason("paid", "Nothing was left to pay when the ledger was asked right before sending.")
NOT_DUE_YET = Reason(
    "not_due_yet", "The due date was moved in the ledger, so this step is no longer reached."
)
CHANGED = Reason("changed", "The invoice was changed in the ledger: it has another customer or currency now.")
OTHER_STEP = Reason(
    "other_step",
    "What is left to pay is too little or too much for this step, so the next one is looked for.",
)
VOIDED = Reason("voided", "The invoice was voided in the ledger, or is a draft again.")
GONE = Reason("gone", "The invoice no longer exists in the ledger.")
NOTHING_LEFT = Reason("nothing_left", "None of the invoices needed a reminder any more right before sending.")

STALE_FACTS = Reason(
    "stale_facts", "What the ledger said was too old by the time of sending. It is asked again."
)
SEND_WINDOW = Reason(
    "send_window",
    "It is outside the days and hours at which the customer may be written to. It goes when they begin again.",
)
DAY_TAKEN = Reason(
    "day_taken",
    "The customer has had a message on this channel today. This one goes on the next sending day.",
)
CHANNEL_TRIED = Reason(
    DAY_TAKEN.code,
    "Another channel was tried for this today, and two never are on one day. It goes on the next sending day.",
)
WEEK_FULL = Reason(
    "week_full",
    "The customer has had seven messages in seven days, and more are never sent. This one goes when there is room.",
)
SENDER_BUSY = Reason(
    "sender_busy",
    "Your sender lets out only so many messages a minute. This one goes as soon as it is its turn.",
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
ASKED_PERSON = Reason(
    "asked_person", "This step asks one of you to act: it is on Today. Nothing was sent to the customer."
)
NEVER_ARRIVED = "The mail provider never received it."
BROKEN = Reason(
    "broken",
    "Something in this reminder could not be worked out. It is looked at again at the next send hour.",
)
WORKER_LOST = Reason("try_again", "It was interrupted before it left, and is tried again.")


def late(first_on: date) -> Reason:
    """It was due while nothing could leave, and the owner has not said what becomes of such reminders."""
    return Reason(
        "late",
        f"It was due on {_day(first_on)}, when nothing could leave. Say on Today what becomes of what is late.",
    )


def held(why: str) -> Reason:
    """Held by a person without an end."""
    return Reason("held", f"On hold: {why}")


def held_until(until: date, why: str) -> Reason:
    """Held by a person up to and including a day."""
    return Reason("held_until", f"On hold until {_day(until)}: {why}")


def stopped(kind: HoldKind, why: str, until: date | None) -> Reason:
    """Held, in the words of what holds it. Whatever has an end is looked at again on the day after it."""
    if kind is HoldKind.MANUAL:
        return held(why) if until is None else held_until(until, why)
    words = _WORDS[kind].format(why=why.rstrip("."))
    if until is None:
        return Reason(kind.value, words)
    return Reason("held_until", f"{words} Nothing is sent until {_day(until)} has passed.")


def quiet_books(days: int) -> Reason:
    """Receipts used to come and none has been recorded for a while: what is paid may not be in the ledger yet."""
    return Reason(
        "stale_books",
        f"No receipt has been recorded in the ledger for {days} working days, though they used to come. "
        "Somebody who has paid might be reminded. Record what came in, or say on Customers, under Who is left "
        "alone, that this is usual.",
    )


def _day(value: date) -> str:
    return f"{value.day} {value:%b %Y}"


_WORDS = {
    HoldKind.PROMISE: "{why}.",
    HoldKind.DISPUTE: "In dispute: {why}. Settle it on the invoice's page to remind again.",
    HoldKind.CLAIMED_PAID: "The customer says that this is paid; {why}.",
    HoldKind.REPLIED: "The customer has answered {why}. Read it on the customer's page before more is sent.",
    HoldKind.BOUNCED: "A message came back: {why}. Correct the address in the ledger.",
    HoldKind.OTHER_SENDER: "{why}.",
    HoldKind.PROBABLY_PAID: "{why}. Apply it in the ledger, or say on Today that you want to remind anyway.",
    HoldKind.IN_FLIGHT: "{why}.",
    HoldKind.TAG: "{why}. Change that on Customers, under Who is left alone.",
    HoldKind.BELOW_MINIMUM: "{why}. Change that on Customers, under Who is left alone.",
}


def ledger_unreachable(why: str) -> Reason:
    """The ledger could not be asked; the reminder waits and is tried again."""
    return Reason("ledger_unreachable", f"The ledger could not be asked what is still open. {why}".strip())


def try_again(why: str) -> Reason:
    """The channel could not take it now."""
    return Reason("try_again", f"{why} It is tried again.")


def wording(why: str) -> Reason:
    """The step's text cannot be filled in."""
    return Reason("wording", f"The text of this step cannot be filled in: {why}")


def not_attached(why: str) -> Reason:
    """What the step promises to attach could not be had. It waits and is tried again, never sent without."""
    return Reason("attachment", f"The reminder waits because its attachment could not be had. {why}")


# Skipped for one of these, a customer may have another reminder on the same day.
FREES_THE_DAY = frozenset({SENT_AGAIN.code, SUPERSEDED.code})
# A reminder held for one of these has a time in `due_at` at which it is tried again by itself.
STANDING = frozenset(
    {
        "ledger_unreachable",
        "stale_facts",
        "stale_mirror",
        "send_window",
        "day_taken",
        "week_full",
        "sender_busy",
        "bad_email",
        "wording",
        "attachment",
        "broken",
        "try_again",
        "fallback",
        "no_mobile",
        "no_consent",
        "dead_address",
        "no_channel",
    }
)
# The dispatcher also takes up what a person held until a day that has passed.
TAKEN_UP_WHEN_DUE = STANDING | {"held_until"}
# Nothing but the house, its connection or its owner's pause stood in the way of a reminder held for one of these.
OURS = frozenset(
    {
        "late",
        PAUSED.code,
        DISCONNECTED.code,
        NO_MAIL_SERVER.code,
        NO_SENDER.code,
        STALE_MIRROR.code,
        STALE_FACTS.code,
        SEEN_CHANGED.code,
        SENDER_BUSY.code,
        "ledger_unreachable",
        "try_again",
    }
)
