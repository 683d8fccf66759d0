"""Money: payments through pay links, their fees, and their entries in the ledger."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.models import PaymentState, WriteBackState
from app.payments import queries, remedies
from app.payments.onboarding import state as card_state
from app.web.here import ground, tenant_id, workspace
from app.web.money.entries import entry_lines

pages = Blueprint("money", __name__, template_folder="templates")


@pages.get("/money")
def page() -> str:
    number = max(1, request.args.get("page", 1, type=int))
    with workspace() as session:
        shown = queries.money(session, page=number)
        cards = card_state(session, ground().settings)
    return render_template(
        "money/page.html",
        money=shown,
        cards=cards,
        page=number,
        last=max(1, -(-shown.count // queries.PAGE_SIZE)),
        address=lambda number: url_for("money.page", page=number),
        payment_state=PaymentState,
        entry_state=WriteBackState,
        entry_lines=entry_lines,
    )


@pages.post("/money/entries/<uuid:entry_id>/retry")
def retry(entry_id: UUID) -> Response:
    remedies.retry(ground(), tenant_id(), entry_id)
    flash("The entry is looked for in the ledger and tried again.", "info")
    return redirect(url_for("money.page"), 303)


@pages.post("/money/entries/<uuid:entry_id>/by-hand")
def by_hand(entry_id: UUID) -> Response:
    remedies.booked_by_hand(ground(), tenant_id(), entry_id)
    flash("Noted as booked by you. We make no entry for it.", "good")
    return redirect(url_for("money.page"), 303)
