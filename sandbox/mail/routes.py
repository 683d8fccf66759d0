"""The inbox page, the JSON list that tests judge by, and the provider's search by Message-ID."""

from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from sandbox.faults import install
from sandbox.mail.state import Mail
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
        return render_template("one_mail.html", mail=_found(world, number), app_url=world.settings.app_url)

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


def _is_about(mail: Mail, wanted: str) -> bool:
    return not wanted or any(wanted.lower() in recipient.lower() for recipient in mail.recipients)


def _found(world: World, number: str) -> Mail:
    mail = world.mail.mail(number)
    if mail is None:
        abort(404, "There is no such mail.")
    return mail
