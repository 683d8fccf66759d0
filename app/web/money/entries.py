"""A payment's entries in the ledger as few lines: what is booked is summed up, what is not stands alone. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.models import WriteBackKind, WriteBackState
from app.payments.queries_entries import EntryRow
from app.web.entry_names import ENTRY_NAMES, entry_name
from app.web.formats import counted


@dataclass(frozen=True)
class EntryLine:
    """One line: a state, what it is about, and the sentence if somebody has to act."""

    state: WriteBackState
    about: str
    booked_on: date | None
    reason: str | None


def entry_lines(entries: Sequence[EntryRow]) -> list[EntryLine]:
    """The booked ones by kind, then every other one with its reason."""
    booked = [entry for entry in entries if entry.state == WriteBackState.DONE and not entry.reason]
    return [*_summed(booked), *(_alone(entry) for entry in entries if entry not in booked)]


def _summed(booked: Sequence[EntryRow]) -> list[EntryLine]:
    lines = []
    for kind, names in ENTRY_NAMES.items():
        days = [entry.booked_on for entry in booked if entry.kind == kind]
        if days:
            about = counted(len(days), *names)
            lines.append(
                EntryLine(
                    WriteBackState.DONE, about, max(days) if kind is WriteBackKind.PAYMENT else None, None
                )
            )
    return lines


def _alone(entry: EntryRow) -> EntryLine:
    name = entry_name(entry.kind)
    about = f"{name} for {entry.invoice_number}" if entry.invoice_number else name
    return EntryLine(WriteBackState(entry.state), about, None, entry.reason or entry.undo_reason)
