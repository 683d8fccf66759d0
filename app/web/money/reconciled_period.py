"""Which period of which currency the reconciliation is about, and its address."""

from datetime import date, timedelta

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

_LONGEST = timedelta(days=366)


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


def chosen_currency(wished: str, choices: list[str]) -> str:
    """What was asked for; else the company's own; else any in which money moved."""
    usual = str(g.organisation.base_currency)
    if wished in choices:
        return wished
    return usual if usual in choices else (choices or [usual])[0]


def address(currency: str, first: date, last: date, page: int | None = None) -> str:
    """Of the page for a period."""
    begin, end = first.isoformat(), last.isoformat()
    return url_for("money.reconciliation", first=begin, last=end, currency=currency, page=page)


def back() -> Response:
    """To the period on which a button was pressed."""
    first, last, currency = (request.form.get(name) or None for name in ("first", "last", "currency"))
    return redirect(url_for("money.reconciliation", first=first, last=last, currency=currency), 303)
