"""The inbox page, the JSON list that tests judge by, and the provider's search by Message-ID."""

from email.utils import parseaddr
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request

from sandbox.faults import install
from sandbox.mail.state import Mail
from sandbox.ses.receiving import Verdicts, receive, written
from sandbox.world import World

MAILS_PER_PAGE = 100
FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: http: https:"
)


def blueprint(world: World) -> Blueprint:
    """Everything under /mail/."""
    mail = Blueprint("mail", __name__, url_prefix="/mail", template_folder="pages")
    _add_pages(mail, world)
    _add_list(mail, world)
    mail.register_blueprint(_search(world))
    return mail


def _add_pages(mail: Blueprint, world: World) -> None:
    @mail.get("/")
    def inbox() -> str:
        wanted = request.args.get("to", "").strip()
        mails = [m for m in reversed(world.mail.mails()) if _is_about(m, wanted)]
        shown = mails[:MAILS_PER_PAGE]
        return render_template(
            "inbox.html", mails=shown, count=len(mails), wanted=wanted, app_url=world.settings.app_url
        )

    @mail.get("/<number>")
    def one_mail(number: str) -> str:
        mail = _found(world, number)
        return render_template(
            "one_mail.html", mail=mail, reply_to=_reply_to(mail), app_url=world.settings.app_url
        )

    @mail.post("/<number>/answer")
    def answer(number: str) -> Response:
        """The recipient writes back; SES receives it for whoever asked for answers."""
        mail, text = _found(world, number), request.form.get("text", "")
        sender, to = mail.recipients[0], _reply_to(mail)
        quoted = "".join(f"> {line}\n" for line in (mail.text or "").splitlines())
        subject, said = f"Re: {mail.subject}", f"{text}\n\nOn that day, you wrote:\n{quoted}"
        with world.lock:
            raw = written(sender=sender, to=to, subject=subject, text=said, at=world.clock.now())
            receive(world, raw, envelope_from=sender, to=to, verdicts=Verdicts())
        return redirect(f"/mail/{number}", 303)  # type: ignore[return-value]

    @mail.get("/<number>/html")
    def html(number: str) -> Response:
        body = _found(world, number).html or ""
        answer = Response(f'<base target="_blank">{body}', content_type="text/html; charset=utf-8")
        answer.headers["Content-Security-Policy"] = FRAME_POLICY
        return answer


def _add_list(mail: Blueprint, world: World) -> None:
    @mail.get("/api/messages")
    def messages() -> list[dict[str, Any]]:
        """Oldest first. `to` keeps one recipient's, `after` those later than the mail of that id.

        `short=1` leaves out subject, headers and bodies, for counting thousands.
        """
        after, wanted = request.args.get("after", 0, int), request.args.get("to", "")
        mails = [m for m in world.mail.mails() if int(m.id) > after and _is_about(m, wanted)]
        return [m.short if request.args.get("short") == "1" else m.full for m in mails]

    @mail.delete("/api/messages")
    def forget() -> tuple[str, int]:
        world.mail.clear()
        return "", 204


def _search(world: World) -> Blueprint:
    search = Blueprint("search", __name__)
    install(search, "mail-search", world.faults)

    @search.get("/api/accepted")
    def accepted() -> tuple[dict[str, Any], int]:
        mail = world.mail.accepted(request.args.get("message_id", ""))
        if mail is None:
            return {"accepted": False}, 404
        return {"accepted": True, "accepted_at": mail.received_at.isoformat(), "id": mail.id}, 200

    return search


def _reply_to(mail: Mail) -> str:
    """Where an answer goes; empty where the mail names no address."""
    return parseaddr(str(mail.parsed.get("Reply-To", "")))[1]


def _is_about(mail: Mail, wanted: str) -> bool:
    return not wanted or any(wanted.lower() in recipient.lower() for recipient in mail.recipients)


def _found(world: World, number: str) -> Mail:
    mail = world.mail.mail(number)
    if mail is None:
        abort(404, "There is no such mail.")
    return mail
