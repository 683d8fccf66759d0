"""Every page a payer can see, made in any language without a server: for tests of the words. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.datastructures import MultiDict

from app.models import PaymentState
from app.payments.offer import FailedDebit, Offer, Payable, Standing
from app.payments.outcome import Outcome
from app.payments.selection import Complaint, Fault
from app.payments.surcharge import SurchargeTerms
from app.portal.answers import spoken
from app.portal.formats import roughly
from app.portal.speech import Speech
from app.portal.view import invoices_page, notice_frame, tell_page, thanks_page

HOSTILE = "<script>alert(1)</script> {0} {business.__class__} \u202e"
TODAY = date(2026, 11, 20)
_APP = Path(__file__).parents[2] / "app"
_SURCHARGE = SurchargeTerms(
    "EUR", Decimal("1.5"), Decimal("0.30"), Decimal(10), Decimal("2.1"), takes_debits=True
)


class _Request:
    view_args: ClassVar = {"token": "t"}


def _environment() -> Environment:
    """As the site has it, but a word that does not exist is an error."""
    folders = [_APP / "portal" / "templates", _APP / "web" / "templates"]
    made = Environment(loader=FileSystemLoader(folders), autoescape=True, undefined=StrictUndefined)
    made.globals |= {"url_for": lambda name, **_: f"/{name}", "request": _Request}
    return made


_TEMPLATES = _environment()


def pages(speech: Speech) -> Iterator[tuple[str, str]]:
    """Each page by a name, in all that it can say."""
    for name, template, values in _all_values(speech):
        shown = _TEMPLATES.get_template(template).render(spoken(speech) | values)
        yield name, shown


def offer(**changes: Any) -> Offer:
    """Two open invoices in euros and one in pounds of a business with a hostile name."""
    payables = (
        _payable(1, "EUR", days=40),
        _payable(2, "EUR", days=1),
        replace(_payable(3, "GBP", days=0), number=HOSTILE),
    )
    usual = Offer(
        standing=Standing.PAYABLE,
        business_name=HOSTILE,
        reply_to="office@harbour.example",
        currency="EUR",
        today=TODAY,
        read_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
        payables=payables,
        on_its_way={"EUR": Decimal("12.50")},
        failed_debits=(FailedDebit(Decimal("8.00"), "EUR", TODAY),),
        parts_from=10,
        bank_details=f"IBAN 12\n{HOSTILE}",
        surcharges={"EUR": _SURCHARGE},
    )
    return replace(usual, **changes)


def _payable(number: int, currency: str, *, days: int) -> Payable:
    due_on = TODAY - timedelta(days)
    amount = Decimal("1234.50")
    return Payable(UUID(int=number), f"INV-{number}", due_on, due_on, currency, amount, Decimal("123.45"))


def _all_values(speech: Speech) -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield from _invoices(speech)
    yield from _forms(speech)
    for frame in (offer(), offer(reply_to=None, on_its_way={})):
        notices = notice_frame(frame, speech)
        for name in ("paid", "processing", "withdrawn", "revoked", "expired", "refused", "try_again"):
            yield name, f"portal/{name}.html", notices
        when = roughly(timedelta(minutes=5), speech)
        yield "cannot_check", "portal/cannot_check.html", notices | {"when": when}
    yield "unknown", "portal/unknown.html", {"business_name": ""}
    for state in ("asked", "stopped", "undone"):
        yield f"stop {state}", "portal/unsubscribe.html", notice_frame(offer(), speech) | {"state": state}
    for status in (400, 404, 413, 429, 500, 503):
        yield f"trouble {status}", "errors/payer.html", {"status": status, "business_name": ""}
    for known in (*PaymentState, None):
        yield f"done {known}", "portal/done.html", _thanks(speech, known)
    yield "done closed", "portal/done.html", _thanks(speech, None, is_closed=True)


def _invoices(speech: Speech) -> Iterator[tuple[str, str, dict[str, Any]]]:
    faults = {UUID(int=number): fault.value for number, fault in enumerate(Fault, start=1)}
    with_faults = invoices_page(offer(), speech, faults=faults)
    no_cards = offer(standing=Standing.NO_CARDS)
    alone = offer(payables=offer().payables[:1], surcharges={}, parts_from=None)
    for notice in ("", *Complaint):
        yield f"invoices {notice}", "portal/invoices.html", with_faults | {"notice": notice}
    for shown in (no_cards, replace(no_cards, bank_details=None, reply_to=None), alone):
        yield "invoices", "portal/invoices.html", invoices_page(shown, speech) | {"notice": ""}


def _forms(speech: Speech) -> Iterator[tuple[str, str, dict[str, Any]]]:
    typed = MultiDict(
        {"day": HOSTILE, "method": "card", "reference": HOSTILE, "reason": "", "words": HOSTILE}
    )
    values = tell_page(offer(), speech, last_day=TODAY + timedelta(14))
    for form in ("say_paid", "say_when", "say_wrong"):
        for complaint in ("", speech.words["slips"]["reason"]):
            yield form, f"portal/{form}.html", values | {"typed": typed, "complaint": complaint}
        yield f"told {form}", "portal/told.html", notice_frame(offer(), speech) | {"form": form}


def _thanks(speech: Speech, known: PaymentState | None, *, is_closed: bool = False) -> dict[str, Any]:
    found = Outcome(HOSTILE, Decimal("1234.50"), "EUR", known, is_closed)
    return thanks_page(found, speech) | {"pay_page": "/pay/t", "looks_again": known is None}
