"""Stripe's money without a browser: what the dashboard, payers' banks and the business's bank do to it."""

from typing import Any

from flask import Blueprint

from sandbox.control.editing import EditRoutes, edits_wanted, required
from sandbox.control.wishes import Wishes
from sandbox.stripe import dashboard, judging
from sandbox.stripe.storm import Storm
from sandbox.world import World

DUE_DAYS = 7


def add_routes(control: Blueprint, world: World) -> None:
    """/control/stripe/payments, refunds, disputes, payouts and accounts; amounts are in minor units."""
    _add_judge(control, world)
    edits = EditRoutes(control, world, "stripe")
    edits.add("/payments/<number>/answer", _answer)
    edits.add("/payments/<number>/refund", _refund)
    edits.add("/payments/<number>/dispute", _dispute)
    edits.add("/refunds/<number>/decide", _decide_refund)
    edits.add("/disputes/<number>/review", lambda w, _, number: dashboard.review_dispute(w.stripe, number))
    edits.add(
        "/disputes/<number>/escalate", lambda w, _, number: dashboard.escalate_dispute(w.stripe, number)
    )
    edits.add("/disputes/<number>/decide", _decide_dispute)
    edits.add("/payouts/<number>/arrive", lambda w, _, number: dashboard.deliver_payout(w.stripe, number))
    edits.add("/payouts/<number>/fail", _fail_payout)
    edits.add("/accounts/<number>/payout", _pay_out)
    edits.add("/accounts/<number>/charge", _charge)
    edits.add("/accounts/<number>/fee", _fee)
    edits.add("/accounts/<number>/refunds", _begin_refunds)
    edits.add("/accounts/<number>/settle-in", _settle_in)
    edits.add("/accounts/<number>/storm", _storm)


def _add_judge(control: Blueprint, world: World) -> None:
    @control.get("/stripe/ledger")
    def stripe_ledger() -> dict[str, Any]:
        with world.lock:
            return judging.ledger(world.stripe)


def _answer(world: World, wishes: Wishes, number: str) -> Any:
    return dashboard.answer(world.stripe, number, wishes.text("outcome"))


def _refund(world: World, wishes: Wishes, number: str) -> Any:
    reason, status = wishes.optional_text("reason") or "", wishes.optional_text("status") or ""
    return dashboard.refund(world.stripe, number, wishes.count("amount"), reason, status)


def _dispute(world: World, wishes: Wishes, number: str) -> Any:
    due_days = wishes.count("due_days")
    return dashboard.dispute(
        world.stripe,
        number,
        wishes.count("amount"),
        wishes.optional_text("reason") or "",
        inquiry=wishes.flag("inquiry"),
        due_days=DUE_DAYS if due_days is None else due_days,
    )


def _decide_refund(world: World, wishes: Wishes, number: str) -> Any:
    reason = wishes.optional_text("reason") or ""
    return dashboard.decide_refund(world.stripe, number, wishes.text("status"), reason)


def _decide_dispute(world: World, wishes: Wishes, number: str) -> Any:
    fee_back = wishes.flag("fee_back")
    return dashboard.decide_dispute(world.stripe, number, wishes.text("status"), fee_back=fee_back)


def _fail_payout(world: World, wishes: Wishes, number: str) -> Any:
    return dashboard.fail_payout(world.stripe, number, wishes.optional_text("code") or "")


def _pay_out(world: World, wishes: Wishes, number: str) -> Any:
    currency = (wishes.optional_text("currency") or "").lower()
    everything, manual = wishes.flag("everything"), wishes.flag("manual")
    sent = dashboard.pay_out(world.stripe, number, currency, everything=everything, manual=manual)
    return {"payouts": sent}


def _charge(world: World, wishes: Wishes, number: str) -> Any:
    amount = required(wishes.count("amount"), "amount")
    return dashboard.charge_elsewhere(world.stripe, number, amount, wishes.text("currency").lower())


def _fee(world: World, wishes: Wishes, number: str) -> Any:
    amount = required(wishes.count("amount"), "amount")
    return dashboard.charge_fee(world.stripe, number, amount, wishes.text("currency").lower())


def _begin_refunds(world: World, wishes: Wishes, number: str) -> Any:
    dashboard.begin_refunds(world.stripe, number, wishes.text("status"))
    return {"id": number}


def _settle_in(world: World, wishes: Wishes, number: str) -> Any:
    rate = required(wishes.money("rate"), "rate")
    into, of = wishes.text("currency").lower(), wishes.text("of").lower()
    dashboard.settle_in(world.stripe, number, into, of, rate)
    return {"id": number}


def _storm(world: World, wishes: Wishes, number: str) -> Any:
    wanted, seed = edits_wanted(wishes)
    return Storm(world.stripe, dashboard.connected(world.stripe, number), seed).blow(wanted)
