"""Text messages and WhatsApp: set up, what they cost and look like, on whose word, and a test to oneself."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.kit.errors import DueMateError
from app.kit.languages import LANGUAGES
from app.models import ConsentBasis, PhoneTemplate
from app.reminders import phone_senders, phone_setup
from app.reminders.phone_accounts import phone_account
from app.reminders.phone_words import EXAMPLES, MOMENTS
from app.web.here import ground, now, tenant_id, user_id, workspace

Act = Callable[[Session], None]

pages = Blueprint("phones", __name__, template_folder="templates")


@pages.get("/settings/phones")
def page() -> str:
    return _page()


def _page(*, number: str = "", fault: str = "") -> str:
    """`number` and `fault`: where a test was to go, and why it did not."""
    with workspace() as session:
        account = phone_account(session)
        states = {row.key: row for row in session.scalars(select(PhoneTemplate))}
    texts = phone_senders.templates_of(ground(), tenant_id()) if account else []
    return render_template(
        "phones/page.html",
        account=account,
        is_offered=bool(ground().settings.twilio_account_sid),
        texts=[(text, text.filled(EXAMPLES), states.get(text.key)) for text in texts],
        moments=MOMENTS,
        languages=LANGUAGES,
        number=number,
        fault=fault,
    )


@pages.post("/settings/phones/begin")
def begin() -> Response:
    try:
        phone_setup.begin(ground(), tenant_id())
    except DueMateError as refused:
        return _back(refused.reason, "bad")
    return _back("Your number is on its way. That takes a minute or two.", "good")


@pages.post("/settings/phones/basis")
def basis() -> Response:
    wanted = request.form.get("basis", "")
    if wanted not in set(ConsentBasis):
        return _back("Choose one of the two.", "bad")
    return _do(
        lambda session: phone_setup.state_basis(session, ConsentBasis(wanted), user_id=user_id(), now=now()),
        "Saved. Reminders follow it from now on.",
    )


@pages.post("/settings/phones/whatsapp")
def whatsapp() -> Response:
    return _do(
        lambda session: phone_setup.ask_for_whatsapp(session, now=now()),
        "Asked for. WhatsApp looks at the texts first, which takes from minutes to a day.",
    )


@pages.post("/settings/phones/again")
def again() -> Response:
    return _do(lambda session: phone_setup.try_again(session, now=now()), "It is tried again.")


@pages.post("/settings/phones/test")
def test() -> Response | tuple[str, int]:
    typed = request.form.get("number", "")
    try:
        number = phone_setup.send_test(ground(), tenant_id(), typed)
    except DueMateError as refused:
        return _page(number=typed, fault=refused.reason), 422
    return _back(f"A text message is on its way to {number}.", "good")


def _do(act: Act, said: str) -> Response:
    try:
        with workspace() as session:
            act(session)
    except DueMateError as refused:
        return _back(refused.reason, "bad")
    return _back(said, "good")


def _back(sentence: str, tone: str) -> Response:
    flash(sentence, tone)
    return redirect(url_for("phones.page"), 303)
