"""The three choices about late reminders in words: what it is called, and what it does."""

from app.models import CatchUpMode

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
