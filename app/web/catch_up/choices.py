"""The three choices about late reminders in words: what each is called, what it does, and what it has done. Pure."""

from app.models import CatchUpMode
from app.web.formats import counted

WORDS = {
    CatchUpMode.SKIP: (
        "Skip them",
        "Steps whose day has passed are never sent. Later steps come on their days.",
    ),
    CatchUpMode.LATEST: (
        "Send the latest step only",
        "One message for the latest step of each invoice, nothing for the earlier ones.",
    ),
    CatchUpMode.MERGE: (
        "Send one message to each customer",
        "The latest steps too, with all that is late for a customer in one message per currency.",
    ),
}


def outcome(mode: CatchUpMode, count: int, *, unconfirmed: int) -> str:
    """What has become of so many late reminders, of which the `unconfirmed` wait for another word afterwards."""
    if mode is CatchUpMode.SKIP:
        return f"{counted(count, 'late reminder')} skipped."
    said = []
    if count > unconfirmed:
        said.append(f"{counted(count - unconfirmed, 'late reminder')} released.")
    if unconfirmed:
        wait = "waits" if unconfirmed == 1 else "wait"
        said.append(f"{counted(unconfirmed, 'late reminder')} {wait} for your word in the list on Today.")
    return " ".join(said)
