"""Stripe's form encoding: `line_items[0][price_data][currency]=gbp` and back into nested values."""

import re
from collections.abc import Iterable
from typing import Any

from sandbox.stripe.errors import invalid

_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
MOST_DEEP = 10


def decoded(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Nested dicts and lists of strings; a malformed or contradicting key is refused."""
    root: dict[str, Any] = {}
    for key, value in pairs:
        steps = _steps(key)
        place = root
        for step in steps[:-1]:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                raise invalid(f"Invalid request: {key} contradicts another parameter.", param=key)
        _put(place, steps[-1], value, key)
    return {name: _with_lists(value) for name, value in root.items()}


def bracketed(steps: Iterable[str | int]) -> str:
    """("a", 0, "b") as Stripe names it: a[0][b]."""
    first, *rest = map(str, steps)
    return first + "".join(f"[{step}]" for step in rest)


def _steps(key: str) -> list[str]:
    match = _KEY.match(key)
    if match is None or key.count("[") > MOST_DEEP:
        raise invalid(f"Invalid parameter name: {key[:100]}", param=key[:100])
    return [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]


def _put(place: dict[str, Any], step: str, value: str, key: str) -> None:
    if step == "":
        place[str(len(place))] = value
    elif step in place:
        raise invalid(f"Invalid request: {key} was given twice.", param=key)
    else:
        place[step] = value


def _with_lists(value: Any) -> Any:
    """Dicts whose keys are 0, 1, 2 ... become lists."""
    if not isinstance(value, dict):
        return value
    nested = {name: _with_lists(inner) for name, inner in value.items()}
    if nested and all(name.isdigit() for name in nested):
        return [nested[name] for name in sorted(nested, key=int)]
    return nested
