"""Whom a mail went to beside its first recipient, as its row keeps it."""

import json

from app.kit.sealing import Sealer
from app.models import Message
from app.reminders.addresses import Addressed

COPIES_COLUMN = "message.copies"


def seal_copies(sealer: Sealer, message: Message, addressed: Addressed) -> None:
    """Keep everybody but the first recipient, who has a column."""
    also_to, cc = list(addressed.to[1:]), list(addressed.cc)
    if also_to or cc:
        text = json.dumps({"to": also_to, "cc": cc})
        message.copies_sealed = sealer.seal(text, column=COPIES_COLUMN, row=message.id)


def opened_copies(sealer: Sealer, message: Message) -> Addressed:
    """The further recipients and those who got a copy; nobody for a message to one address."""
    if message.copies_sealed is None:
        return Addressed(())
    kept = json.loads(sealer.open(message.copies_sealed, column=COPIES_COLUMN, row=message.id))
    return Addressed(tuple(kept["to"]), tuple(kept["cc"]))
