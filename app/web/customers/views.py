"""One customer, holds on them, and whether they are written to."""

from dataclasses import replace
from datetime import date
from functools import partial
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.kit.errors import Rejected
from app.models import HoldKind, HoldScope
from app.reminders.contacts import ROLES
from app.reminders.explaining import explain
from app.reminders.holds import holds_in_force
from app.reminders.tags import add_tag, all_tags, remove_tag, tags_of
from app.web.customers import listing as listing_of_customers
from app.web.customers import reach_views, rules_views
from app.web.customers.opt_outs import stop_writing, write_again
from app.web.customers.queries import Person, owed, person
from app.web.customers.reach import reach
from app.web.customers.timeline import timeline
from app.web.here import ground, now, today, user_id, workspace
from app.web.invoices import history, listing
from app.web.invoices.holds import NO_WISH, HoldWish, hold_on, place_hold, read_wish, release
from app.web.invoices.standing import answers
from app.web.invoices.views import say_day
from app.web.refused import NOT_REFUSED, Refused
from app.web.today.to_do import to_do

pages = Blueprint("customers", __name__, template_folder="templates")

_MOST_OPEN, _MOST_SETTLED = 500, 20
_LONGEST_SEARCH = 100
rules_views.add_routes(pages)
reach_views.add_routes(pages, lambda customer_id, refused: (_page(customer_id, NO_WISH, refused), 422))
_FIRST = listing_of_customers.Show.OWING


@pages.get("/customers")
def table() -> str:
    chosen = request.args.get("show", "")
    show = listing_of_customers.Show(chosen) if chosen in list(listing_of_customers.Show) else _FIRST
    search, tag = (request.args.get(name, "").strip()[:_LONGEST_SEARCH] for name in ("q", "tag"))
    with workspace() as session:
        page = listing_of_customers.customer_page(
            session,
            show=show,
            search=search,
            tag=tag,
            page=request.args.get("page", 1, type=int),
            today=today(),
            base_currency=g.organisation.base_currency,
        )
        tags = all_tags(session)
    address = partial(url_for, "customers.table", show=show.value, q=search or None, tag=tag or None)
    return render_template(
        "customers/table.html",
        page=page,
        show=show,
        search=search,
        tag=tag,
        tags=tags,
        labels=listing_of_customers.LABELS,
        ageing=listing_of_customers.AGEING,
        address=lambda number: address(page=number),
    )


@pages.get("/customers/<uuid:customer_id>")
def one(customer_id: UUID) -> str:
    return _page(customer_id, NO_WISH)


@pages.post("/customers/<uuid:customer_id>/hold")
def hold(customer_id: UUID) -> Response | tuple[str, int]:
    wish = read_wish(request.form.get("reason", ""), request.form.get("until", ""), today=today())
    if wish.errors:
        return _page(customer_id, wish), 422
    try:
        with workspace() as session:
            who = person(ground(), session, customer_id)
            place_hold(
                session, scope=HoldScope.CUSTOMER, subject_id=customer_id, wish=wish, now=now(), by=user_id()
            )
    except Rejected as refused:
        return _page(customer_id, replace(wish, errors={"until": refused.reason})), 422
    return _back(who, f"{who.name} is on hold and gets no reminders.")


@pages.post("/customers/<uuid:customer_id>/release")
def let_go(customer_id: UUID) -> Response:
    with workspace() as session:
        who = person(ground(), session, customer_id)
        release(session, subject_id=customer_id, now=now())
    return _back(who, f"{who.name} is released. The next reminder is being planned.")


@pages.post("/customers/<uuid:customer_id>/tags")
def tag(customer_id: UUID) -> Response | tuple[str, int]:
    try:
        with workspace() as session:
            who = person(ground(), session, customer_id)
            added = add_tag(session, customer_id, request.form.get("tag", ""), now=now())
    except Rejected as refused:
        return _page(customer_id, NO_WISH, Refused("tag", refused.reason, request.form)), 422
    return _back(who, f"Tagged “{added}”.")


@pages.post("/customers/<uuid:customer_id>/tags/remove")
def untag(customer_id: UUID) -> Response:
    with workspace() as session:
        who = person(ground(), session, customer_id)
        remove_tag(session, customer_id, request.form.get("tag", ""), now=now())
    return _back(who, "The tag is gone.")


@pages.post("/customers/<uuid:customer_id>/stop")
def stop(customer_id: UUID) -> Response:
    with workspace() as session:
        who = person(ground(), session, customer_id)
        stop_writing(session, customer_id, now=now())
    return _back(who, f"{who.name} gets no more reminders.")


@pages.post("/customers/<uuid:customer_id>/again")
def again(customer_id: UUID) -> Response:
    with workspace() as session:
        who = person(ground(), session, customer_id)
        write_again(session, customer_id, now=now())
    return _back(who, f"{who.name} gets reminders again. The next one is being planned.")


def _back(who: Person, sentence: str) -> Response:
    flash(sentence, "good")
    return redirect(url_for("customers.one", customer_id=who.id), 303)


def _asked_day() -> date:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return today()


def _page(customer_id: UUID, wish: HoldWish, refused: Refused = NOT_REFUSED) -> str:
    day = _asked_day()
    with workspace() as session:
        who = person(ground(), session, customer_id)
        open_lines = listing.lines_of_customer(session, customer_id, open_only=True, limit=_MOST_OPEN)
        settled = listing.lines_of_customer(session, customer_id, open_only=False, limit=_MOST_SETTLED)
        reasons = answers(session, [*open_lines, *settled], today=today(), say_day=say_day)
        past = history.reminders_of_customer(session, customer_id)
        totals = owed(session, customer_id, today())
        hold = hold_on(session, customer_id, today())
        others = [
            one for one in holds_in_force(session, [customer_id], today()) if one.kind is not HoldKind.MANUAL
        ]
        tags = tags_of(session, [customer_id]).get(customer_id, [])
        known_tags = [name for name, _ in all_tags(session)]
        waits = to_do(session, customer_id=customer_id)
        ways = reach(ground(), session, customer_id)
        events = timeline(session, customer_id)
        why = explain(session, customer_id, day, zone=g.organisation.time_zone, now=now())
    return render_template(
        "customers/one.html",
        who=who,
        reach=ways,
        roles=ROLES,
        open_lines=open_lines,
        settled=settled,
        reasons=reasons,
        past=past,
        totals=totals,
        hold=hold,
        wish=wish,
        refused=refused,
        others=others,
        tags=tags,
        known_tags=known_tags,
        to_do=waits,
        events=events,
        why=why,
        day=day,
    )
