"""What every call goes through: who asks, whose books, acting, wording."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.faults import Fault
from sandbox.twilio.refusals import TwilioError, not_found
from sandbox.twilio.state import Account, TwilioState
from sandbox.world import World

Json = dict[str, Any]
API, MESSAGING, CONTENT = "/api/2010-04-01", "/messaging", "/content"


@dataclass(frozen=True)
class Call:
    """One call: who asked, and on whose books it works."""

    state: TwilioState
    caller: Account
    account: Account
    fields: Json

    def text(self, name: str) -> str:
        """A field's text without spaces around it; empty where there is none."""
        return str(self.fields.get(name, "")).strip()


class Door:
    """Adds routes whose `act(call, **path)` returns the JSON answer or raises TwilioError."""

    def __init__(self, blueprint: Blueprint, world: World) -> None:
        self._blueprint, self._world = blueprint, world

    def add(
        self, method: str, rule: str, act: Callable[..., Json], *, status: int = 200, own: bool = True
    ) -> None:
        """`own` takes `account` of the path, or else the caller, for the books to work on."""

        def view(**path: str) -> Response:
            try:
                with self._world.lock:
                    call = self._call(path.pop("account", None) if own else None)
                    return _json(act(call, **path), status)
            except TwilioError as problem:
                return _json(problem.body(), problem.status)

        self._blueprint.add_url_rule(rule, f"{method} {rule}".replace(".", "-"), view, methods=[method])

    def _call(self, wanted: str | None) -> Call:
        state = self._world.twilio
        caller = _caller(state)
        account = caller if wanted is None else state.accounts.get(wanted)
        if account is None or caller.sid not in (account.sid, account.owner):
            raise not_found()
        if account.status != "active" and request.method == "POST" and wanted is not None:
            raise TwilioError(20003, status=401, more="this account is not active")
        return Call(state, caller, account, _fields())


def refuse(fault: Fault) -> Response:
    """A fault in Twilio's words; a 429 names no time to wait."""
    if fault.kind == "429":
        return _json(TwilioError(20429, status=429).body(), 429)
    status = int(fault.kind)
    return _json(
        {"code": 20500, "message": "An internal server error has occurred", "status": status}, status
    )


def _caller(state: TwilioState) -> Account:
    given = request.authorization
    account = state.accounts.get((given.username or "") if given else "")
    password = (given.password or "") if given else ""
    if account is None or not hmac.compare_digest(account.token.encode(), password.encode()):
        raise TwilioError(20003, status=401)
    return account


def _fields() -> Json:
    if request.is_json:
        told = request.get_json(silent=True)
        return told if isinstance(told, dict) else {}
    return {**request.args.to_dict(), **request.form.to_dict()}


def _json(body: Json, status: int) -> Response:
    answer = jsonify(body)
    answer.status_code = status
    return answer
