"""`/unsubscribe/<token>`: no more reminders by e-mail. GET asks, POST does it, also from a mail program (RFC 8058)."""

from flask import Blueprint, Response, request

from app.kit.ground import Ground
from app.models import Tenant
from app.payments.opting_out import ONE_CLICK, PAGE, opt_in_again, opt_out
from app.portal.answers import Answers, Payer


def add_routes(pages: Blueprint, ground: Ground, answers: Answers) -> None:
    """A GET never unsubscribes: mail scanners follow links."""

    @pages.get("/unsubscribe/<token>")
    def ask_to_stop(token: str) -> Response:
        payer = answers.payer(token)
        return _page(ground, answers, payer, "asked") if payer else answers.unknown()

    @pages.post("/unsubscribe/<token>")
    def stop(token: str) -> Response:
        payer = answers.payer(token)
        return _do(ground, answers, payer) if payer else answers.unknown()


def _do(ground: Ground, answers: Answers, payer: Payer) -> Response:
    is_undo = request.form.get("undo") == "yes"
    is_one_click = request.form.get("List-Unsubscribe") == "One-Click"
    now = ground.clock.now()
    with ground.database.tenant(payer.place.tenant_id) as session:
        if is_undo:
            opt_in_again(session, payer.place.link_id, now=now)
        else:
            opt_out(session, payer.place.link_id, source=ONE_CLICK if is_one_click else PAGE, now=now)
    return _page(ground, answers, payer, "undone" if is_undo else "stopped")


def _page(ground: Ground, answers: Answers, payer: Payer, state: str) -> Response:
    with ground.database.tenant(payer.place.tenant_id) as session:
        name = session.get_one(Tenant, payer.place.tenant_id).name
    return answers.page("unsubscribe", payer.speech, business_name=name, state=state)
