"""What is proposed, the click that charges it, what was charged, and waiving."""

from decimal import Decimal
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.kit.errors import DueMateError, NotFound
from app.late_fees.accounts import (
    choose_income,
    income_choices,
    switch_booking_off,
    switch_booking_on,
)
from app.late_fees.charging import charge
from app.late_fees.charging_again import charge_again
from app.late_fees.correcting import correct, leave
from app.late_fees.law import laws
from app.late_fees.proposing import propose
from app.late_fees.reading import charges, corrections
from app.late_fees.rules import all_rules
from app.late_fees.waiving import waive_by_hand
from app.models import LateFeeState
from app.web.formats import counted
from app.web.here import ground, now, tenant_id, today, user_id, workspace
from app.web.late_fees.words import charge_state, rule_sentence, what_it_is

pages = Blueprint("late_fees", __name__, template_folder="templates")


@pages.get("/late-fees")
def page() -> str:
    with workspace() as session:
        rules = all_rules(session)
        proposed = charges(session, LateFeeState.PROPOSED)
        charged = charges(session, LateFeeState.CHARGED, LateFeeState.WAIVED)
        to_correct = corrections(session)
        incomes = income_choices(session, {rule.currency for rule in rules}, now=now())
    return render_template(
        "late_fees/page.html",
        rules=rules,
        proposed=proposed,
        charged=charged,
        to_correct=to_correct,
        incomes=incomes,
        laws=[(law, law.reference_on(today())) for law in laws().values()],
        charge_state=charge_state,
        rule_sentence=rule_sentence,
        what_it_is=what_it_is,
    )


@pages.post("/late-fees/look")
def look() -> Response:
    with workspace() as session:
        found = propose(session, now=now())
    said = f"Worked out anew: {counted(len(found.asked), 'charge is', 'charges are')} proposed."
    if found.left_alone:
        said += f" {counted(len(found.left_alone), 'late invoice is', 'late invoices are')} left alone."
    return _back(said, "good")


@pages.post("/late-fees/charge")
def charge_these() -> Response:
    seen = dict(_seen(text) for text in request.form.getlist("charge"))
    if not seen:
        return _back("Tick what is to be charged.", "attention")
    try:
        done = charge(ground(), tenant_id(), seen, by=user_id())
    except DueMateError as failed:
        return _back(failed.reason, "bad")
    said = f"{counted(done.charged, 'charge is', 'charges are')} on the way to the ledger."
    if done.changed:
        what = counted(done.changed, "other was", "others were")
        said += f" {what} not charged: no longer as you saw it. Look at the list again."
    return _back(said, "attention" if done.changed else "good")


@pages.post("/late-fees/account")
def choose_account() -> Response:
    currency, chosen = request.form.get("currency", ""), request.form.get("account", "")
    try:
        with workspace() as session:
            choose_income(session, currency=currency, account_id=UUID(chosen), now=now())
    except ValueError:
        return _back("Choose an account.", "attention")
    except DueMateError as refused:
        return _back(refused.reason, "bad")
    return _back(f"Saved. Look at what a charge in {currency} would be in your books.", "good")


@pages.post("/late-fees/booking")
def switch_booking() -> Response:
    currency, is_on = request.form.get("currency", ""), request.form.get("to") == "on"
    try:
        with workspace() as session:
            if is_on:
                switch_booking_on(session, currency=currency, by=user_id(), now=now())
            else:
                switch_booking_off(session, currency=currency)
    except DueMateError as refused:
        return _back(refused.reason, "bad")
    said = "may be made from now on." if is_on else "are no longer made. What was made stays."
    return _back(f"Charges in {currency} {said}", "good")


@pages.post("/late-fees/<uuid:charge_id>/correct")
def correct_one(charge_id: UUID) -> Response:
    """Correct a charge to what is owed, or leave it as it is."""
    seen = _amount(request.form.get("owed", ""))
    try:
        if request.form.get("to") == "leave":
            with workspace() as session:
                leave(session, charge_id, seen=seen)
            return _back("Left as it is. It is asked again only if even less is owed.", "good")
        done = correct(ground(), tenant_id(), charge_id, seen=seen, by=user_id())
    except NotFound:
        raise
    except DueMateError as failed:
        return _back(failed.reason, "bad")
    if not done:
        return _back("Nothing was corrected: it is no longer as you saw it. Look at it again.", "attention")
    return _back("On its way: what was too much is taken out of your books.", "good")


@pages.post("/late-fees/<uuid:charge_id>/waive")
def waive_one(charge_id: UUID) -> Response:
    try:
        with workspace() as session:
            reason = request.form.get("reason", "")
            waive_by_hand(session, charge_id, reason=reason, by=user_id(), now=now())
    except NotFound:
        raise
    except DueMateError as refused:
        return _back(refused.reason, "bad")
    return _back("Waived. Its days are not charged again.", "good")


@pages.post("/late-fees/<uuid:charge_id>/again")
def charge_one_again(charge_id: UUID) -> Response:
    """Charge what was waived by itself, once its invoice is owed again."""
    try:
        charge_again(ground(), tenant_id(), charge_id, by=user_id(), now=now())
    except NotFound:
        raise
    except DueMateError as refused:
        return _back(refused.reason, "bad")
    return _back("On its way to the ledger again, with today's date.", "good")


def _amount(text: str) -> Decimal:
    """An amount that stood on the page. Raises NotFound for what no page of ours holds."""
    try:
        return Decimal(text)
    except ArithmeticError:
        raise NotFound("There is no such charge.") from None


def _seen(text: str) -> tuple[UUID, Decimal]:
    """An id and the amount that stood beside it. Raises NotFound for what no page of ours holds."""
    row_id, _, amount = text.partition(":")
    try:
        return UUID(row_id), _amount(amount)
    except ValueError:
        raise NotFound("There is no such charge.") from None


def _back(sentence: str, tone: str) -> Response:
    flash(sentence, tone)
    return redirect(url_for("late_fees.page"), 303)
