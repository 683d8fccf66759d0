"""The taps on what waits for a person. Each leads back to where it was tapped."""

from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.tasks import person_tasks
from app.web.here import now, user_id, workspace
from app.web.today.to_do import proof_of, put_off, remind_all_the_same


def add_routes(pages: Blueprint) -> None:
    """Done, later, remind all the same, and the file a payer sent."""

    @pages.post("/today/to-do/<uuid:to_do_id>/done")
    def finish_to_do(to_do_id: UUID) -> AnyResponse:
        with workspace() as session:
            person_tasks.mark_done(session, to_do_id, by=user_id(), now=now())
        return _back("Done. It is off the list.")

    @pages.post("/today/to-do/<uuid:to_do_id>/later")
    def put_off_to_do(to_do_id: UUID) -> AnyResponse:
        with workspace() as session:
            put_off(session, to_do_id)
        return _back("It comes back in three working days.")

    @pages.post("/today/to-do/<uuid:to_do_id>/remind")
    def remind(to_do_id: UUID) -> AnyResponse:
        with workspace() as session:
            remind_all_the_same(session, to_do_id)
        return _back("Reminders go on. The next one is being planned.")

    @pages.get("/today/claims/<uuid:claim_id>/proof")
    def proof(claim_id: UUID) -> Response:
        """As a download only, and nothing in it may act: it was made by a stranger."""
        with workspace() as session:
            found = proof_of(session, claim_id)
        answer = make_response(found.content)
        answer.headers["Content-Type"] = found.kind.value
        answer.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return answer


def _back(sentence: str) -> AnyResponse:
    flash(sentence, "good")
    return redirect(_came_from(), 303)


def _came_from() -> str:
    """The customer's page if the form says so, Today otherwise; never another site."""
    try:
        customer_id = UUID(request.form.get("customer", ""))
    except ValueError:
        return url_for("today.page")
    return url_for("customers.one", customer_id=customer_id)
