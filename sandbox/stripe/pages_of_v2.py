"""Pages of a v2 list: a whole address of the next one instead of a cursor to build it from."""

from urllib.parse import urlencode

from sandbox.stripe.api import Call
from sandbox.stripe.errors import invalid
from sandbox.stripe.state import Json

DEFAULT_LIMIT, LARGEST_LIMIT = 20, 100


def page_of(rows: list[Json], call: Call, path: str) -> Json:
    """One page of rows given newest first; the token of a page is the id of the row it begins after."""
    limit = call.fields.get("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= LARGEST_LIMIT:
        raise invalid(f"Invalid limit: must be between 1 and {LARGEST_LIMIT}", param="limit")
    start = _start(rows, call.page) if call.page else 0
    shown = rows[start : start + limit]
    more = len(rows) > start + limit
    address = f"{path}?{urlencode(_asked(call, shown[-1]['id']), doseq=True)}" if more else None
    return {"data": shown, "next_page_url": address, "previous_page_url": None}


def _start(rows: list[Json], token: str) -> int:
    for place, row in enumerate(rows, start=1):
        if row["id"] == token:
            return place
    raise invalid("Invalid page token.", param="page")


def _asked(call: Call, token: str) -> Json:
    """The same filters again; lists are written as v2 writes them, types[0]=..."""
    flat: Json = {}
    for name, value in call.fields.items():
        if isinstance(value, list):
            flat |= {f"{name}[{place}]": part for place, part in enumerate(value)}
        else:
            flat[name] = str(value).lower() if isinstance(value, bool) else value
    return flat | {"page": token}
