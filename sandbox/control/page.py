"""The control page. Its forms post to the same routes as programs do and are led back to the page."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request

from sandbox.control.ledgers import NAMES, OpenInvoice, ledger
from sandbox.faults import VENDOR_KINDS
from sandbox.stripe.currency import in_words
from sandbox.stripe.edits import books
from sandbox.world import World

INVOICES_SHOWN, DELIVERIES_SHOWN, CHECKOUTS_SHOWN, PAYMENTS_SHOWN = 15, 15, 10, 10
VENDOR_NAMES = {
    "xero": "Xero, ledger",
    "xero-identity": "Xero, sign-in and tokens",
    "quickbooks": "QuickBooks, ledger",
    "quickbooks-identity": "QuickBooks, sign-in and tokens",
    "stripe": "Stripe",
    "twilio": "Twilio",
    "ses": "Amazon SES",
    "mail": "Mail server",
    "mail-search": "Mail search",
}
SECTIONS = {"time", "ledger", "faults", "stripe", "deliveries"}
WEBHOOK_SENDERS = NAMES | {"stripe": "Stripe", "twilio": "Twilio", "ses": "Amazon SNS"}
FAULT_WORDS = {
    "latency": "answer slowly",
    "429": "too many requests (429)",
    "500": "server error (500)",
    "503": "unavailable (503)",
    "drop": "do it, then drop the answer",
    "drop-before": "drop the call before doing it",
    "garbage": "do it, then answer garbage",
    "html": "answer an HTML page",
    "webhook-lost": "lose a webhook",
    "webhook-duplicate": "send a webhook twice",
    "webhook-reorder": "let a webhook be overtaken",
    "throttle-after": "do it, then say too many requests",
    "drift": "answer unknown values",
    "wrong-keys": "know the app's keys no more (403)",
    "downgraded": "have a smaller plan (5030)",
    "subscription-ended": "have no subscription (6190)",
    "451": "refuse for now (451)",
    "550": "refuse for good (550)",
}


def add_routes(control: Blueprint, world: World) -> None:
    """GET /control/, and the way back to it from every form."""

    @control.get("/")
    def page() -> str:
        return render_template("control.html", **_shown(world))

    @control.after_request
    def lead_back(answer: Response) -> Response:
        """After a form, the page again at the same section with what was done or why not; programs get JSON."""
        if request.mimetype != "application/x-www-form-urlencoded":
            return answer
        said = {"done": request.form.get("done", "Done.")}
        if answer.status_code >= 400:
            said = {"problem": str((answer.get_json(silent=True) or {}).get("error", "That failed."))}
        stay = {"ledger": shown} if (shown := request.form.get("ledger")) in NAMES else {}
        place = request.form.get("place", "")
        return redirect(f"/control/?{urlencode(stay | said | {'at': place})}#{place}", 303)  # type: ignore[return-value]


def _shown(world: World) -> dict[str, Any]:
    wanted = request.args.get("q", "").strip()
    with world.lock:
        shown = ledger(world, request.args.get("ledger", ""))
        stripe = books(world.stripe)
    matching = [invoice for invoice in shown.open_invoices if _is_about(invoice, wanted)]
    open_checkouts = [s for s in stripe["sessions"] if s["status"] == "open"]
    return {
        "now": world.clock.now(),
        "settings": world.settings,
        "app_url": world.settings.app_url,
        "ledger": shown,
        "ledgers": NAMES,
        "wanted": wanted,
        "invoices": matching[:INVOICES_SHOWN],
        "invoice_count": len(matching),
        "faults": world.faults.listing(),
        "vendors": [(vendor, VENDOR_NAMES[vendor], kinds) for vendor, kinds in VENDOR_KINDS.items()],
        "fault_words": FAULT_WORDS,
        "vendor_names": VENDOR_NAMES,
        "accounts": stripe["accounts"],
        "checkouts": [
            (s, in_words(s["amount_total"], s["currency"])) for s in open_checkouts[-CHECKOUTS_SHOWN:]
        ],
        "taken": [(charge, in_words(charge["amount"], charge["currency"])) for charge in _taken(stripe)],
        "senders": WEBHOOK_SENDERS,
        "deliveries": world.webhooks.deliveries()[:DELIVERIES_SHOWN],
        "webhooks": world.webhooks.counts(),
        "at": at if (at := request.args.get("at", "")) in SECTIONS else "",
        "problem": request.args.get("problem", ""),
        "done": request.args.get("done", ""),
    }


def _taken(stripe: dict[str, Any]) -> list[dict[str, Any]]:
    """The latest payments that a payer, a bank or the business can still change."""
    paid = [charge for charge in stripe["charges"] if charge["paid"] and not charge["refunded"]]
    return [charge for charge in paid if not charge["disputed"]][-PAYMENTS_SHOWN:]


def _is_about(invoice: OpenInvoice, wanted: str) -> bool:
    return wanted.lower() in f"{invoice.number} {invoice.customer}".lower()
