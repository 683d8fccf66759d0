"""Settings: the ledger, card payments, replies, who works here, and whether anything is sent."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.kit.errors import DueMateError, Rejected
from app.models import Tenant
from app.payments import booking, onboarding
from app.reminders import confirming
from app.reminders.sender import reply_to_of, set_reply_to
from app.sync.connecting import disconnect as end_connection
from app.web.catch_up.choices import WORDS
from app.web.here import ground, now, tenant_id, user_id, workspace
from app.web.settings.comparison import last_comparison
from app.web.settings.members import members, remove_member
from app.web.settings.paying import paying_panel, save_paying

pages = Blueprint("settings", __name__, template_folder="templates")

Faults = dict[str, str]


@pages.get("/settings")
def page() -> str:
    return _page({}, {})


@pages.post("/settings/payments/start")
def start_payments() -> Response:
    try:
        return redirect(onboarding.start(ground(), tenant_id(), user_id=user_id()), 303)
    except DueMateError as refused:
        return _back(refused.reason, "bad", "payments")


@pages.get("/settings/payments/refresh")
def refresh_payments() -> Response:
    try:
        return redirect(onboarding.refresh(ground(), tenant_id()))
    except DueMateError as refused:
        return _back(refused.reason, "bad", "payments")


@pages.get("/settings/payments/return")
def return_from_payments() -> Response:
    try:
        onboarding.refresh_account(ground(), tenant_id())
    except DueMateError as refused:
        return _back(refused.reason, "attention", "payments")
    with workspace() as session:
        standing = onboarding.state(session, ground().settings)
    return _back(standing.sentence, "good" if standing.state == "ready" else "info", "payments")


@pages.post("/settings/paying")
def save_paying_rules() -> Response | tuple[str, int]:
    with workspace() as session:
        faults = save_paying(session, request.form)
    if faults:
        return _page(faults, request.form), 422
    return _back("Saved. Payers see it from now on.", "good", "paying")


@pages.post("/settings/reply-to")
def save_reply_to() -> Response | tuple[str, int]:
    address = request.form.get("reply_to", "").strip()
    try:
        with workspace() as session:
            set_reply_to(session, ground(), address)
    except Rejected as refused:
        return _page({"reply_to": refused.reason}, request.form), 422
    said = "Saved. Replies go to that address." if address else "Saved. Replies have no address of yours now."
    return _back(said, "good", "replies")


@pages.post("/settings/pause")
def pause() -> Response:
    with workspace() as session:
        confirming.pause(session, now=now())
    return _back("All sending is paused.", "good", "sending")


@pages.post("/settings/resume")
def resume() -> Response:
    with workspace() as session:
        confirming.resume(session, now=now())
    flash("Sending is on again. Look through the list first: nothing leaves before you confirm it.", "good")
    return redirect(url_for("today.page"), 303)


@pages.post("/settings/disconnect")
def disconnect() -> Response:
    try:
        end_connection(ground(), tenant_id())
    except DueMateError as refused:
        return _back(refused.reason, "bad", "ledger")
    return _back("Disconnected. Nothing is read or sent any more.", "good", "ledger")


@pages.post("/settings/people/<uuid:person>/remove")
def remove(person: UUID) -> Response:
    try:
        remove_member(ground(), tenant_id(), person, asked_by=user_id())
    except Rejected as refused:
        return _back(refused.reason, "bad", "people")
    return _back("Removed. They can no longer open these pages.", "good", "people")


def _back(sentence: str, tone: str, place: str) -> Response:
    flash(sentence, tone)
    return redirect(url_for("settings.page", _anchor=place), 303)


def _page(faults: Faults, typed: Faults) -> str:
    with workspace() as session:
        cards = onboarding.state(session, ground().settings)
        choices = booking.choices(session)
        tenant = session.get_one(Tenant, tenant_id())
        reply_to = reply_to_of(tenant, ground().sealer(session)) or ""
        comparison = last_comparison(session)
        paying = paying_panel(session, typed, faults)
    return render_template(
        "settings/page.html",
        cards=cards,
        choices=choices,
        comparison=comparison,
        paying=paying,
        people=members(ground(), tenant_id()),
        you=user_id(),
        usual=tenant.usual_catch_up,
        late_choices=WORDS,
        reply_to=reply_to,
        faults=faults,
        typed=typed,
    )
