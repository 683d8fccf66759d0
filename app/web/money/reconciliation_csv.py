"""The reconciliation as a file for a spreadsheet. Pure."""

import csv
from io import StringIO

from app.kit.money import rounded
from app.payments.reconciliation import Reconciliation
from app.payments.reconciliation_lines import Line
from app.web.money.reconciliation_words import Telling, explained, name_of, state_of

_HEAD = (
    "Day",
    "What",
    "Stripe's number",
    "Payout",
    "State",
    "Currency",
    "Stripe",
    "DueMate",
    "Ledger",
    "Difference",
    "Why",
)
# A cell that begins so is taken for a formula by spreadsheets (OWASP, CSV injection), in East Asia by wide signs too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def as_csv(reconciliation: Reconciliation, telling: Telling) -> str:
    """One row per line, in the order of the page; figures plain, texts that no spreadsheet takes for a formula."""
    file = StringIO()
    rows = csv.writer(file)
    rows.writerow(_HEAD)
    for line in reconciliation.lines:
        rows.writerow(_row(line, reconciliation.currency, telling))
    return file.getvalue()


def _row(line: Line, currency: str, telling: Telling) -> list[str]:
    figures = (line.stripe, line.ours, line.ledger, line.difference)
    texts = (name_of(line), line.cause.source, line.cause.payout or "", state_of(line), currency)
    return [
        line.cause.day.isoformat(),
        *(harmless(text) for text in texts),
        *(f"{rounded(figure, currency):f}" for figure in figures),
        harmless(explained(line, telling)),
    ]


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
