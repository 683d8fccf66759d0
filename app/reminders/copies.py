"""Whom a mail went to beside its first recipient, as its row keeps it."""

import json
from uuid import UUID

from app.kit.sealing import Sealer
from app.models import Message
from app.reminders.addresses import Addressed

COPIES_COLUMN = "message.copies"


def sealed_copies(sealer: Sealer, addressed: Addressed, *, row: UUID) -> bytes | None:
    """Everybody but the first recipient, who has a column, for this message's row; None if there is nobody else."""
    others = {"to": list(addressed.to[1:]), "cc": list(addressed.cc), "bcc": list(addressed.bcc)}
    if not any(others.values()):
        return None
    return sealer.seal(json.dumps(others), column=COPIES_COLUMN, row=row)


def opened_copies(sealer: Sealer, message: Message) -> Addressed:
    """The further recipients and those who got a copy; nobody for a message to one address."""
    if message.copies_sealed is None:
        return Addressed(())
    kept = json.loads(sealer.open(message.copies_sealed, column=COPIES_COLUMN, row=message.id))
    return Addressed(tuple(kept["to"]), tuple(kept["cc"]), tuple(kept.get("bcc", ())))
