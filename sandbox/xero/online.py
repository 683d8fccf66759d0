"""The page behind an online invoice link: what a customer sees of one invoice, without signing in."""

from flask import Blueprint, abort, render_template

from sandbox.world import World


def add_routes(xero: Blueprint, world: World) -> None:
    """GET /xero/online/<invoice id>."""

    @xero.get("/online/<identity>")
    def online_invoice(identity: str) -> str:
        with world.lock:
            known = (
                (books.name, books.invoices.get(identity)) for books in world.xero.organisations.values()
            )
            found = next(((n, i) for n, i in known if i is not None and i.type == "ACCREC"), None)
            if found is None:
                abort(404)
            seller, invoice = found
            return render_template("xero-online-invoice.html", invoice=invoice, seller=seller)
