"""Money: payments through pay links, what went back of them, and their entries in the ledger."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for

from app.models import ChargebackState, Payment, PaymentState, RefundState, WriteBackState
from app.payments import queries
from app.payments.onboarding import state as card_state
from app.payments.queries_money_back import chargebacks_of, refunds_of
from app.payments.refunds_surcharge import left_to_give_back
from app.web.entry_names import entry_name
from app.web.here import ground, tenant_id, workspace
from app.web.money import entry_views, reconciling, refunding
from app.web.money.entries import entry_lines

pages = Blueprint("money", __name__, template_folder="templates")
entry_views.add_routes(pages)
refunding.add_routes(pages)
reconciling.add_routes(pages)


@pages.get("/money")
def page() -> str:
    number = max(1, request.args.get("page", 1, type=int))
    with workspace() as session:
        shown = queries.money(session, page=number)
        cards = card_state(session, ground().settings)
    return render_template(
        "money/page.html",
        money=shown,
        cards=cards,
        page=number,
        last=max(1, -(-shown.count // queries.PAGE_SIZE)),
        address=lambda number: url_for("money.page", page=number),
        payment_state=PaymentState,
        entry_state=WriteBackState,
        entry_lines=entry_lines,
        entry_name=entry_name,
    )


@pages.get("/money/payments/<uuid:payment_id>")
def payment(payment_id: UUID) -> str:
    with workspace() as session:
        one = queries.one_payment(session, payment_id)
        refunds, chargebacks = refunds_of(session, payment_id), chargebacks_of(session, payment_id)
        left = left_to_give_back(session, session.get_one(Payment, (tenant_id(), payment_id)))
    return render_template(
        "money/one.html",
        one=one,
        refunds=refunds,
        chargebacks=chargebacks,
        left=left,
        payment_state=PaymentState,
        refund_state=RefundState,
        chargeback_state=ChargebackState,
        entry_state=WriteBackState,
        entry_name=entry_name,
    )
