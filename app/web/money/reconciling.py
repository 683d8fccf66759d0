"""The reconciliation: a period and a currency, differences first, and the same as a file."""

from functools import partial

from flask import Blueprint, Response, g, make_response, render_template, request

from app.payments.reading import read_if_stale
from app.payments.reconciliation import Reconciliation, currencies, reconcile
from app.web.entry_names import entry_name
from app.web.here import now, today, workspace
from app.web.money import seeing_to, stripe_reading
from app.web.money.reconciled_period import address, chosen_currency, months, period
from app.web.money.reconciliation_csv import as_csv
from app.web.money.reconciliation_words import Telling, explained, name_of, state_of
from app.web.people import names_of

_PAGE_SIZE = 100


def page() -> str:
    """The three sides of a period; what may be old is read while they are looked at."""
    with workspace() as session:
        stripe = read_if_stale(session, now=now())
    found, choices = _found()
    number, last = max(1, request.args.get("page", 1, type=int)), max(1, -(-len(found.lines) // _PAGE_SIZE))
    number = min(number, last)
    of_period = partial(address, found.currency)
    return render_template(
        "money/reconciliation.html",
        found=found,
        stripe=stripe,
        lines=found.lines[(number - 1) * _PAGE_SIZE : number * _PAGE_SIZE],
        currencies=choices,
        months=[(name, of_period(*days)) for name, days in months(today()).items()],
        page=number,
        last=last,
        address=lambda number: of_period(found.first, found.last, number),
        explained=partial(explained, telling=_telling(found)),
        name_of=name_of,
        state_of=state_of,
        entry_name=entry_name,
    )


def file() -> Response:
    """All lines of the period, for a spreadsheet."""
    found, _ = _found()
    answer = make_response(as_csv(found, _telling(found)))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"reconciliation-{found.currency}-{found.first}-{found.last}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _found() -> tuple[Reconciliation, list[str]]:
    first, last = period(request.args.get("first", ""), request.args.get("last", ""), today())
    with workspace() as session:
        choices = currencies(session)
        currency = chosen_currency(request.args.get("currency", ""), choices)
        return reconcile(session, first=first, last=last, currency=currency), choices


def _telling(found: Reconciliation) -> Telling:
    settled = [line.cause.settled for line in found.lines]
    return Telling(
        ledger=g.organisation.ledger.name if g.organisation.ledger else "the ledger",
        last=found.last,
        people=names_of({one.by for one in settled if one}),
        zone=g.organisation.time_zone,
    )


def add_routes(pages: Blueprint) -> None:
    """Put the page, its file and its buttons under Money."""
    pages.add_url_rule("/money/reconciliation", "reconciliation", page)
    pages.add_url_rule("/money/reconciliation.csv", "reconciliation_file", file)
    stripe_reading.add_routes(pages)
    seeing_to.add_routes(pages)
