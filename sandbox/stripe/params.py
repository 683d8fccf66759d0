"""Requests checked by the installed SDK's own types, so exactly by the API version that it pins."""

import importlib
import re
import typing
from collections.abc import Mapping, Sequence
from functools import cache
from types import GenericAlias
from typing import Any, ForwardRef, Literal, NotRequired, TypeVar, Union

import stripe
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from stripe._request_options import RequestOptions
from typing_extensions import is_typeddict

from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.forms import bracketed

_OPEN_ENUM = re.compile(r"(Literal\[.*\])\s*\|\s*str", re.DOTALL)
_MAY_BE_EMPTY = "Literal['']"
_ANY = TypeVar("_ANY")


def checked(kind: str, given: Mapping[str, Any], *, strict: bool = False) -> dict[str, Any]:
    """`given` as typed values, or the refusal that Stripe would word.

    `kind` names the SDK's types, such as "checkout/Session.create". `strict` is for JSON, where "1" is no
    number; form values are all text.
    """
    for name in RequestOptions.__annotations__:
        if name in given:
            raise _unknown(name)
    try:
        checked_values: dict[str, Any] = _adapter(kind).validate_python(given, strict=strict)
    except ValidationError as problem:
        problems = problem.errors(include_url=False)
        raise _refusal(min(problems, key=lambda p: p["type"] != "extra_forbidden"), given) from None
    return checked_values


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    """Built once per kind, in some tens of milliseconds."""
    folder, _, call = kind.rpartition("/")
    thing, _, action = call.partition(".")
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", thing).lower()
    package = ".".join(["stripe.params", *folder.split("/")]) if folder else "stripe.params"
    module = importlib.import_module(f"{package}._{snake}_{action}_params")
    for found in vars(module).values():
        if is_typeddict(found) and found is not RequestOptions:
            _close(found)
    names = {**vars(typing), **vars(module), "StripeContext": stripe.StripeContext}
    names["UntypedStripeObject"] = GenericAlias(dict, (str, _ANY))
    adapter = TypeAdapter(getattr(module, f"{thing}{action.title().replace('_', '')}Params"))
    adapter.rebuild(force=True, raise_errors=True, _types_namespace=names)
    return adapter


def _close(params: Any) -> None:
    """Refuse unknown keys and unknown enum values: the types are open so that old SDKs read new answers."""
    params.__pydantic_config__ = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    params.__annotations__ = {name: _closed(hint) for name, hint in params.__annotations__.items()}


def _closed(hint: Any) -> Any:
    """The hint without the `str` beside a Literal."""
    if isinstance(hint, ForwardRef):
        open_enum = _OPEN_ENUM.fullmatch(hint.__forward_arg__)
        if open_enum and open_enum[1] != _MAY_BE_EMPTY:
            return ForwardRef(open_enum[1])
        return hint
    parts = typing.get_args(hint)
    match typing.get_origin(hint):
        case typing.NotRequired:
            return NotRequired[_closed(parts[0])]
        case typing.Union if str in parts and any(typing.get_origin(p) is Literal for p in parts):
            return Union[tuple(p for p in parts if p is not str)]  # noqa: UP007
        case origin if origin is list:
            return list[_closed(parts[0])]  # type: ignore[misc]
    return hint


def _refusal(problem: ErrorDetails, given: Any) -> StripeError:
    param = bracketed(_asked(problem["loc"], given)) if problem["loc"] else None
    match problem["type"]:
        case "extra_forbidden":
            return _unknown(str(param))
        case "missing":
            return invalid(f"Missing required param: {param}.", param=param, code="parameter_missing")
        case "int_parsing" | "int_type" | "int_from_float":
            return invalid(
                f"Invalid integer: {problem['input']}", param=param, code="parameter_invalid_integer"
            )
        case "literal_error":
            return invalid(f"Invalid {param}: must be one of {problem['ctx']['expected']}", param=param)
    return invalid(f"Invalid {param}: {problem['msg']}", param=param)


def _unknown(param: str) -> StripeError:
    return invalid(f"Received unknown parameter: {param}", param=param, code="parameter_unknown")


def _asked(steps: Sequence[str | int], given: Any) -> list[str | int]:
    """The steps that exist in what was given, and the missing last one; not the names of union members."""
    kept: list[str | int] = []
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        if isinstance(given, Mapping) and (step in given or last):
            kept.append(step)
            given = given.get(step)
        elif isinstance(given, list) and isinstance(step, int) and step < len(given):
            kept.append(step)
            given = given[step]
    return kept or [str(steps[0])]
