"""Stripe's own pages: onboarding for a business, checkout for a payer. Both work without script."""

import secrets

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from sandbox.stripe.account_shapes import CARD_PAYMENTS
from sandbox.stripe.currency import DEBITS, in_words
from sandbox.stripe.payments import METHODS, NotPayableError, methods_of, pay
from sandbox.stripe.standing import set_capability
from sandbox.stripe.state import CheckoutSession, Link
from sandbox.world import World

DECLINED = "Your card was declined. Nothing was taken. Try again or pay another way."


def add_routes(pages: Blueprint, world: World) -> None:
    """/stripe/checkout/<session> and /stripe/onboarding/<link>."""
    _add_checkout(pages, world)
    _add_onboarding(pages, world)


def _add_checkout(pages: Blueprint, world: World) -> None:
    @pages.get("/checkout/<number>")
    def show_checkout(number: str) -> str:
        with world.lock:
            return _checkout_page(_session(world, number))

    @pages.post("/checkout/<number>")
    def pay_checkout(number: str) -> Response | str | tuple[str, int]:
        method = request.form.get("method", "card")
        if method not in METHODS:
            abort(400, "There is no such way to pay.")
        with world.lock:
            session = _session(world, number)
            email = request.form.get("email", "").strip()
            try:
                complete = pay(world.stripe, session, method, email)
            except NotPayableError as reason:
                return _checkout_page(session, str(reason)), 409
            if not complete:
                return _checkout_page(session, DECLINED), 402
            return redirect(_success_url(session), 303)


def _add_onboarding(pages: Blueprint, world: World) -> None:
    @pages.get("/onboarding/<number>")
    def show_onboarding(number: str) -> Response | str:
        with world.lock:
            link = _link(world, number)
            if link.visit is not None or link.expires_at < world.clock.timestamp():
                return redirect(link.refresh_url, 303)
            link.visit = secrets.token_hex(8)
            return render_template("onboarding.html", link=link, account=link.account)

    @pages.post("/onboarding/<number>")
    def finish_onboarding(number: str) -> Response | str:
        with world.lock:
            link = _link(world, number)
            if link.visit is None or request.form.get("visit") != link.visit:
                return redirect(link.refresh_url, 303)
            if request.form.get("action") == "finish":
                set_capability(world.stripe, link.account, CARD_PAYMENTS, "active")
            if link.return_url is None:
                return render_template("onboarding_left.html", account=link.account)
            return redirect(link.return_url, 303)


def _checkout_page(session: CheckoutSession, problem: str = "") -> str:
    shown = session.shown
    return render_template(
        "checkout.html" if session.status == "open" else "checkout_closed.html",
        session=session,
        shown=shown,
        problem=problem,
        amount=in_words(shown["amount_total"], shown["currency"]),
        lines=[(line, in_words(line["amount_total"], line["currency"])) for line in session.lines],
        card="card" in methods_of(session),
        debit=shown["currency"] in DEBITS and "debit" in methods_of(session),
    )


def _success_url(session: CheckoutSession) -> str:
    url: str = session.shown["success_url"]
    return url.replace("{CHECKOUT_SESSION_ID}", session.shown["id"])


def _session(world: World, number: str) -> CheckoutSession:
    session = world.stripe.session(number)
    if session is None:
        abort(404, "There is no such checkout.")
    return session


def _link(world: World, number: str) -> Link:
    link = world.stripe.links.get(number)
    if link is None:
        abort(404, "There is no such link.")
    return link
