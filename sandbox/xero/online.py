"""The page behind an online invoice link: what a customer sees of one invoice, without signing in."""

from flask import Blueprint, abort, render_template

from sandbox.world import World


def add_routes(xero: Blueprint, world: World) -> None:
    """GET /xero/online/<invoice id>."""

    @xero.get("/online/<identity>")
    def online_invoice(identity: str) -> str:
        with world.lock:
            for books in world.xero.organisations.values():
                invoice = books.invoices.get(identity)
                if invoice is not None and invoice.type == "ACCREC":
                    return render_template("xero-online-invoice.html", invoice=invoice, seller=books.name)
        abort(404)
