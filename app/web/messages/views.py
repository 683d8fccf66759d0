"""The log, one reminder with its messages, and what a person decides about an unknown one."""

from functools import partial
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.kit.errors import NotFound
from app.models import ReminderState
from app.reminders import confirming
from app.web.here import ground, now, workspace
from app.web.messages import log, queries
from app.web.messages.facts import seen

pages = Blueprint("messages", __name__, template_folder="templates")

_LONGEST_SEARCH = 100
# The mail as it was sent, shown inside a page: its own inline styles, and nothing that acts or loads.
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)


@pages.get("/messages")
def listing() -> str:
    wished = request.args.get("state", "")
    chosen = ReminderState(wished) if wished in list(ReminderState) else None
    why, search = request.args.get("why", "")[:40], request.args.get("q", "").strip()[:_LONGEST_SEARCH]
    with workspace() as session:
        found = log.log_page(
            session, state=chosen, why=why, search=search, page=request.args.get("page", 1, type=int)
        )
    address = partial(
        url_for, "messages.listing", state=chosen.value if chosen else None, why=why or None, q=search or None
    )
    return render_template(
        "messages/listing.html",
        log=found,
        states=log.STATES,
        chosen=chosen,
        why=why,
        search=search,
        address=lambda number: address(page=number),
    )


@pages.get("/messages/<uuid:reminder_id>")
def one(reminder_id: UUID) -> str:
    with workspace() as session:
        found = queries.reminder(session, reminder_id)
        covered = log.covered_invoices(session, [reminder_id]).get(reminder_id, [])
        attempts = queries.attempts(ground(), session, reminder_id)
    return render_template(
        "messages/one.html", one=found, covered=covered, attempts=attempts, seen=seen(found.facts)
    )


@pages.get("/messages/<uuid:reminder_id>/<int:attempt>.html")
def html(reminder_id: UUID, attempt: int) -> Response:
    """The mail itself, for the frame on the page. Its policy lets nothing run, load or leave."""
    with workspace() as session:
        attempts = queries.attempts(ground(), session, reminder_id)
    chosen = next((one for one in attempts if one.attempt == attempt), None)
    if chosen is None:
        raise NotFound("There is no such message here.")
    answer = make_response(chosen.html)
    answer.headers["Content-Security-Policy"] = _MAIL_POLICY
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


@pages.post("/messages/<uuid:reminder_id>/sent")
def mark(reminder_id: UUID) -> AnyResponse:
    with workspace() as session:
        confirming.mark_sent(session, reminder_id, now=now())
    flash("Marked as sent. This step is not sent again.", "good")
    return redirect(url_for("messages.one", reminder_id=reminder_id), 303)


@pages.post("/messages/<uuid:reminder_id>/again")
def again(reminder_id: UUID) -> AnyResponse:
    with workspace() as session:
        confirming.send_again(session, reminder_id, now=now())
    flash("It is tried again, after a last look at the ledger.", "good")
    return redirect(url_for("messages.one", reminder_id=reminder_id), 303)
