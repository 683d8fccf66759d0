"""Choosing accounts, seeing what a sample payment would become, and switching booking on and off."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.kit.errors import Rejected
from app.payments import booking
from app.payments.booking_switch import booked_before
from app.payments.fee_tax import read_tax_codes
from app.payments.sample import sample_entries
from app.web.booking import surcharging
from app.web.booking.form import day_typed, save_choices
from app.web.entry_names import entry_name
from app.web.formats import counted
from app.web.here import ground, now, tenant_id, workspace

pages = Blueprint("booking", __name__, template_folder="templates")


@pages.get("/settings/booking")
def page() -> str:
    return _page({}, {})


@pages.post("/settings/booking")
def save() -> Response | tuple[str, int]:
    codes = read_tax_codes(ground(), tenant_id())
    with workspace() as session:
        woken, faults = save_choices(session, request.form, codes, now=now())
        is_off = any(one.clearing and not one.switched_on_at for one in booking.choices(session))
    if faults:
        return _page(faults, request.form), 422
    if is_off:
        said = "Saved. Look at the entries of a sample payment, then switch booking on."
    else:
        said = "Saved. Payments are booked to these accounts."
    return _back(said + _on_the_way(woken), "good", "sample")


@pages.post("/settings/booking/on")
def switch_on() -> Response:
    currency = request.form.get("currency", "")
    try:
        first_day = day_typed(request.form.get("first_day", ""))
        with workspace() as session:
            if first_day is not None:
                booked_before(session, currency=currency, first_day=first_day, now=now())
            woken = booking.switch_on(session, currency=currency, now=now())
    except Rejected as refused:
        return _back(refused.reason, "bad", "sample")
    return _back(f"Booking is on for {currency}." + _on_the_way(woken), "good", "sample")


@pages.post("/settings/booking/off")
def switch_off() -> Response:
    currency = request.form.get("currency", "")
    try:
        with workspace() as session:
            booking.switch_off(session, currency=currency)
    except Rejected as refused:
        return _back(refused.reason, "bad", "sample")
    said = f"Booking is off for {currency}. What comes in waits here, and nothing is lost."
    return _back(said, "good", "sample")


def _on_the_way(woken: int) -> str:
    return f" {counted(woken, 'waiting entry is', 'waiting entries are')} looked at now." if woken else ""


def _back(sentence: str, tone: str, place: str) -> Response:
    flash(sentence, tone)
    return redirect(url_for("booking.page", _anchor=place), 303)


def _page(faults: Mapping[str, str], typed: Mapping[str, str]) -> str:
    codes = read_tax_codes(ground(), tenant_id())
    with workspace() as session:
        choices = booking.choices(session)
        samples = {
            one.currency: sample_entries(session, currency=one.currency, now=now())
            for one in choices
            if one.clearing is not None
        }
    return render_template(
        "booking/page.html",
        choices=choices,
        codes=codes,
        samples=samples,
        faults=faults,
        typed=typed,
        entry_name=entry_name,
    )


surcharging.add_routes(pages)
