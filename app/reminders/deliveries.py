"""A reminder on its way from the gate to its channel, as values."""

from dataclasses import dataclass, field
from uuid import UUID

from app.channels.base import Attachment as File
from app.channels.base import Outgoing
from app.payments.links import NewPayLink
from app.reminders.addresses import Addressed
from app.reminders.cases import Batch, Case
from app.reminders.compose import Composed
from app.reminders.deciding import Answers
from app.reminders.gate import Facts, Send


@dataclass(frozen=True)
class Delivery:
    """A case that the gate lets go."""

    batch: Batch
    case: Case
    facts: Facts
    verdict: Send
    answers: Answers


@dataclass(frozen=True)
class Intended:
    """A message whose row is written, with what it came from."""

    delivery: Delivery
    outgoing: Outgoing = field(repr=False)

    @property
    def message_id(self) -> UUID:
        return UUID(self.outgoing.marker)


@dataclass(frozen=True)
class Written:
    """A finished message and the link in it."""

    delivery: Delivery
    message_id: UUID
    link: NewPayLink = field(repr=False)
    composed: Composed = field(repr=False)
    addressed: Addressed = field(repr=False)
    template: str | None
    variables: dict[str, str] = field(repr=False)
    files: tuple[File, ...] = ()

    @property
    def reminder_id(self) -> UUID:
        return self.delivery.case.claim.reminder_id
