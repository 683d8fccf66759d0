"""Making and changing a rule, seeing what it would charge, and the switch."""

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.kit.errors import Rejected
from app.late_fees.law import laws
from app.late_fees.places import source
from app.late_fees.proposing import propose
from app.late_fees.reading import preview
from app.late_fees.rules import (
    affirmation,
    end_rule,
    find_rule,
    fingerprint,
    save_rule,
    switch_off,
    switch_on,
)
from app.models import Invoice, InvoiceState, LateFeeRule, LateFeeRuleKind
from app.reminders.tags import all_tags
from app.web.booking.form import day_typed
from app.web.formats import counted
from app.web.here import now, today, user_id, workspace
from app.web.late_fees.form import RuleForm, form_of, kind_typed, new_form, read_form
from app.web.late_fees.words import rule_sentence, what_it_is

pages = Blueprint("late_fee_rules", __name__, template_folder="templates")


@pages.get("/late-fees/rules/new")
def new() -> str:
    kind = kind_typed(request.args.get("kind", ""))
    return _page(None, new_form(kind, currency=g.organisation.base_currency))


@pages.get("/late-fees/rules/<uuid:rule_id>")
def one(rule_id: UUID) -> str:
    with workspace() as session:
        rule = find_rule(session, rule_id)
    return _page(rule, form_of(rule))


@pages.post("/late-fees/rules/new")
def make() -> Response | tuple[str, int]:
    return _save(None, kind_typed(request.form.get("kind", "")))


@pages.post("/late-fees/rules/<uuid:rule_id>")
def change(rule_id: UUID) -> Response | tuple[str, int]:
    with workspace() as session:
        kind = find_rule(session, rule_id).kind
    return _save(rule_id, kind)


@pages.post("/late-fees/rules/<uuid:rule_id>/on")
def turn_on(rule_id: UUID) -> Response:
    try:
        first = day_typed(request.form.get("charges_from", "")) or today()
        with workspace() as session:
            rule = find_rule(session, rule_id)
            affirmed = affirmation(rule) if request.form.get("affirmed") else None
            if request.form.get("seen") != fingerprint(rule):
                raise Rejected(
                    "The rule was changed meanwhile. Look at what it charges now, then switch it on."
                )
            switch_on(session, rule_id, charges_from=first, affirmed=affirmed, by=user_id(), now=now())
            asked = len(propose(session, now=now()).asked)
    except Rejected as refused:
        return _to(rule_id, refused.reason, "bad")
    proposed = counted(asked, "charge is", "charges are") if asked else "Nothing is"
    flash(f"The rule is on. {proposed} proposed so far; nothing was charged yet.", "good")
    return redirect(url_for("late_fees.page"), 303)


@pages.post("/late-fees/rules/<uuid:rule_id>/off")
def turn_off(rule_id: UUID) -> Response:
    with workspace() as session:
        switch_off(find_rule(session, rule_id))
        propose(session, now=now())
    return _to(rule_id, "The rule is off. What it charged stays.", "good")


@pages.post("/late-fees/rules/<uuid:rule_id>/end")
def end(rule_id: UUID) -> Response:
    with workspace() as session:
        end_rule(session, rule_id, now=now())
        propose(session, now=now())
    flash("The rule is gone. What it charged stays in your books.", "good")
    return redirect(url_for("late_fees.page"), 303)


def _save(rule_id: UUID | None, kind: LateFeeRuleKind) -> Response | tuple[str, int]:
    form, draft = read_form(kind, request.form)
    if draft is None:
        with workspace() as session:
            rule = find_rule(session, rule_id) if rule_id else None
        return _page(rule, form), 422
    with workspace() as session:
        was_on = rule_id is not None and find_rule(session, rule_id).switched_on_at is not None
        saved = save_rule(session, draft, rule_id=rule_id, now=now())
        is_off = find_rule(session, saved).switched_on_at is None
        propose(session, now=now())
    said = "Saved. Look at what it would charge, then switch it on."
    if was_on and is_off:
        said = "Saved, and switched off because it changed. Look at what it would charge, then switch it on again."
    return _to(saved, said, "good")


def _to(rule_id: UUID, sentence: str, tone: str) -> Response:
    flash(sentence, tone)
    return redirect(url_for("late_fee_rules.one", rule_id=rule_id), 303)


def _page(rule: LateFeeRule | None, form: RuleForm) -> str:
    first = _first_day(rule)
    with workspace() as session:
        # A rule keeps its tag while nobody has it: else saving would make it a rule for everybody.
        tags = sorted({tag for tag, _ in all_tags(session)} | {form.typed.get("tag", "")} - {""})
        currencies = _currencies(session) | {g.organisation.base_currency, form.typed["currency"]}
        seen = preview(session, rule, today=today(), charges_from=first) if rule else None
    return render_template(
        "late_fees/rule.html",
        rule=rule,
        form=form,
        tags=tags,
        currencies=sorted(currencies),
        laws=list(laws().values()),
        seen=seen,
        first=first,
        affirmation=affirmation(rule) if rule else "",
        fingerprint=fingerprint(rule) if rule else "",
        rule_sentence=rule_sentence,
        what_it_is=what_it_is,
        limits_source=source(),
    )


def _first_day(rule: LateFeeRule | None) -> date:
    """The day to count from: as typed beside the preview, of the rule while it is on, or today."""
    try:
        typed = day_typed(request.args.get("from", ""))
    except Rejected:
        typed = None
    is_on = rule is not None and rule.switched_on_at is not None
    return typed or (rule.charges_from if rule and is_on else None) or today()


def _currencies(session: Session) -> set[str]:
    return set(session.scalars(select(Invoice.currency).where(Invoice.state == InvoiceState.OPEN).distinct()))
