"""Giving money back: what was typed, what it will do, and the word to do it. Two steps, so that nobody slips."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.kit.errors import Rejected
from app.kit.money import rounded, typed_number
from app.models import Payment
from app.payments import queries
from app.payments.in_words import money
from app.payments.refunds import ask_for_refund
from app.payments.refunds_surcharge import left_to_give_back, surcharge_left
from app.payments.surcharge import RefundMode
from app.web.here import ground, tenant_id, user_id, workspace

_CHANGED = "This payment has changed since you looked at it. Look at the amount again."
_LONGEST_REASON = 500


@dataclass(frozen=True)
class RefundForm:
    """A refund as it is being asked for."""

    amount: str
    reason: str
    left: Decimal
    """What of the payment can still be given back."""
    surcharge: Decimal
    """What of that was added for paying by card."""
    mode: RefundMode = RefundMode.WITH_ALL
    fault: str | None = None
    sure: Decimal | None = None
    """The amount that only waits for the word."""


def refund(payment_id: UUID) -> str | Response | tuple[str, int]:
    """Show the form, then what it will do, then do it."""
    with workspace() as session:
        one = queries.one_payment(session, payment_id)
        left, added = _left(session, one)
    if request.method == "GET":
        return _shown(one, RefundForm(f"{left:f}", "", left, added))
    typed, reason = request.form.get("amount", "").strip(), request.form.get("reason", "").strip()
    mode = RefundMode.WITH_ALL
    try:
        mode = _mode(request.form.get("mode", mode))
        amount = read_amount(typed, left, one.currency)
        _check_reason(reason)
        if "left" not in request.form:
            return _shown(one, RefundForm(typed, reason, left, added, mode, sure=amount))
        if request.form["left"] != f"{left:f}":
            raise Rejected(_CHANGED)
        ask_for_refund(
            ground(),
            tenant_id(),
            payment_id=payment_id,
            amount=amount,
            reason=reason,
            asked_by=user_id(),
            mode=mode,
        )
    except Rejected as refused:
        return _shown(one, RefundForm(typed, reason, left, added, mode, fault=refused.reason)), 422
    flash(
        f"{money(amount, one.currency)} is on its way back to the customer. This page shows when it is done.",
        "good",
    )
    return redirect(url_for("money.payment", payment_id=payment_id), 303)


def read_amount(typed: str, left: Decimal, currency: str) -> Decimal:
    """The amount that was typed, with or without commas between thousands. Raises Rejected in words for the field."""
    amount = typed_number(typed)
    if amount is None:
        raise Rejected("Give the amount in figures, like 10.50.")
    if amount <= 0:
        raise Rejected("Give an amount above zero.")
    if amount > left:
        raise Rejected(f"Only {money(left, currency)} of this payment can still be given back.")
    return amount


def _check_reason(reason: str) -> None:
    if not reason:
        raise Rejected("Say why: whoever looks at this later will ask.")
    if len(reason) > _LONGEST_REASON:
        raise Rejected(f"Say why in at most {_LONGEST_REASON} characters.")


def _mode(typed: str) -> RefundMode:
    try:
        return RefundMode(typed)
    except ValueError:
        raise Rejected("Choose what becomes of the surcharge.") from None


def _left(session: Session, one: queries.PaymentRow) -> tuple[Decimal, Decimal]:
    """What can still be given back, and what of it is surcharge."""
    payment = session.get_one(Payment, (tenant_id(), one.id))
    both = left_to_give_back(session, payment), surcharge_left(session, payment)
    return rounded(both[0], one.currency), rounded(both[1], one.currency)


def _shown(one: queries.PaymentRow, form: RefundForm) -> str:
    return render_template("money/refund.html", one=one, form=form)


def add_routes(pages: Blueprint) -> None:
    """Put the page under its payment."""
    pages.add_url_rule("/money/payments/<uuid:payment_id>/refund", view_func=refund, methods=["GET", "POST"])
