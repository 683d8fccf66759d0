"""The payer's pages: pay, thanks, tell something, no more reminders. No account, no cookie, no script, no tracking."""

from flask import Blueprint

from app.kit.ground import Ground
from app.portal import pay, stop, telling
from app.portal.answers import Answers
from app.portal.guessing import Misses


def blueprint(ground: Ground) -> Blueprint:
    """`/pay/<token>` and `/unsubscribe/<token>`. The token in the address is all that is needed, so there is
    nothing a forged form could abuse and no CSRF token."""
    pages = Blueprint(
        "portal",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/portal-files",
    )
    answers = Answers(ground, Misses())
    pages.after_request(answers.seal)
    pay.add_routes(pages, ground, answers)
    stop.add_routes(pages, ground, answers)
    telling.add_routes(pages, ground, answers)
    return pages
