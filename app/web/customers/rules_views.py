"""Who is left alone: small balances, tags, and how long things hold."""

from collections.abc import Mapping
from decimal import Decimal

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.kit.errors import Rejected
from app.kit.money import typed_number
from app.models import Invoice, InvoiceState
from app.reminders.holds_rules import (
    MOST_DAYS,
    Rules,
    exclude_tag,
    excluded_tags_of,
    include_tag,
    minimums_of,
    rules_of,
    save_minimums,
    save_rules,
)
from app.reminders.tags import all_tags, read_tag
from app.web.here import now, workspace

_LARGEST = Decimal(1_000_000)
Faults = dict[str, str]


def add_routes(pages: Blueprint) -> None:
    """One page; each of its forms saves one thing."""

    @pages.get("/customers/rules")
    def rules() -> str:
        return _page({}, {})

    @pages.post("/customers/rules/days")
    def save_days() -> Response | tuple[str, int]:
        wished, faults = _days(request.form)
        if faults:
            return _page(faults, request.form), 422
        with workspace() as session:
            save_rules(session, wished, now=now())
        return _back("Saved. What is planned follows.")

    @pages.post("/customers/rules/minimums")
    def save_minimum() -> Response | tuple[str, int]:
        with workspace() as session:
            amounts, faults = _amounts(request.form, _currencies(session))
            if not faults:
                save_minimums(session, amounts, now=now())
        return (_page(faults, request.form), 422) if faults else _back("Saved. What is planned follows.")

    @pages.post("/customers/rules/exclude")
    def exclude() -> Response | tuple[str, int]:
        try:
            tag = read_tag(request.form.get("tag", ""))
        except Rejected as refused:
            return _page({"tag": refused.reason}, request.form), 422
        with workspace() as session:
            exclude_tag(session, tag, now=now())
        return _back(f"Customers tagged “{tag}” get no reminders.")

    @pages.post("/customers/rules/include")
    def include() -> Response:
        with workspace() as session:
            include_tag(session, request.form.get("tag", ""), now=now())
        return _back("They get reminders again. The next ones are being planned.")


def _page(faults: Faults, typed: Mapping[str, str]) -> str:
    with workspace() as session:
        return render_template(
            "customers/rules.html",
            rules=rules_of(session),
            minimums=minimums_of(session),
            currencies=_currencies(session),
            excluded=excluded_tags_of(session),
            tags=[tag for tag, _ in all_tags(session)],
            most_days=MOST_DAYS,
            faults=faults,
            typed=typed,
        )


def _back(sentence: str) -> Response:
    flash(sentence, "good")
    return redirect(url_for("customers.rules"), 303)


def _currencies(session: Session) -> list[str]:
    """Those in which something is open, or a minimum was set."""
    is_open = Invoice.state == InvoiceState.OPEN
    return sorted(
        {*session.scalars(select(Invoice.currency).where(is_open).distinct()), *minimums_of(session)}
    )


def _days(form: Mapping[str, str]) -> tuple[Rules, Faults]:
    faults: Faults = {}
    found: dict[str, int | None] = {}
    for name in ("claim_days", "stand_down_days", "quiet_books_days"):
        text = form.get(name, "").strip()
        if not text and name == "quiet_books_days":
            found[name] = None
        elif text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= MOST_DAYS:
            found[name] = int(text[:4])
        else:
            faults[name] = f"Write a number of days from 1 to {MOST_DAYS}."
    wished = Rules(
        found.get("claim_days") or 0, found.get("stand_down_days") or 0, found.get("quiet_books_days")
    )
    return wished, faults


def _amounts(form: Mapping[str, str], currencies: list[str]) -> tuple[dict[str, Decimal], Faults]:
    found, faults = {}, {}
    for currency in currencies:
        amount = typed_number(form.get(f"minimum-{currency}", "").strip() or "0")
        if amount is not None and 0 <= amount <= _LARGEST:
            found[currency] = round(amount, 4)
        else:
            faults[f"minimum-{currency}"] = "Write an amount, such as 10.00, or leave it empty."
    return found, faults
