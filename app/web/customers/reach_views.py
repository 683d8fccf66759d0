"""The owner writes down people at a customer, and what the customer said about being texted."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.channels.registry import PHONE_CHANNELS
from app.kit.errors import NotFound, Rejected
from app.payments.opting_out import OWNER
from app.payments.replan import replan
from app.reminders import consent, contacts
from app.web.customers.queries import person
from app.web.here import ground, now, user_id, workspace
from app.web.refused import Refused

_LONGEST_NOTE = 200

Answer = Response | tuple[str, int]
ShowAgain = Callable[[UUID, Refused], Answer]
Keep = Callable[[Session, UUID, str, UUID | None, str], None]


def add_routes(pages: Blueprint, show_again: ShowAgain) -> None:
    """Contacts and consent, each from its own form on the customer's page.

    `show_again` answers with that page where a form could not be taken.
    """
    _add_contact_routes(pages, show_again)
    _add_consent_routes(pages, show_again)


def _add_contact_routes(pages: Blueprint, show_again: ShowAgain) -> None:
    def write(customer_id: UUID, contact_id: UUID | None, said: str) -> Answer:
        try:
            _write_down(customer_id, contact_id)
        except Rejected as refused:
            form = f"contact-{contact_id or 'new'}"
            return show_again(customer_id, Refused(form, refused.reason, request.form))
        return _back(customer_id, said)

    @pages.post("/customers/<uuid:customer_id>/contacts")
    def add_contact(customer_id: UUID) -> Answer:
        return write(customer_id, None, "Added. Steps that name this role write to them from now on.")

    @pages.post("/customers/<uuid:customer_id>/contacts/<uuid:contact_id>")
    def change_contact(customer_id: UUID, contact_id: UUID) -> Answer:
        return write(customer_id, contact_id, "Saved. Reminders go there from now on.")

    @pages.post("/customers/<uuid:customer_id>/contacts/<uuid:contact_id>/remove")
    def remove_contact(customer_id: UUID, contact_id: UUID) -> Answer:
        try:
            with workspace() as session:
                contacts.take_away(session, customer_id, contact_id, now=now())
        except Rejected as refused:
            return show_again(customer_id, Refused(f"contact-{contact_id}", refused.reason, request.form))
        return _back(customer_id, "The contact is gone and gets nothing more.")


def _add_consent_routes(pages: Blueprint, show_again: ShowAgain) -> None:
    def note_down(customer_id: UUID, keep: Keep, wanted: str, said: str) -> Answer:
        try:
            with workspace() as session:
                person(ground(), session, customer_id)
                channel, note = _channel(), _note(wanted)
                keep(session, customer_id, channel, _contact(session, customer_id), note)
                replan(session, now=now())
        except Rejected as refused:
            whose = f"contact-{request.form['contact']}" if request.form.get("contact") else "own"
            form = f"consent-{whose}-{request.form.get('channel', '')}"
            return show_again(customer_id, Refused(form, refused.reason, request.form))
        return _back(customer_id, said)

    @pages.post("/customers/<uuid:customer_id>/consent")
    def record_consent(customer_id: UUID) -> Answer:
        wanted = "Write how they agreed, such as “on the order form”."
        return note_down(customer_id, _give, wanted, "Their consent is on record.")

    @pages.post("/customers/<uuid:customer_id>/consent/withdraw")
    def withdraw_consent(customer_id: UUID) -> Answer:
        wanted = "Write why, such as “asked on the telephone”."
        said = "Their consent has ended. That it was given stays on record."
        return note_down(customer_id, _withdraw, wanted, said)


def _give(session: Session, customer_id: UUID, channel: str, contact_id: UUID | None, note: str) -> None:
    consent.give(
        session,
        customer_id,
        channel,
        source=OWNER,
        contact_id=contact_id,
        note=note,
        by=user_id(),
        now=now(),
    )


def _withdraw(session: Session, customer_id: UUID, channel: str, contact_id: UUID | None, note: str) -> None:
    consent.withdraw(session, customer_id, channel, contact_id=contact_id, note=note, by=user_id(), now=now())


def _write_down(customer_id: UUID, contact_id: UUID | None) -> None:
    typed = contacts.NewPerson(*(request.form.get(name, "") for name in ("role", "name", "email", "phone")))
    with workspace() as session:
        person(ground(), session, customer_id)
        sealer = ground().sealer(session)
        contacts.write_down(session, sealer, customer_id, typed, now=now(), contact_id=contact_id)


def _channel() -> str:
    channel = request.form.get("channel", "")
    if channel not in PHONE_CHANNELS:
        raise Rejected("Choose text messages or WhatsApp.")
    return channel


def _contact(session: Session, customer_id: UUID) -> UUID | None:
    """Whose telephone the form is about; None for the customer's own. Raises NotFound for somebody else's contact."""
    named = request.form.get("contact", "")
    if not named:
        return None
    people = contacts.people_of(session, ground().sealer(session), [customer_id]).get(customer_id, ())
    found = next((person.id for person in people if str(person.id) == named), None)
    if found is None:
        raise NotFound("There is no such contact here.")
    return found


def _note(wanted: str) -> str:
    note = " ".join(request.form.get("note", "").split())[:_LONGEST_NOTE]
    if not note:
        raise Rejected(wanted)
    return note


def _back(customer_id: UUID, sentence: str) -> Response:
    flash(sentence, "good")
    return redirect(url_for("customers.one", customer_id=customer_id), 303)
