"""The business's own mail server: name it, send a test mail by it, go back to the installation's way."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.channels.email.ses_domains import records
from app.kit.errors import DueMateError, OutcomeUnknown
from app.models import OwnMailServer, UserAccount
from app.reminders import mail_domains
from app.reminders.mail_servers import (
    PORTS,
    SENDER_COLUMN,
    Faulty,
    Wished,
    forget_server,
    own_server,
    prove_server,
    save_server,
)
from app.web.here import ground, now, tenant_id, user_id, workspace

pages = Blueprint("mail", __name__, template_folder="templates")

Fields = dict[str, str]


@pages.get("/settings/mail")
def page() -> str:
    return _page({}, {})


@pages.post("/settings/mail")
def save() -> Response | tuple[str, int]:
    typed = {name: request.form.get(name, "").strip() for name in Wished.__dataclass_fields__}
    typed["password"] = request.form.get("password", "")
    try:
        with workspace() as session:
            save_server(session, ground(), Wished(**typed), now=now())
    except Faulty as faulty:
        return _page(faulty.faults, {**typed, "password": ""}), 422
    flash("Saved. Send a test mail: your server is used once one has left by it.", "info")
    return redirect(url_for("mail.page"), 303)


@pages.post("/settings/mail/test")
def test() -> Response:
    try:
        prove_server(ground(), tenant_id(), recipient=_own_address())
    except OutcomeUnknown:
        flash("The line broke during the test. Look into your inbox, and try once more.", "attention")
    except DueMateError as failed:
        flash(failed.reason, "bad")
    else:
        flash("A test mail is on its way to you. Reminders leave by your server from now on.", "good")
    return redirect(url_for("mail.page"), 303)


@pages.post("/settings/mail/domain")
def ask_for_domain() -> Response | tuple[str, int]:
    sender = request.form.get("domain_sender", "")
    try:
        mail_domains.ask(ground(), tenant_id(), sender)
    except DueMateError as failed:
        return _page({"domain_sender": failed.reason}, {"domain_sender": sender}), 422
    return _domain_said("Asked for. Publish the three records below; we look for them every hour.")


@pages.post("/settings/mail/domain/look")
def look_at_domain() -> Response:
    return _about_domain(lambda: mail_domains.look(ground(), tenant_id()), "Looked just now.")


@pages.post("/settings/mail/domain/forget")
def forget_domain() -> Response:
    return _about_domain(
        lambda: mail_domains.forget(ground(), tenant_id()), "Forgotten. Mails come from our address again."
    )


def _about_domain(act: Callable[[], None], said: str) -> Response:
    try:
        act()
    except DueMateError as failed:
        flash(failed.reason, "bad")
        return redirect(url_for("mail.page", _anchor="domain"), 303)
    return _domain_said(said)


def _domain_said(sentence: str) -> Response:
    flash(sentence, "good")
    return redirect(url_for("mail.page"), 303)


@pages.post("/settings/mail/forget")
def forget() -> Response:
    with workspace() as session:
        forget_server(session)
    flash("Your server is forgotten. Mails leave by ours again.", "good")
    return redirect(url_for("mail.page"), 303)


def _own_address() -> str:
    """Of the person who asks: a test mail goes to nobody else."""
    here = ground()
    with here.database.platform() as session:
        user = session.get_one(UserAccount, user_id())
        return here.platform_sealer().open(user.email_sealed, column="user_account.email", row=user.id)


def _page(faults: Fields, typed: Fields) -> str:
    with workspace() as session:
        server = own_server(session)
        values = _values(session, server) if server else {}
        domain = mail_domains.own_domain(session)
        sender = mail_domains.sender_of(domain, ground().sealer(session)) if domain else ""
    return render_template(
        "mail/page.html",
        server=server,
        values={"port": str(PORTS[0]), "security": "starttls", **values, **typed},
        faults=faults,
        domain=domain,
        domain_sender=sender,
        records=records(domain.domain, tuple(domain.tokens)) if domain else [],
        offers_domains=mail_domains.offers_domains(ground().settings),
        own_address=_own_address(),
        may_be_open=not ground().settings.is_production,
    )


def _values(session: Session, server: OwnMailServer) -> Fields:
    """What is kept, but for the password."""
    sealer = ground().sealer(session)
    return {
        "host": server.host,
        "port": str(server.port),
        "security": server.security.value,
        "user": server.user_name,
        "sender": sealer.open(server.sender_sealed, column=SENDER_COLUMN, row=server.id),
    }
