"""The files that go with mails, fetched before anything is written down. What cannot be had holds the reminder."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from app.channels.base import Attachment as File
from app.channels.registry import EMAIL
from app.connectors.base import Ledger
from app.connectors.pace import Urgency
from app.connectors.registry import open_ledger
from app.kit.errors import DueMateError, Rejected
from app.kit.ground import Ground
from app.models import Attachment, Invoice
from app.reminders import reasons
from app.reminders.cases import Batch, Case
from app.reminders.gate import OpenLine
from app.reminders.letter import clean
from app.reminders.reasons import Reason

PDF = "application/pdf"
_MOST_INVOICES = 10
_MOST_BYTES = 8_000_000
# The facts that the gate saw last a minute; a portion may not spend it all on fetching.
_FETCHING_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reminder whose mail takes invoices along."""

    case: Case
    lines: tuple[OpenLine, ...]


@dataclass(frozen=True)
class Files:
    """What was fetched, by reminder; why others have to wait; and those whose turn did not come."""

    ready: Mapping[UUID, tuple[File, ...]] = field(default_factory=dict)
    missing: Mapping[UUID, Reason] = field(default_factory=dict)
    later: frozenset[UUID] = frozenset()


def attachment_of(batch: Batch, case: Case, lines: Sequence[OpenLine]) -> Attachment:
    """What goes with this message: only mails carry files."""
    return batch.words[lines[0].step_id].attachment if case.channel == EMAIL else Attachment.NONE


def fetch_invoices(ground: Ground, tenant_id: UUID, wanted: Sequence[Wanted]) -> Files:
    """The printed invoices of these reminders. Keep no unit of work open. At least one has its turn."""
    if not wanted:
        return Files()
    ready: dict[UUID, tuple[File, ...]] = {}
    missing: dict[UUID, Reason] = {}
    began = time.monotonic()
    keys = _keys(ground, tenant_id, {line.invoice_id for one in wanted for line in one.lines})
    for place, one in enumerate(wanted):
        if place and time.monotonic() - began > _FETCHING_SECONDS:
            rest = frozenset(other.case.claim.reminder_id for other in wanted[place:])
            return Files(ready, missing, rest)
        try:
            ledger = open_ledger(ground, tenant_id, urgency=Urgency.PROMPT)
            ready[one.case.claim.reminder_id] = _files(ledger, one.lines, keys)
        except DueMateError as failure:
            missing[one.case.claim.reminder_id] = reasons.not_attached(failure.reason)
    return Files(ready, missing)


def _files(ledger: Ledger, lines: Sequence[OpenLine], keys: Mapping[UUID, str]) -> tuple[File, ...]:
    if len(lines) > _MOST_INVOICES:
        raise Rejected(
            f"{len(lines)} invoices are too many to attach; {_MOST_INVOICES} is the most. "
            "Let this step attach a statement instead."
        )
    files: list[File] = []
    for line in lines:
        printed = ledger.invoice_pdf(keys[line.invoice_id])
        files.append(File(file_name(line.number or "invoice"), PDF, printed))
        if sum(len(file.content) for file in files) > _MOST_BYTES:
            raise Rejected(f"The invoices are larger than {_MOST_BYTES // 1_000_000} MB together.")
    return tuple(files)


def file_name(title: str) -> str:
    """A name that no file system and no mail program takes amiss."""
    kept = "".join(c if c.isalnum() or c in "-_ ." else "-" for c in clean(title, longest=60))
    return f"{kept.strip(' .') or 'document'}.pdf"


def _keys(ground: Ground, tenant_id: UUID, invoice_ids: set[UUID]) -> dict[UUID, str]:
    """The ledger's own ids."""
    with ground.database.tenant(tenant_id) as session:
        rows = session.execute(select(Invoice.id, Invoice.external_id).where(Invoice.id.in_(invoice_ids)))
        return {invoice_id: key for invoice_id, key in rows}  # noqa: C416 (a Row is not a pair of types)
