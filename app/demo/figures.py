"""What happened, as figures, and whether each is right."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from app.connectors.registry import LEDGERS


@dataclass
class Figures:
    """The demo's result. Any entry in `faults` makes it fail."""

    ledger: str = "xero"
    customers: int = 0
    invoices: int = 0
    planned: int = 0
    held: int = 0
    sent: int = 0
    paid: int = 0
    written_back: int = 0
    fees_booked: int = 0
    mirror_equals_ledger: bool = False
    left_alone: int = 0
    """Invoices that a payer's word kept out of reminders."""
    stopped_at_gate: int = 0
    fell_back: int = 0
    """Reminders that a second channel delivered."""
    foretold: int = 0
    left_as_foretold: int = 0
    late: int = 0
    caught_up: int = 0
    replayed: int = 0
    """Messages of the last twelve months, had they been sent."""
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def require(self, is_right: bool, otherwise: str) -> None:
        """Note a fault unless something is as it should be."""
        if not is_right:
            self.faults.append(otherwise)

    def values(self) -> dict[str, Any]:
        """The figures by name, and the faults if there are any."""
        hidden = {"planned"} if self.faults else {"planned", "faults"}
        return {name: value for name, value in vars(self).items() if name not in hidden}

    def show(self, console: Console) -> None:
        """A small table for the terminal."""
        table = Table(
            title=f"What happened at {LEDGERS[self.ledger].display_name}",
            show_header=False,
            title_justify="left",
        )
        table.add_column(justify="left")
        table.add_column(justify="right")
        for words, figure in (
            ("Customers in the mirror", self.customers),
            ("Invoices synced", self.invoices),
            ("Reminders planned", self.planned),
            ("Held until the owner confirmed the list", self.held),
            ("Reminders sent by e-mail", self.sent),
            ("Payments taken through pay links", self.paid),
            ("Payments written back to the ledger", self.written_back),
            ("Card fees booked", self.fees_booked),
            ("Mirror equals ledger, to the cent", "yes" if self.mirror_equals_ledger else "NO"),
            ("Invoices left alone on a payer's word", self.left_alone),
            ("Reminders stopped at the gate, paid in time", self.stopped_at_gate),
            ("Reminders that a second channel delivered", self.fell_back),
            ("Foretold for a day, and left on it", f"{self.foretold} / {self.left_as_foretold}"),
            ("Late after an outage, and sent on one word", f"{self.late} / {self.caught_up}"),
            ("Messages in a replay of the last year", self.replayed),
            ("Seconds", f"{self.seconds:.1f}"),
        ):
            table.add_row(words, str(figure))
        console.print(table)
        for fault in self.faults:
            console.print(f"[red]Not right:[/red] {fault}")


def as_json(performed: Sequence[Figures]) -> str:
    """One line: the figures of a ledger, or the sum of several with each of them."""
    if len(performed) == 1:
        return json.dumps(performed[0].values())
    total = Figures(
        ledger="both",
        **{name: sum(getattr(figures, name) for figures in performed) for name in _SUMMED},
        mirror_equals_ledger=all(figures.mirror_equals_ledger for figures in performed),
        seconds=max(figures.seconds for figures in performed),
        faults=[f"{figures.ledger}: {fault}" for figures in performed for fault in figures.faults],
    )
    return json.dumps(total.values() | {"ledgers": [figures.values() for figures in performed]})


_OF_THE_MAIN_JOB = ("customers", "invoices", "planned", "held", "sent", "paid", "written_back", "fees_booked")
_OF_THE_SCENES = (
    "left_alone",
    "stopped_at_gate",
    "fell_back",
    "foretold",
    "left_as_foretold",
    "late",
    "caught_up",
    "replayed",
)
_SUMMED = _OF_THE_MAIN_JOB + _OF_THE_SCENES
Say = Callable[[str], None]
