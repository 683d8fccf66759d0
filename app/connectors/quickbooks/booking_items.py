"""What a charge sells: a line of an invoice names an item, and the item names the account of income.

The item is a service, looked for by its name and made if there is none. One of the same name that is booked
elsewhere is the business's own and is left alone.
"""

from collections.abc import Sequence

from app.connectors.quickbooks import wire
from app.connectors.quickbooks.answers import unanswered
from app.connectors.quickbooks.asking import asked
from app.connectors.quickbooks.booking_marks import request_id
from app.connectors.quickbooks.booking_rows import Item, found, read
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.naming import known_or_made
from app.connectors.quickbooks.quoting import quoted
from app.kit.errors import Rejected

_NAME = "Late fee"
_INCOME = frozenset({"Income", "Other Income"})
_NO_ACCOUNT = (
    "The account for late fees is no longer active in QuickBooks. Choose another one in Settings, Booking, or make "
    "it active again."
)
_NO_INCOME = (
    "QuickBooks books what is charged on an invoice to an account of income. Choose one for late fees on the "
    "page Late fees."
)


def item_id(client: QuickBooksClient, account: str, idempotency_key: str) -> str:
    """The id of a service that is booked to this account, made if there is none.

    Raises Rejected if the account is gone, inactive, or not one of income.
    """
    names = possible_names(account)
    there = known_or_made(
        names,
        known=lambda: _known(client, names, account),
        made=lambda name: _made(client, name, account, idempotency_key),
    )
    if there is not None:
        return there
    raise Rejected(
        f"{' and '.join(names)} are names of other products in QuickBooks already, so a late fee cannot be put on an "
        "invoice. Rename one of them, then press Try again."
    )


def possible_names(account: str) -> Sequence[str]:
    """What the service may be called, the plainest first. Pure."""
    return (_NAME, f"{_NAME} (account {account})")


def _known(client: QuickBooksClient, names: Sequence[str], account: str) -> str | None:
    listed = ", ".join(map(quoted, names))
    accounts, items = asked(
        client,
        [
            f"select * from Account where Id = {quoted(account)}",  # noqa: S608
            f"select * from Item where Name in ({listed})",  # noqa: S608
        ],
    )
    _check(found(accounts, wire.Account))
    fitting = [row for row in found(items, Item) if row.income is not None and row.income.id == account]
    ids = {(row.name or "").casefold(): row.id for row in fitting}
    return next((identity for name in names if (identity := ids.get(name.casefold()))), None)


def _check(accounts: Sequence[wire.Account]) -> None:
    """A query tells of active accounts only."""
    if not accounts:
        raise Rejected(_NO_ACCOUNT)
    if accounts[0].kind not in _INCOME:
        raise Rejected(_NO_INCOME)


def _made(client: QuickBooksClient, name: str, account: str, idempotency_key: str) -> str:
    body = {"Name": name, "Type": "Service", "IncomeAccountRef": {"value": account}}
    answer = client.write("item", body, request_id=request_id(idempotency_key, f"item {name}"))
    row = read(answer.record("Item"), Item, is_write=True)
    if not row.id:
        raise unanswered(is_write=True)
    return row.id
