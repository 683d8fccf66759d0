"""The owner writes down people at a customer, and what the customer said about being texted."""

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

_LONGEST_NOTE = 200


def add_routes(pages: Blueprint) -> None:
    """Contacts and consent, each from its own form on the customer's page."""
    _add_contact_routes(pages)
    _add_consent_routes(pages)


def _add_contact_routes(pages: Blueprint) -> None:
    @pages.post("/customers/<uuid:customer_id>/contacts")
    def add_contact(customer_id: UUID) -> Response:
        return _write_down(customer_id, None, "Added. Steps that name this role write to them from now on.")

    @pages.post("/customers/<uuid:customer_id>/contacts/<uuid:contact_id>")
    def change_contact(customer_id: UUID, contact_id: UUID) -> Response:
        return _write_down(customer_id, contact_id, "Saved.")

    @pages.post("/customers/<uuid:customer_id>/contacts/<uuid:contact_id>/remove")
    def remove_contact(customer_id: UUID, contact_id: UUID) -> Response:
        with workspace() as session:
            contacts.take_away(session, customer_id, contact_id, now=now())
        return _back(customer_id, "The contact is gone and gets nothing more.", "good")


def _add_consent_routes(pages: Blueprint) -> None:
    @pages.post("/customers/<uuid:customer_id>/consent")
    def record_consent(customer_id: UUID) -> Response:
        with workspace() as session:
            person(ground(), session, customer_id)
            channel, note = _channel(), _note("Write how they agreed, such as “on the order form”.")
            contact = _contact(session, customer_id)
            consent.give(
                session,
                customer_id,
                channel,
                source=OWNER,
                contact_id=contact,
                note=note,
                by=user_id(),
                now=now(),
            )
            replan(session, now=now())
        return _back(customer_id, "Their consent is on record.", "good")

    @pages.post("/customers/<uuid:customer_id>/consent/withdraw")
    def withdraw_consent(customer_id: UUID) -> Response:
        with workspace() as session:
            person(ground(), session, customer_id)
            channel, note = _channel(), _note("Write why, such as “asked on the telephone”.")
            contact = _contact(session, customer_id)
            consent.withdraw(
                session, customer_id, channel, contact_id=contact, note=note, by=user_id(), now=now()
            )
            replan(session, now=now())
        return _back(customer_id, "Their consent has ended. That it was given stays on record.", "good")


def _write_down(customer_id: UUID, contact_id: UUID | None, said: str) -> Response:
    """What cannot be used is said above the page, and nothing is kept of it."""
    typed = contacts.NewPerson(*(request.form.get(name, "") for name in ("role", "name", "email", "phone")))
    try:
        with workspace() as session:
            person(ground(), session, customer_id)
            sealer = ground().sealer(session)
            contacts.write_down(session, sealer, customer_id, typed, now=now(), contact_id=contact_id)
    except Rejected as refused:
        return _back(customer_id, refused.reason, "bad")
    return _back(customer_id, said, "good")


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


def _back(customer_id: UUID, sentence: str, tone: str) -> Response:
    flash(sentence, tone)
    return redirect(url_for("customers.one", customer_id=customer_id), 303)
