"""The list of invoices, one invoice, and holds on it."""

from dataclasses import replace
from datetime import date
from functools import partial
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.kit.errors import Rejected
from app.models import HoldScope
from app.reminders.disputes import LABELS as LABELS_OF_DISPUTES
from app.web import formats
from app.web.here import ground, now, today, user_id, workspace
from app.web.invoices import history, listing
from app.web.invoices.holds import NO_WISH, HoldWish, hold_on, place_hold, read_wish, release
from app.web.invoices.listing import LABELS, Show
from app.web.invoices.standing import answers
from app.web.invoices.words import words_about
from app.web.invoices.words_views import add_routes
from app.web.refused import NOT_REFUSED, Refused

pages = Blueprint("invoices", __name__, template_folder="templates")
add_routes(pages, lambda invoice_id, refused: (_page(invoice_id, NO_WISH, refused), 422))

_LONGEST_SEARCH = 100


def say_day(value: date) -> str:
    """A date as this page writes dates."""
    return formats.day(value, today(), g.organisation.locale)


@pages.get("/invoices")
def table() -> str:
    chosen = request.args.get("show", "")
    show = Show(chosen) if chosen in list(Show) else Show.OPEN
    search = request.args.get("q", "").strip()[:_LONGEST_SEARCH]
    with workspace() as session:
        page = listing.invoice_page(
            session,
            show=show,
            search=search,
            page=request.args.get("page", 1, type=int),
            today=today(),
            base_currency=g.organisation.base_currency,
        )
        reasons = answers(session, page.lines, today=today(), say_day=say_day)
    address = partial(url_for, "invoices.table", show=show.value, q=search or None)
    return render_template(
        "invoices/table.html",
        page=page,
        reasons=reasons,
        show=show,
        search=search,
        labels=LABELS,
        address=lambda number: address(page=number),
    )


@pages.get("/invoices/<uuid:invoice_id>")
def one(invoice_id: UUID) -> str:
    return _page(invoice_id, NO_WISH)


@pages.post("/invoices/<uuid:invoice_id>/hold")
def hold(invoice_id: UUID) -> Response | tuple[str, int]:
    wish = read_wish(request.form.get("reason", ""), request.form.get("until", ""), today=today())
    if wish.errors:
        return _page(invoice_id, wish), 422
    try:
        with workspace() as session:
            line = listing.one_line(session, invoice_id)
            place_hold(
                session, scope=HoldScope.INVOICE, subject_id=invoice_id, wish=wish, now=now(), by=user_id()
            )
    except Rejected as refused:
        return _page(invoice_id, replace(wish, errors={"until": refused.reason})), 422
    flash(f"{_named(line)} is on hold. Nobody is reminded of it.", "good")
    return redirect(url_for("invoices.one", invoice_id=invoice_id), 303)


@pages.post("/invoices/<uuid:invoice_id>/release")
def let_go(invoice_id: UUID) -> Response:
    with workspace() as session:
        line = listing.one_line(session, invoice_id)
        release(session, subject_id=invoice_id, now=now())
    flash(f"{_named(line)} is released. Its next reminder is being planned.", "good")
    return redirect(url_for("invoices.one", invoice_id=invoice_id), 303)


def _named(line: listing.Line) -> str:
    return f"Invoice {line.number}" if line.number else "The invoice"


def _page(invoice_id: UUID, wish: HoldWish, refused: Refused = NOT_REFUSED) -> str:
    with workspace() as session:
        line = listing.one_line(session, invoice_id)
        reason = answers(session, [line], today=today(), say_day=say_day)[line.id]
        past = history.reminders_of_invoice(session, invoice_id)
        payments = history.payments_of_invoice(session, invoice_id)
        hold = hold_on(session, invoice_id, today())
        customer_hold = hold_on(session, line.customer_id, today())
        words = words_about(ground(), session, invoice_id, today=today())
    return render_template(
        "invoices/one.html",
        line=line,
        reason=reason,
        past=past,
        payments=payments,
        hold=hold,
        customer_hold=customer_hold,
        wish=wish,
        refused=refused,
        words=words,
        dispute_reasons=LABELS_OF_DISPUTES,
    )
