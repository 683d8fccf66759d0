"""What every API call goes through: key, account, idempotency, checking, acting, expanding."""

import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, g, jsonify, request

from sandbox.faults import Fault
from sandbox.stripe.answers import Answer
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.forms import decoded
from sandbox.stripe.lists import expanded
from sandbox.stripe.params import checked
from sandbox.stripe.state import PLATFORM, Account, Json, StripeState
from sandbox.world import World


@dataclass(frozen=True)
class Call:
    """One checked request on one account's books."""

    state: StripeState
    account: Account
    fields: Json
    page: str = ""
    """The token of a v2 list's next page."""

    @property
    def now(self) -> int:
        return self.state.clock.timestamp()


class Api:
    """Adds routes whose `act(call, **path)` returns the JSON answer or raises StripeError."""

    def __init__(self, blueprint: Blueprint, world: World) -> None:
        self._blueprint, self._world = blueprint, world
        blueprint.after_request(_sign_answer)

    def get(self, rule: str, params: str, act: Callable[..., Json]) -> None:
        self._add("GET", rule, params, act)

    def post(self, rule: str, params: str, act: Callable[..., Json]) -> None:
        self._add("POST", rule, params, act)

    def _add(self, method: str, rule: str, params: str, act: Callable[..., Json]) -> None:
        def view(**path: str) -> Response:
            try:
                with self._world.lock:
                    return self._answer(params, act, path)
            except StripeError as problem:
                return _json(problem.body(), problem.status)

        name = f"{method} {rule}".replace(".", "-")
        self._blueprint.add_url_rule(rule, name, view, methods=[method])

    def _answer(self, params: str, act: Callable[..., Json], path: dict[str, str]) -> Response:
        state = self._world.stripe
        _check_key(self._world.settings.stripe_key)
        account = _account(state)
        fields = _fields()
        page = fields.pop("page", "") if _is_v2() and request.method == "GET" else ""
        key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
        if key and (kept := state.answers.find(account.id, key, _asked(fields), state.clock.now())):
            g.replayed = True
            return _json(kept.body, kept.status)
        strict = _is_v2() and request.method == "POST"
        call = Call(state, account, checked(params, fields, strict=strict), page)
        status, body = self._outcome(call, act, path)
        if key and (status == 200 or not _is_v2()):
            state.answers.keep(account.id, key, Answer(status, body, _asked(fields), state.clock.now()))
        return _json(body, status)

    @staticmethod
    def _outcome(call: Call, act: Callable[..., Json], path: dict[str, str]) -> tuple[int, Json]:
        """What came of it; a refusal that a key must remember comes back, the others are raised."""
        try:
            return 200, expanded(call.account, act(call, **path), call.fields.get("expand", []))
        except StripeError as problem:
            if not problem.remembered:
                raise
            return problem.status, problem.body()


def refuse(world: World, fault: Fault) -> Response:
    """A fault in Stripe's words. A 500 came after execution began, so v1 remembers it for the key."""
    if fault.kind == "429":
        limited = StripeError("Request rate limit exceeded.", status=429, code="rate_limit")
        answer = _json(limited.body(), 429)
        answer.headers["Retry-After"] = str(int(fault.value))
        return answer
    problem = StripeError("An unexpected error occurred.", status=int(fault.kind), kind="api_error")
    key = request.headers.get("Idempotency-Key", "")
    if fault.kind == "500" and key and not _is_v2():
        with world.lock:
            state = world.stripe
            kept = Answer(500, problem.body(), _asked(_fields()), state.clock.now())
            state.answers.keep(_account(state).id, key, kept)
    return _json(problem.body(), problem.status)


def unknown_url(**_path: str) -> Response:
    """Stripe's answer to an address that it does not have, or that this stand-in does not."""
    path = request.path.removeprefix("/stripe")
    problem = StripeError(f"Unrecognized request URL ({request.method}: {path}).", status=404)
    return _json(problem.body(), 404)


def _check_key(wanted: str) -> None:
    given = request.authorization
    key = (given.token or given.get("username") or "") if given else ""
    if not key:
        raise StripeError("You did not provide an API key.", status=401, remembered=False)
    if not hmac.compare_digest(key.encode(), wanted.encode()):
        raise StripeError(f"Invalid API Key provided: {key[:8]}***", status=401, remembered=False)


def _account(state: StripeState) -> Account:
    number = request.headers.get("Stripe-Account") or request.headers.get("Stripe-Context") or PLATFORM
    account = state.accounts.get(number)
    if account is None or account.deauthorized or account.closed:
        raise StripeError(
            f"The provided key does not have access to account '{number}' (or that account does not exist).",
            status=403,
            code="account_invalid",
            remembered=False,
        )
    return account


def _fields() -> Json:
    if request.method == "GET":
        return decoded(request.args.items(multi=True))
    if not _is_v2():
        return decoded(request.form.items(multi=True))
    fields = request.get_json(silent=True) if request.get_data() else {}
    if not isinstance(fields, dict):
        raise invalid("The request body must be a JSON object.")
    return fields


def _asked(fields: Json) -> str:
    return f"{request.path} {json.dumps(fields, sort_keys=True)}"


def _is_v2() -> bool:
    return request.path.startswith("/stripe/v2/")


def _json(body: Json, status: int) -> Response:
    answer = jsonify(body)
    answer.status_code = status
    return answer


def _sign_answer(answer: Response) -> Response:
    answer.headers["Request-Id"] = f"req_{secrets.token_hex(7)}"
    for name in ("Idempotency-Key", "Stripe-Version", "Stripe-Account"):
        if given := request.headers.get(name):
            answer.headers[name] = given
    if g.get("replayed"):
        answer.headers["Idempotent-Replayed"] = "true"
    return answer
