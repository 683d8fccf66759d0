"""What a bookkeeper does about one entry: try again, book again, keep as credit, undo, `I booked it myself`."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.kit.errors import NotFound, Rejected
from app.kit.ground import Ground
from app.models import WriteBack
from app.payments import remedies
from app.payments.cancelling import book_both, book_neither, booked_both_by_hand
from app.payments.overpaid import book_as_credit
from app.payments.undoing import undo as undo_entry
from app.web.here import ground, tenant_id, user_id, workspace
from app.web.money.reconciled_period import back as back_to_reconciliation


def retry(entry_id: UUID) -> Response:
    """Look and try again what was parked; book again what was undone."""
    remedies.retry(ground(), tenant_id(), entry_id)
    flash("The entry is looked for in the ledger and tried again.", "info")
    return _back(entry_id)


def by_hand(entry_id: UUID) -> Response:
    """The bookkeeper has entered it."""
    remedies.booked_by_hand(ground(), tenant_id(), entry_id)
    flash("Noted as booked by you. We make no entry for it.", "good")
    return _back(entry_id)


def credit(entry_id: UUID) -> Response:
    """What the invoice cannot take becomes the customer's credit."""
    try:
        book_as_credit(ground(), tenant_id(), entry_id)
    except Rejected as refused:
        flash(refused.reason, "bad")
    else:
        flash("What the invoice does not owe is being booked as the customer's credit.", "info")
    return _back(entry_id)


def neither(entry_id: UUID) -> Response:
    """What was paid and given back before it was booked is not booked at all."""
    return _settled(entry_id, book_neither, "Neither the payment nor its refund is booked.")


def both(entry_id: UUID) -> Response:
    """It is booked after all: the payment as the customer's credit, then what was given back."""
    return _settled(
        entry_id, book_both, "The payment is being booked as the customer's credit, then the refund."
    )


def both_by_hand(entry_id: UUID) -> Response:
    """The bookkeeper has entered what was paid and what was given back."""
    return _settled(entry_id, booked_both_by_hand, "Noted as booked by you. We make no entry for either.")


def _settled(entry_id: UUID, settle: Callable[[Ground, UUID, UUID], None], told: str) -> Response:
    try:
        settle(ground(), tenant_id(), entry_id)
    except Rejected as refused:
        flash(refused.reason, "bad")
    else:
        flash(told, "good")
    return _back(entry_id)


def undo(entry_id: UUID) -> Response:
    """Take the entry back out of the ledger."""
    with workspace() as session:
        if session.get(WriteBack, (tenant_id(), entry_id)) is None:
            raise NotFound("There is no such entry.")
    try:
        undo_entry(ground(), tenant_id(), entry_id, reason=request.form.get("reason", ""), asked_by=user_id())
    except Rejected as refused:
        flash(refused.reason, "bad")
    else:
        flash("The entry is being taken back out of the ledger.", "info")
    return _back(entry_id)


def _back(entry_id: UUID) -> Response:
    """To the page the button was on."""
    place = request.form.get("place")
    if place == "reconciliation":
        return back_to_reconciliation()
    if place == "payment":
        with workspace() as session:
            entry = session.get_one(WriteBack, (tenant_id(), entry_id))
            if entry.payment_id is not None:
                return redirect(url_for("money.payment", payment_id=entry.payment_id), 303)
    return redirect(url_for("money.page"), 303)


_BUTTONS = (
    ("retry", retry),
    ("by-hand", by_hand),
    ("credit", credit),
    ("neither", neither),
    ("both", both),
    ("both-by-hand", both_by_hand),
    ("undo", undo),
)


def add_routes(pages: Blueprint) -> None:
    """Put the buttons under their entry."""
    for name, view in _BUTTONS:
        pages.add_url_rule(f"/money/entries/<uuid:entry_id>/{name}", view_func=view, methods=["POST"])
