"""What a gate may see, by example: one open invoice of one customer on a working morning."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from app.connectors.base import InvoiceRecord
from app.models import InvoiceState, Sending
from app.reminders.calendar_days import WEEKDAYS, Place
from app.reminders.gate import Facts, Line, Recipient
from app.reminders.planner_diary import Diary
from app.reminders.situation import Cadence
from app.reminders.standing import Organisation
from tests.reminders.values import number, step_id

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
OPEN = InvoiceRecord(
    external_id="i1",
    number="INV-1",
    reference="PO 7",
    customer_external_id="c1",
    customer_name="Ada Byron Ltd",
    state=InvoiceState.OPEN,
    currency="GBP",
    total=Decimal("100.00"),
    amount_due=Decimal("80.00"),
    amount_paid=Decimal("20.00"),
    amount_credited=Decimal("0.00"),
    issued_on=date(2026, 10, 14),
    due_on=date(2026, 11, 13),
    settled_on=None,
    changed_at=NOW,
)
ORGANISATION = Organisation("Europe/London", Sending.ON, is_connected=True, channels=frozenset({"email"}))


def line(name: int = 1, record: InvoiceRecord | None = OPEN, **changes: object) -> Line:
    return replace(Line(number(name), step_id(7), 7, record), **changes)  # type: ignore[arg-type]


def diary(
    *, zones: tuple[str, ...] = (), places: tuple[Place, ...] = (), weekdays: frozenset[int] = WEEKDAYS
) -> Diary:
    """When the recipient may be written to; the send hour is nine."""
    return Diary(Cadence(1, 9, (), weekdays), home="Europe/London", zones=zones, places=places)


def facts(*lines: Line, **changes: object) -> Facts:
    given_facts = Facts(
        now=NOW,
        read_at=NOW,
        mirror_read_at=NOW,
        organisation=ORGANISATION,
        diary=diary(),
        channel="email",
        currency="GBP",
        recipient=Recipient("c1", is_active=True, opted_out=False, has_valid_address=True),
        lines=lines or (line(),),
        is_expected=False,
        brake_left=10,
    )
    return replace(given_facts, **changes)  # type: ignore[arg-type]


def at(now: datetime, *lines: Line, **changes: object) -> Facts:
    """The same at another time, freshly read."""
    return facts(*lines, now=now, read_at=now, mirror_read_at=now, **changes)
