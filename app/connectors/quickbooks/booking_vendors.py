"""The supplier that a card fee is paid to: looked for by its name, made if there is none."""

from collections.abc import Sequence

from app.connectors.quickbooks.answers import unanswered
from app.connectors.quickbooks.asking import asked
from app.connectors.quickbooks.booking_marks import request_id
from app.connectors.quickbooks.booking_rows import Vendor, found, read
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.naming import known_or_made
from app.connectors.quickbooks.quoting import quoted
from app.kit.errors import Rejected


def vendor_id(client: QuickBooksClient, payee: str, currency: str | None, idempotency_key: str) -> str:
    """The id of the supplier that a fee is paid to, made if there is none.

    A supplier has one currency for good, and no name twice among customers, suppliers and employees.
    """
    names = possible_names(payee, currency)
    there = known_or_made(
        names,
        known=lambda: _known(client, names, currency),
        made=lambda name: _made(client, name, currency, idempotency_key),
    )
    if there is not None:
        return there
    raise Rejected(
        f"{' and '.join(names)} are names of others in QuickBooks already, so the card fee has no supplier to go "
        "to. Rename one of them, then press Try again."
    )


def possible_names(payee: str, currency: str | None) -> Sequence[str]:
    """What the supplier may be called, the plainest first. Pure."""
    own = f" {currency}" if currency else ""
    return (payee, f"{payee}{own} (card fees)")


def _known(client: QuickBooksClient, names: Sequence[str], currency: str | None) -> str | None:
    listed = ", ".join(map(quoted, names))
    [answer] = asked(client, [f"select * from Vendor where DisplayName in ({listed})"])  # noqa: S608
    fitting = [row for row in found(answer, Vendor) if currency is None or _currency(row) in (None, currency)]
    ids = {(row.name or "").casefold(): row.id for row in fitting}
    return next((identity for name in names if (identity := ids.get(name.casefold()))), None)


def _made(client: QuickBooksClient, name: str, currency: str | None, idempotency_key: str) -> str:
    body: dict[str, object] = {"DisplayName": name}
    if currency is not None:
        body["CurrencyRef"] = {"value": currency}
    answer = client.write("vendor", body, request_id=request_id(idempotency_key, f"vendor {name}"))
    row = read(answer.record("Vendor"), Vendor, is_write=True)
    if not row.id:
        raise unanswered(is_write=True)
    return row.id


def _currency(row: Vendor) -> str | None:
    return row.currency.id if row.currency else None
