"""Pages of a list, filters by time, and `expand`."""

import copy
import re
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING

from sandbox.stripe.errors import invalid, no_such

if TYPE_CHECKING:
    from sandbox.stripe.state import Account, Json

DEFAULT_LIMIT, LARGEST_LIMIT = 10, 100
MOST_DEEP_EXPANSION = 4
MOST_TYPES = 20
_COMPARISONS = {"gt": gt, "gte": ge, "lt": lt, "lte": le}


def page(rows: Iterable["Json"], fields: "Json", url: str) -> "Json":
    """One page, newest first, of rows given oldest first."""
    newest_first = list(rows)[::-1]
    limit = fields.get("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= LARGEST_LIMIT:
        raise invalid(f"Invalid limit: must be between 1 and {LARGEST_LIMIT}", param="limit")
    if "ending_before" in fields:
        before = newest_first[: _place(newest_first, fields, "ending_before")]
        shown, more = before[-limit:], len(before) > limit
    else:
        start = _place(newest_first, fields, "starting_after") + 1 if "starting_after" in fields else 0
        shown, more = newest_first[start : start + limit], len(newest_first) > start + limit
    return {"object": "list", "data": shown, "has_more": more, "url": url}


def _place(rows: Sequence["Json"], fields: "Json", cursor: str) -> int:
    for place, row in enumerate(rows):
        if row["id"] == fields[cursor]:
            return place
    raise no_such("object", fields[cursor], cursor)


def created_within(fields: "Json") -> Callable[["Json"], bool]:
    """The `created` filter: an exact time, or any of gt, gte, lt, lte; seconds since 1970."""
    wanted = fields.get("created", {})
    if isinstance(wanted, int):
        return lambda row: bool(row["created"] == wanted)
    tests = [(_COMPARISONS[name], bound) for name, bound in wanted.items()]
    return lambda row: all(compare(row["created"], bound) for compare, bound in tests)


def where(fields: "Json", *names: str) -> Callable[["Json"], bool]:
    """Equality on those of the named fields that were asked for."""
    wanted = {name: fields[name] for name in names if name in fields}
    return lambda row: all(row.get(name) == value for name, value in wanted.items())


def of_types(fields: "Json") -> Callable[["Json"], bool]:
    """The `type` (with * as a wildcard) and `types` filters of events; only one of them may be given."""
    if "type" in fields and "types" in fields:
        raise invalid("You may only specify one of these parameters: type, types.")
    if len(fields.get("types", [])) > MOST_TYPES:
        raise invalid(f"You may give at most {MOST_TYPES} types.", param="types")
    wanted = [fields["type"]] if "type" in fields else fields.get("types", ["*"])
    patterns = [re.compile(re.escape(kind).replace(r"\*", ".*")) for kind in wanted]
    return lambda row: any(pattern.fullmatch(row["type"]) for pattern in patterns)


def expanded(account: "Account", answer: "Json", paths: Sequence[str]) -> "Json":
    """A copy in which the objects at the paths stand where their ids stood."""
    full = copy.deepcopy(answer)
    for path in paths:
        steps = path.split(".")
        if len(steps) > MOST_DEEP_EXPANSION:
            raise invalid(f"You cannot expand more than {MOST_DEEP_EXPANSION} levels of a property: {path}")
        _expand(account, full, steps, path)
    return full


def _expand(account: "Account", place: "Json", steps: Sequence[str], path: str) -> None:
    step, *rest = steps
    if step == "data" and place.get("object") == "list":
        for row in place["data"]:
            _expand(account, row, rest, path)
        return
    books: dict[str, Mapping[str, Json]] = {
        "payment_intent": account.intents,
        "latest_charge": account.charges,
        "charge": account.charges,
        "balance_transaction": account.transactions,
        "failure_balance_transaction": account.transactions,
        "source": ChainMap(account.charges, account.refunds, account.disputes, account.payouts),
    }
    if isinstance(place.get(step), dict):
        _expand_rest(account, place[step], rest, path)
        return
    if step not in place or step not in books:
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    if isinstance(place[step], str):
        place[step] = copy.deepcopy(books[step][place[step]])
        _expand_rest(account, place[step], rest, path)


def _expand_rest(account: "Account", place: "Json", rest: Sequence[str], path: str) -> None:
    if rest:
        _expand(account, place, rest, path)
