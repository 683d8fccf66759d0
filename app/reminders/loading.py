"""What the planner is told, read in a handful of queries however many customers there are."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.reminders.holds import load_stops
from app.reminders.loading_addressees import load_addressees, load_contacts
from app.reminders.loading_cadences import load_known, load_profiles
from app.reminders.loading_census import Census, take_census
from app.reminders.loading_invoices import Notes, load_had, load_invoices, load_ours
from app.reminders.loading_past import load_late, load_past
from app.reminders.loading_undecided import load_undecided
from app.reminders.promises import load_broken_promises
from app.reminders.situation import Cadence, Situation
from app.reminders.standing import Undecided

__all__ = ["CHANNEL", "load_late", "load_situation", "load_undecided"]

CHANNEL = "email"


def load_situation(
    session: Session,
    *,
    cadence: Cadence,
    stored: Collection[Undecided],
    zone: str,
    now: datetime,
    census: Census | None = None,
) -> Situation:
    """Everything the planner needs of the tenant of this unit of work; `cadence` is its default one."""
    today, census = local_date(now, zone), census or take_census(session)
    stops = load_stops(session, today) if census.holds else {}
    known = load_known(session, with_rules=census.rules, with_past=census.decided)
    cadences = (cadence, *(rule.cadence for rule in known.rules))
    steps = [step for one in cadences for step in one.steps]
    broken = load_broken_promises(session) if any(step.only_after for step in steps) else {}
    notes = Notes(
        stops,
        had=load_had(session, known.steps) if census.decided else {},
        ours=load_ours(session) if census.checkouts else {},
        broken_on={invoice_id: local_date(at, zone) for invoice_id, at in broken.items()},
    )
    return Situation(
        now=now,
        zone=zone,
        cadence=cadence,
        invoices=load_invoices(session, notes),
        addressees=load_addressees(
            session,
            stops,
            with_opt_outs=census.opt_outs,
            with_contacts=census.contacts,
            with_phones=any(set(step.channels) - {CHANNEL} for step in steps),
        ),
        past=load_past(session, stored, today, now, any_decided=census.decided),
        rules=known.rules,
        profiles=load_profiles(session, known.rules, today),
        contacts=load_contacts(session, zone=zone, now=now, today=today) if census.decided else {},
        place=(census.country, census.region),
        late=load_late(session) if census.words else None,
    )
