"""The reconciliation: a period and a currency, differences first, and the same as a file."""

from datetime import date, timedelta
from functools import partial

from flask import Blueprint, Response, g, make_response, render_template, request, url_for

from app.payments.reconciliation import Reconciliation, currencies, reconcile
from app.web.entry_names import entry_name
from app.web.here import today, workspace
from app.web.money.reconciliation_csv import as_csv
from app.web.money.reconciliation_words import explained, name_of

_PAGE_SIZE = 100
_LONGEST = timedelta(days=366)


def page() -> str:
    """The three sides of a period."""
    found, choices = _found()
    number, last = max(1, request.args.get("page", 1, type=int)), max(1, -(-len(found.lines) // _PAGE_SIZE))
    number = min(number, last)
    month_address = partial(_address, found.currency)
    address = partial(month_address, found.first, found.last)
    return render_template(
        "money/reconciliation.html",
        found=found,
        lines=found.lines[(number - 1) * _PAGE_SIZE : number * _PAGE_SIZE],
        currencies=choices,
        months=[(name, month_address(*of)) for name, of in months(today()).items()],
        page=number,
        last=last,
        address=lambda number: address(page=number),
        explained=explained,
        name_of=name_of,
        entry_name=entry_name,
    )


def file() -> Response:
    """All lines of the period, for a spreadsheet."""
    found, _ = _found()
    answer = make_response(as_csv(found, _ledger_name()))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"reconciliation-{found.currency}-{found.first}-{found.last}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _found() -> tuple[Reconciliation, list[str]]:
    first, last = period(request.args.get("first", ""), request.args.get("last", ""), today())
    with workspace() as session:
        choices = currencies(session)
        wished = request.args.get("currency", "")
        usual = g.organisation.base_currency
        currency = wished if wished in choices else usual if usual in choices else (choices or [usual])[0]
        return reconcile(session, first=first, last=last, currency=currency), choices


def period(first: str, last: str, today: date) -> tuple[date, date]:
    """What was asked for, a year at most; this month so far, where that is no period. Pure."""
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return today.replace(day=1), today
    # Far from the ends of the calendar, where a day more or less has no date.
    if not date(2000, 1, 1) <= begin <= end <= date(2200, 1, 1):
        return today.replace(day=1), today
    return begin, min(end, begin + _LONGEST)


def months(today: date) -> dict[str, tuple[date, date]]:
    """The periods that are asked for most, by what they are called. Pure."""
    first = today.replace(day=1)
    before = first - timedelta(days=1)
    return {"Last month": (before.replace(day=1), before), "This month": (first, today)}


def _address(currency: str, first: date, last: date, page: int | None = None) -> str:
    days = {"first": first.isoformat(), "last": last.isoformat()}
    return url_for("money.reconciliation", **days, currency=currency, page=page)


def _ledger_name() -> str:
    return g.organisation.ledger.name if g.organisation.ledger else "the ledger"


def add_routes(pages: Blueprint) -> None:
    """Put the page and its file under Money."""
    pages.add_url_rule("/money/reconciliation", "reconciliation", page)
    pages.add_url_rule("/money/reconciliation.csv", "reconciliation_file", file)
