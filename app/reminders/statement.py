"""A statement of the invoices a message is about, as a PDF. Pure.

It lists what the message lists, with the balances the ledger told a moment before: never what has been paid since
somewhere else. The words come in as data, so that a name cannot become a command.
"""

import json
from pathlib import Path

import typst

from app.kit.clock import local_date
from app.reminders.compose import rows_of
from app.reminders.letter import Letter, short_day, variables

_TEMPLATE = Path(__file__).parent / "templates" / "statement.typ"
_LETTER_PAPER = frozenset({"US", "CA", "MX", "CL", "CO", "CR", "DO", "GT", "PA"})
_SAID = ("statement", "invoice", "issued", "due", "days_overdue", "amount_due", "total")


def statement_pdf(letter: Letter) -> bytes:
    """The statement in the letter's language, on the paper of the business's country."""
    values, today = variables(letter), local_date(letter.now, letter.zone)
    shown = {
        "said": {name: letter.phrases[name] for name in _SAID},
        "business": values["business_name"],
        "customer": values["customer_name"],
        "as_of": letter.phrases["as_of"].format(day=short_day(today, letter)),
        "language": letter.locale.language,
        "paper": "us-letter" if letter.country_code.upper() in _LETTER_PAPER else "a4",
        "rows": [
            {
                "number": row.number,
                "issued": row.issued,
                "due": row.due,
                "days_overdue": row.days_overdue,
                "amount": row.amount,
            }
            for row in rows_of(letter)
        ],
        "total": values["total"],
    }
    made = typst.compile(_TEMPLATE, root=_TEMPLATE.parent, sys_inputs={"statement": json.dumps(shown)})
    return bytes(made)
