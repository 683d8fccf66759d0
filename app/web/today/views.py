"""Today: the list to confirm, what goes by itself, what needs a person, what came in."""

from contextlib import suppress
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.kit.errors import NotFound
from app.models import HoldScope, ReminderInvoice, Task
from app.reminders.catch_up import late_reminders
from app.reminders.confirming import confirm as confirm_reminders
from app.reminders.seen_lists import changed_since
from app.tasks import queue
from app.web.entry_names import entry_name
from app.web.formats import counted
from app.web.here import now, tenant_id, today, user_id, workspace
from app.web.invoices.holds import HoldWish, place_hold
from app.web.today import came_in
from app.web.today.cases import open_cases
from app.web.today.list import going_out, waiting_for_confirmation
from app.web.today.to_do import to_do
from app.web.today.to_do_views import add_routes

pages = Blueprint("today", __name__, template_folder="templates")
add_routes(pages)


@pages.get("/today")
def page() -> str:
    base = g.organisation.base_currency
    with workspace() as session:
        waiting = waiting_for_confirmation(
            session, base_currency=base, page=request.args.get("page", 1, type=int)
        )
        going = going_out(session, base_currency=base)
        late = late_reminders(session, today=today())
        cases = open_cases(session, now=now())
        waits = to_do(session)
        card_payments = came_in.card_payments(session)
        received = came_in.received(session, today())
    return render_template(
        "today/page.html",
        waiting=waiting,
        address=lambda number: url_for("today.page", page=number),
        going=going,
        late=late,
        cases=cases,
        entry_name=entry_name,
        to_do=waits,
        card_payments=card_payments,
        received=received,
        received_days=came_in.DAYS,
    )


@pages.post("/today/confirm")
def confirm() -> Response:
    """Exactly what was shown: the ticked ones go, the others get a hold, and nothing else is touched.

    What has become another reminder since the page was opened stays in the list.
    """
    shown = _ids("shown")
    ticked = _ids("send") & shown
    if not shown:
        flash("There was nothing in that list. Look at it again below.", "attention")
        return redirect(url_for("today.page"), 303)
    marks = _marks()
    with workspace() as session:
        confirmed = confirm_reminders(session, ticked, now=now(), seen=marks)
        left_out = shown - ticked - changed_since(session, marks)
        _leave_out(session, left_out)
    changed = len(shown) - confirmed - len(left_out)
    flash(_what_happened(confirmed, len(left_out), changed), "attention" if changed else "good")
    return redirect(url_for("today.page"), 303)


@pages.post("/today/tasks/<uuid:task_id>/retry")
def retry(task_id: UUID) -> Response:
    with workspace() as session:
        task = session.scalar(select(Task).where(Task.id == task_id, Task.tenant_id == tenant_id()))
        if task is None or not queue.retry(session, task_id, now=now()):
            raise NotFound("That has been taken care of already.")
    flash("It is tried again now.", "info")
    return redirect(url_for("today.page"), 303)


def _ids(field: str) -> set[UUID]:
    found = set()
    for text in request.form.getlist(field):
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found


def _marks() -> dict[UUID, str]:
    """What each reminder of the list was when it was shown."""
    found = {}
    for text in request.form.getlist("as"):
        reminder_id, _, mark = text.partition(":")
        with suppress(ValueError):
            found[UUID(reminder_id)] = mark
    return found


def _leave_out(session: Session, reminder_ids: set[UUID]) -> None:
    covered = session.scalars(
        select(ReminderInvoice.invoice_id).where(ReminderInvoice.reminder_id.in_(reminder_ids)).distinct()
    ).all()
    wish = HoldWish("You left it out of the list.", None, "", {})
    for invoice_id in covered:
        place_hold(
            session, scope=HoldScope.INVOICE, subject_id=invoice_id, wish=wish, now=now(), by=user_id()
        )


def _what_happened(confirmed: int, left_out: int, changed: int) -> str:
    said = f"{counted(confirmed, 'reminder')} confirmed. Each is checked against the ledger once more as it leaves."
    if left_out:
        said += (
            f" {counted(left_out, 'reminder')} left out: their invoices are on hold until you release them."
        )
    if changed:
        said += (
            f" {counted(changed, 'reminder has', 'reminders have')} changed since: look at the list again."
        )
    return said
