"""One customer, holds on them, and whether they are written to."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.models import HoldScope
from app.web.customers.opt_outs import stop_writing, write_again
from app.web.customers.queries import Person, owed, person
from app.web.here import ground, now, today, workspace
from app.web.invoices import history, listing
from app.web.invoices.holds import NO_WISH, HoldWish, hold_on, place_hold, read_wish, release
from app.web.invoices.standing import answers
from app.web.invoices.views import say_day

pages = Blueprint("customers", __name__, template_folder="templates")

_MOST_OPEN, _MOST_SETTLED = 500, 20


@pages.get("/customers/<uuid:customer_id>")
def one(customer_id: UUID) -> str:
    return _page(customer_id, NO_WISH)


@pages.post("/customers/<uuid:customer_id>/hold")
def hold(customer_id: UUID) -> Response | tuple[str, int]:
    wish = read_wish(request.form.get("reason", ""), request.form.get("until", ""), today=today())
    if wish.errors:
        return _page(customer_id, wish), 422
    with workspace() as session:
        who = person(ground(), session, customer_id)
        place_hold(session, scope=HoldScope.CUSTOMER, subject_id=customer_id, wish=wish, now=now())
    return _back(who, f"{who.name} is on hold and gets no reminders.")


@pages.post("/customers/<uuid:customer_id>/release")
def let_go(customer_id: UUID) -> Response:
    with workspace() as session:
        who = person(ground(), session, customer_id)
        release(session, subject_id=customer_id, now=now())
    return _back(who, f"{who.name} is released. The next reminder is being planned.")


@pages.post("/customers/<uuid:customer_id>/stop")
def stop(customer_id: UUID) -> Response:
    with workspace() as session:
        who = person(ground(), session, customer_id)
        stop_writing(session, customer_id, now=now())
    return _back(who, f"{who.name} gets no more reminders by e-mail.")


@pages.post("/customers/<uuid:customer_id>/again")
def again(customer_id: UUID) -> Response:
    with workspace() as session:
        who = person(ground(), session, customer_id)
        write_again(session, customer_id, now=now())
    return _back(who, f"{who.name} gets reminders again. The next one is being planned.")


def _back(who: Person, sentence: str) -> Response:
    flash(sentence, "good")
    return redirect(url_for("customers.one", customer_id=who.id), 303)


def _page(customer_id: UUID, wish: HoldWish) -> str:
    with workspace() as session:
        who = person(ground(), session, customer_id)
        open_lines = listing.lines_of_customer(session, customer_id, open_only=True, limit=_MOST_OPEN)
        settled = listing.lines_of_customer(session, customer_id, open_only=False, limit=_MOST_SETTLED)
        reasons = answers(session, [*open_lines, *settled], today=today(), say_day=say_day)
        past = history.reminders_of_customer(session, customer_id)
        totals = owed(session, customer_id, today())
        hold = hold_on(session, customer_id, today())
    return render_template(
        "customers/one.html",
        who=who,
        open_lines=open_lines,
        settled=settled,
        reasons=reasons,
        past=past,
        totals=totals,
        hold=hold,
        wish=wish,
    )
