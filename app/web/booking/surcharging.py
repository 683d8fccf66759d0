"""Adding something for paying by card: what the law allows where, the amount, the owner's word, and the switch."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from babel import Locale
from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.kit.errors import Rejected
from app.models import SurchargeRule
from app.payments import booking
from app.payments.surcharge_law import places_allowed
from app.payments.surcharge_rules import (
    AFFIRMATION,
    SurchargeWish,
    cost_of_cards,
    rules,
    save_rule,
    switch_surcharge_off,
    switch_surcharge_on,
)
from app.web.here import now, today, user_id, workspace


@dataclass(frozen=True)
class SurchargeFields:
    """What stands in the fields; what was typed and refused stays as it was typed."""

    percent: str = ""
    fixed: str = ""
    maximum: str = ""
    places: tuple[str, ...] = ()
    takes_debits: bool = False


@dataclass(frozen=True)
class SurchargePanel:
    """One currency as the page shows it."""

    currency: str
    fields: SurchargeFields
    is_set: bool
    is_on: bool
    cost: Decimal | None
    """What cards have cost in the last year, in per cent: no surcharge is higher."""
    allowed: Mapping[str, str]
    """The places that may be chosen, with their names."""
    fault: str


def surcharges() -> str:
    return _page({}, MultiDict())


def save() -> Response | tuple[str, int]:
    currency = request.form.get("currency", "")
    try:
        wish = _wish(request.form)
        with workspace() as session:
            if currency not in {one.currency for one in booking.choices(session)}:
                raise Rejected("Nothing is invoiced in this currency.")
            save_rule(session, currency, wish, now=now())
    except Rejected as refused:
        return _page({currency: refused.reason}, request.form), 422
    return _back("Saved, and off until you switch it on below.", "good")


def switch() -> Response:
    currency, is_on = request.form.get("currency", ""), request.form.get("to") == "on"
    try:
        with workspace() as session:
            if is_on:
                affirmed = request.form.get("affirmed") == "yes"
                switch_surcharge_on(session, currency, affirmed=affirmed, by=user_id(), now=now())
            else:
                switch_surcharge_off(session, currency)
    except Rejected as refused:
        return _back(refused.reason, "bad")
    said = "Payers are asked for it from now on." if is_on else "Nobody is asked for it any more."
    return _back(f"{currency}: {said}", "good")


def add_routes(pages: Blueprint) -> None:
    """Put the pages beside Booking."""
    pages.add_url_rule("/settings/surcharges", view_func=surcharges, methods=["GET"])
    pages.add_url_rule("/settings/surcharges", view_func=save, methods=["POST"], endpoint="save_surcharge")
    pages.add_url_rule(
        "/settings/surcharges/switch", view_func=switch, methods=["POST"], endpoint="switch_surcharge"
    )


def _wish(form: "MultiDict[str, str]") -> SurchargeWish:
    maximum = form.get("maximum", "").strip()
    return SurchargeWish(
        percent=_number(form.get("percent", ""), "percentage"),
        fixed=_number(form.get("fixed", ""), "amount"),
        maximum=_number(maximum, "highest surcharge") if maximum else None,
        places=tuple(form.getlist("places")),
        takes_debits=form.get("takes_debits") == "yes",
    )


def _number(typed: str, what: str) -> Decimal:
    """A number with at most four decimals; empty is zero. Raises Rejected in words for the field."""
    try:
        number = Decimal(typed.strip() or "0")
    except InvalidOperation:
        raise Rejected(f"Write the {what} in figures, like 1.5.") from None
    if not number.is_finite() or abs(number) > 1_000_000 or number != round(number, 4):
        raise Rejected(f"Write the {what} in figures, like 1.5.")
    return number


def _page(faults: Mapping[str, str], typed: "MultiDict[str, str]") -> str:
    with workspace() as session:
        panels = [_panel(session, one.currency, faults, typed) for one in booking.choices(session)]
    return render_template("booking/surcharges.html", panels=panels, affirmation=AFFIRMATION)


def _panel(
    session: Session, currency: str, faults: Mapping[str, str], typed: "MultiDict[str, str]"
) -> SurchargePanel:
    rule = rules(session).get(currency)
    return SurchargePanel(
        currency=currency,
        fields=_typed(typed) if currency in faults else _set(rule),
        is_set=rule is not None,
        is_on=rule is not None and rule.switched_on_at is not None,
        cost=cost_of_cards(session, currency, now=now()),
        allowed={one.place: _named(one.place) for one in places_allowed(today())},
        fault=faults.get(currency, ""),
    )


def _typed(form: "MultiDict[str, str]") -> SurchargeFields:
    return SurchargeFields(
        percent=form.get("percent", ""),
        fixed=form.get("fixed", ""),
        maximum=form.get("maximum", ""),
        places=tuple(form.getlist("places")),
        takes_debits=form.get("takes_debits") == "yes",
    )


def _set(rule: SurchargeRule | None) -> SurchargeFields:
    if rule is None:
        return SurchargeFields()
    return SurchargeFields(
        percent=_plain(rule.percent),
        fixed=_plain(rule.fixed),
        maximum=_plain(rule.maximum) if rule.maximum is not None else "",
        places=tuple(rule.places),
        takes_debits=rule.takes_debits,
    )


def _plain(number: Decimal) -> str:
    """Without zeros that say nothing."""
    return f"{number.normalize():f}"


def _named(place: str) -> str:
    country, _, region = place.partition("-")
    name = Locale("en").territories.get(country, country)
    return f"{name}, {region}" if region else name


def _back(sentence: str, tone: str) -> Response:
    flash(sentence, tone)
    return redirect(url_for("booking.surcharges"), 303)
