"""The finished message: a mail with its text first, then HTML with a table of the invoices; or a text message. Pure.

The business speaks, not we. What is hostile in a ledger's names is taken out in `letter` and escaped in HTML.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime

from app.kit.clock import local_date
from app.reminders import segments, wording
from app.reminders.letter import Letter, clean, days_overdue, money, short_day, variables
from app.reminders.mail_pages import both_forms

__all__ = ["Composed", "Letter", "clean", "compose", "compose_text_message", "money", "variables"]


_OF_DEBIT = frozenset({"debit_failed", "debit_amount", "debit_day"})


@dataclass(frozen=True, slots=True)
class Composed:
    """A finished message. A text message has neither headers nor, but empty, subject and HTML."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table, as it is shown, and as a sentence."""

    number: str
    issued: str
    due: str
    days_overdue: str
    amount: str
    sentence: str


def compose(letter: Letter) -> Composed:
    """The mail for these invoices. Raises WordingFault if the step's text cannot be filled in."""
    values = variables(letter)
    subject = clean(wording.fill(letter.subject, values), longest=wording.LONGEST_SUBJECT)
    body = wording.fill(letter.body, values).strip()
    if not subject or not body:
        raise wording.WordingFault("Nothing is left of this text once its conditions are met.")
    said = {name: phrase.format_map(_Said(values)) for name, phrase in letter.phrases.items()}
    if speaks_of_debit(letter):
        body = f"{said['debit_failed']}\n\n{body}"
    shown = {
        "letter": letter,
        "said": said,
        "subject": subject,
        "paragraphs": [p.strip().splitlines() for p in body.split("\n\n") if p.strip()],
        "body": body,
        "business": values["business_name"],
        "rows": rows_of(letter),
        "total": values["total"],
        "language": letter.locale.language,
        "tells_late_fees": tells_late_fees(letter),
    }
    text, html = both_forms("reminder", shown)
    return Composed(subject=subject, text=text, html=html, headers=_headers(letter))


def compose_text_message(letter: Letter) -> Composed:
    """The text message: names the sender, says how to stop, and is spelt so that it takes few segments.

    Raises WordingFault if the step's text cannot be filled in or is too long for a text message.
    """
    values = variables(letter)
    body = " ".join(segments.plain(wording.fill(letter.body, values)).split())
    if not body:
        raise wording.WordingFault("Nothing is left of this text once its conditions are met.")
    business = segments.plain(str(values["business_name"]))
    named = body if business in body else f"{business}: {body}"
    ends = [letter.phrases["stop_text"]]
    if speaks_of_debit(letter):
        ends.insert(0, letter.phrases["debit_failed_text"].format_map(values))
    if tells_late_fees(letter):
        ends.insert(0, letter.phrases["late_fees_text"].format_map(values))
    text = " ".join([named, *(segments.plain(end) for end in ends)])
    if len(text) > wording.LONGEST_TEXT_MESSAGE:
        raise wording.WordingFault(
            f"The text message came to {len(text)} characters; {wording.LONGEST_TEXT_MESSAGE} is the most."
        )
    return Composed(subject="", text=text, html="", headers={})


def speaks_of_debit(letter: Letter) -> bool:
    """Whether the house says that a bank debit did not go through, because the step's own words do not."""
    return letter.failed_debit is not None and not wording.variables_in(letter.body) & _OF_DEBIT


def tells_late_fees(letter: Letter) -> bool:
    """Whether the house says what is open of late fees, because the step's own words do not."""
    return letter.late_fees > 0 and "late_fees" not in wording.variables_in(letter.body)


class _Said(dict[str, object]):
    """The values of a phrase; what it does not have yet (a page's number) stays as it stands."""

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__(values, business=values["business_name"])

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def _headers(letter: Letter) -> dict[str, str]:
    """RFC 8058 for one click, RFC 3834 so that no machine answers; the last is Exchange's own for the same."""
    return {
        "Date": format_datetime(letter.now),
        "List-Unsubscribe": f"<{letter.unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def rows_of(letter: Letter) -> list[Row]:
    """The invoices as they are shown."""
    today, rows = local_date(letter.now, letter.zone), []
    for line in letter.lines:
        late = days_overdue(line, today)
        number, amount = clean(line.number) or "–", money(line.balance, letter)
        issued, due = short_day(line.issued_on, letter), short_day(line.due_on, letter)
        sentence = letter.phrases["row"].format(number=number, amount=amount, issued=issued, due=due)
        if late:
            sentence += letter.phrases["row_late_one" if late == 1 else "row_late"].format(days=late)
        rows.append(Row(number, issued, due, str(late or "–"), amount, sentence))
    return rows
