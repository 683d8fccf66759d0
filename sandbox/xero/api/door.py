"""What every call of the Accounting API passes: concurrency, token, organisation, scope, limits, replay."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, request

from sandbox.faults import Fault, install
from sandbox.world import World
from sandbox.xero.api.once import once
from sandbox.xero.api.refusals import (
    JSON,
    Refusal,
    forbidden,
    not_found,
    not_json,
    scope_missing,
    unauthorised,
)
from sandbox.xero.books.books import Books
from sandbox.xero.identity.bearer import BearerError, bearer
from sandbox.xero.identity.scopes import allows
from sandbox.xero.limits import Exceeded
from sandbox.xero.state import XeroState
from sandbox.xero.wire.dates import written_moment
from sandbox.xero.wire.rendering import encode

PROVIDER = "DueMate"
PLAIN = "text/plain; charset=utf-8"
PDF = "application/pdf"
View = Callable[..., dict[str, Any] | Response]


@dataclass(frozen=True)
class Caller:
    """Who calls, and on whose books. `drift` says that answers carry what an old client does not know."""

    state: XeroState
    books: Books
    drift: bool


class Door:
    """Registers views behind the checks; a view gets the Caller and returns the collections to answer."""

    def __init__(self, api: Blueprint, world: World) -> None:
        self._api, self._world = api, world
        api.before_request(self._enter)
        install(api, "xero", world.faults, self._broken)
        api.after_request(self._sign)
        api.teardown_request(self._leave)

    def route(self, rule: str, *methods: str) -> Callable[[View], View]:
        """A decorator: serve `rule` with these methods under /xero/api.xro/2.0."""

        def register(view: View) -> View:
            @wraps(view)
            def call(**path: str) -> Response:
                with self._world.lock:
                    try:
                        return self._answered(view, path)
                    except Refusal as refusal:
                        return refusal.response()

            endpoint = f"{view.__name__}-{'-'.join(methods)}"
            self._api.add_url_rule(f"/api.xro/2.0{rule}", endpoint, call, methods=methods)
            return view

        return register

    def refuse_the_rest(self) -> None:
        """Paths and methods that are not modelled: Xero's plain 404."""

        @self.route("/<path:unknown>", "GET", "PUT", "POST", "DELETE")
        def not_modelled(_caller: Caller, **_path: str) -> dict[str, Any]:
            raise not_found()

    def _answered(self, view: View, path: dict[str, str]) -> Response:
        caller = self._admit()
        return once(request, caller.state, lambda: _run(view, caller, path))

    def _admit(self) -> Caller:
        """The caller, if token, organisation, scope, limits and Accept are all in order."""
        state: XeroState = self._world.xero
        try:
            access = bearer(state, request.headers.get("Authorization", ""))
        except BearerError as problem:
            raise unauthorised(str(problem)) from None
        tenant_id = _tenant()
        if state.connections.find(access.consent.user.id, tenant_id) is None:
            raise forbidden()
        endpoint = request.path.partition("/api.xro/2.0/")[2].partition("/")[0]
        if not allows(access.consent.scopes, endpoint, write=request.method != "GET"):
            raise scope_missing()
        exceeded = state.limits.take(tenant_id, state.clock.now())
        if exceeded:
            raise _limited(exceeded)
        if "application/json" not in request.headers.get("Accept", "") and not wants_pdf():
            raise not_json()
        drift = self._world.faults.standing("xero", "drift") is not None
        return Caller(state, state.organisations[tenant_id], drift)

    def _enter(self) -> Response | None:
        concurrency = self._world.xero.concurrency
        if not concurrency.enter(_tenant()):
            return _limited(Exceeded("concurrent", None)).response()
        g.entered = concurrency
        return None

    def _broken(self, fault: Fault) -> Response:
        """How Xero words a fault that somebody asked for; an internal error is remembered like any answer."""
        if fault.kind == "429":
            problem = fault.detail or "minute"
            seconds = None if problem == "concurrent" else int(fault.value)
            return _limited(Exceeded(problem, seconds)).response()
        if fault.kind == "503":
            return Response("", 503, content_type=PLAIN)
        failure = Response(b"An error occurred in Xero.", 500, content_type=PLAIN)
        with self._world.lock:
            return once(request, self._world.xero, lambda: failure)

    def _leave(self, _problem: BaseException | None) -> None:
        concurrency = g.pop("entered", None)
        if concurrency:
            concurrency.leave(_tenant())

    def _sign(self, response: Response) -> Response:
        """The headers that every answer carries."""
        response.headers["Xero-Correlation-Id"] = str(uuid.uuid4())
        with self._world.lock:
            state: XeroState = self._world.xero
            response.headers.update(state.limits.headers(_tenant(), state.clock.now()))
        return response


def _run(view: View, caller: Caller, path: dict[str, str]) -> Response:
    envelope = {
        "Id": str(uuid.uuid4()),
        "Status": "OK",
        "ProviderName": PROVIDER,
        "DateTimeUTC": written_moment(caller.state.clock.now(), ""),
    }
    answer = view(caller, **path)
    if isinstance(answer, Response):
        return answer
    return Response(encode(envelope | answer), 200, content_type=JSON)


def wants_pdf() -> bool:
    """Whether a single invoice is asked for as Xero prints it (developer.xero.com, Invoices: retrieve as PDF)."""
    is_one = request.method == "GET" and "/Invoices/" in request.path
    return is_one and PDF in request.headers.get("Accept", "")


def _tenant() -> str:
    return request.headers.get("xero-tenant-id", "")


def _limited(exceeded: Exceeded) -> Refusal:
    headers = {"X_Rate_Limit_Problem": exceeded.problem}
    if exceeded.retry_after is not None:
        headers["Retry_After"] = str(exceeded.retry_after)
    return Refusal(429, b"", **headers)
