"""The owner writes down what was said about an invoice, and takes it back."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.kit.errors import Rejected
from app.kit.money import typed_number
from app.models import DisputeReason, DisputeState, HoldKind, HoldScope, HoldSource
from app.reminders import disputes, promises
from app.reminders.holds import NewHold, place
from app.reminders.holds_rules import rules_of
from app.web.here import ground, now, today, user_id, workspace
from app.web.invoices import listing
from app.web.invoices.holds import lift_one
from app.web.refused import Refused

Answer = Response | tuple[str, int]
ShowAgain = Callable[[UUID, Refused], Answer]


def add_routes(pages: Blueprint, show_again: ShowAgain) -> None:
    """Promise, dispute, "I wrote to them myself", and the undoing of any hold.

    `show_again` answers with the invoice's page where a form could not be taken.
    """
    _add_promise_routes(pages, show_again)
    _add_dispute_routes(pages, show_again)
    _add_hold_routes(pages)


def _add_promise_routes(pages: Blueprint, show_again: ShowAgain) -> None:
    @pages.post("/invoices/<uuid:invoice_id>/promise")
    def promise(invoice_id: UUID) -> Answer:
        try:
            with workspace() as session:
                listing.one_line(session, invoice_id)
                word = promises.Word(invoice_id, _day(), _amount(), HoldSource.OWNER, by=user_id())
                promises.promise(session, word, today=today(), now=now())
        except Rejected as refused:
            return show_again(invoice_id, Refused("promise", refused.reason, request.form))
        return _back(invoice_id, "The promise is noted. Reminders wait for its day and go on after it.")

    @pages.post("/invoices/<uuid:invoice_id>/promise/withdraw")
    def withdraw_promise(invoice_id: UUID) -> Response:
        with workspace() as session:
            listing.one_line(session, invoice_id)
            promises.withdraw(session, invoice_id, now=now())
        return _back(invoice_id, "The promise does not count any more. The next reminder is being planned.")


def _add_dispute_routes(pages: Blueprint, show_again: ShowAgain) -> None:
    @pages.post("/invoices/<uuid:invoice_id>/dispute")
    def dispute(invoice_id: UUID) -> Answer:
        reason, words = request.form.get("reason", ""), request.form.get("words", "")
        chosen = DisputeReason(reason) if reason in list(DisputeReason) else DisputeReason.OTHER
        complaint = disputes.Complaint(invoice_id, chosen, words, HoldSource.OWNER, by=user_id())
        try:
            with workspace() as session:
                disputes.open_dispute(session, ground().sealer(session), complaint, now=now())
        except Rejected as refused:
            return show_again(invoice_id, Refused("dispute", refused.reason, request.form))
        return _back(
            invoice_id, "The dispute is noted. This invoice is left out; the others are still chased."
        )

    @pages.post("/invoices/disputes/<uuid:dispute_id>/settle")
    def settle_dispute(dispute_id: UUID) -> Response:
        said = request.form.get("outcome", "")
        outcome = DisputeState(said) if said in disputes.SETTLED_BY_OWNER else DisputeState.RESUMED
        with workspace() as session:
            invoice_id = disputes.settle(session, dispute_id, outcome, by=user_id(), today=today(), now=now())
        return _back(invoice_id, _SETTLED[outcome])


def _add_hold_routes(pages: Blueprint) -> None:
    @pages.post("/invoices/<uuid:invoice_id>/wrote")
    def wrote_myself(invoice_id: UUID) -> Response:
        with workspace() as session:
            listing.one_line(session, invoice_id)
            until = today() + timedelta(days=rules_of(session).stand_down_days)
            words = "You wrote to them yourself"
            hold = NewHold(
                HoldScope.INVOICE, invoice_id, HoldKind.OTHER_SENDER, words, until=until, placed_by=user_id()
            )
            place(session, hold, now=now())
        return _back(invoice_id, "Noted. No reminder of it leaves for some days.")

    @pages.post("/invoices/holds/<uuid:hold_id>/lift")
    def lift(hold_id: UUID) -> Response:
        with workspace() as session:
            hold = lift_one(session, hold_id, now=now())
        flash("The hold has ended. The next reminder is being planned.", "good")
        if hold.scope is HoldScope.INVOICE:
            return redirect(url_for("invoices.one", invoice_id=hold.subject_id), 303)
        return redirect(url_for("customers.one", customer_id=hold.subject_id), 303)


_SETTLED = {
    DisputeState.WON: "Settled in your favour. The next reminder is being planned.",
    DisputeState.CREDIT_COMING: "Noted. The invoice is left alone for three weeks, for the credit note to arrive.",
    DisputeState.RESUMED: "The dispute is over. The next reminder is being planned.",
}


def _back(invoice_id: UUID, sentence: str) -> Response:
    flash(sentence, "good")
    return redirect(url_for("invoices.one", invoice_id=invoice_id), 303)


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        raise Rejected("Choose a day from the calendar, such as 2026-12-31.") from None


def _amount() -> Decimal | None:
    """What was promised; None for all of it."""
    text = request.form.get("amount", "").strip()
    amount = typed_number(text)
    if text and amount is None:
        raise Rejected("Write the amount as a number, such as 120.50, or leave it empty for all of it.")
    return amount
