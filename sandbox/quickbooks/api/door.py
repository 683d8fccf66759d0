"""What every call of the API passes: concurrency, faults, token, company, limits, plan, metering."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g, request

from sandbox.faults import Fault, install
from sandbox.quickbooks import refusals
from sandbox.quickbooks.answers import answered, written_time
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.rules import Refused
from sandbox.quickbooks.drift import drifted
from sandbox.quickbooks.identity.bearer import granted
from sandbox.quickbooks.identity.scopes import ACCOUNTING
from sandbox.quickbooks.refusals import Refusal
from sandbox.quickbooks.state import QuickBooksState
from sandbox.world import World

BASE = "/v3/company/<realm>"
PACIFIC = ZoneInfo("America/Los_Angeles")
PDF = "application/pdf"
View = Callable[..., dict[str, Any] | Response]


@dataclass(frozen=True)
class Caller:
    """Who calls, and on whose books. Writes whose address has `lacks` in it are not in the company's plan."""

    books: Books
    lacks: str | None = None

    def check_plan(self, entity: str) -> None:
        """Raises Refused (5030) if the company's plan has no writes of this entity any more."""
        address = f"POST /quickbooks/v3/company/{self.books.realm_id}/{entity.lower()}"
        if self.lacks is not None and self.lacks in address:
            detail = f"Feature Not Supported Error : {entity} is not part of this company's plan."
            raise Refused("5030", "Feature Not Supported Error", detail)


class Door:
    """Registers views behind the checks; a view gets the Caller and returns the body but for its time."""

    def __init__(self, api: Blueprint, world: World) -> None:
        self._api, self._world = api, world
        api.before_request(self._enter)
        install(api, "quickbooks", world.faults, self._broken)
        api.teardown_request(self._leave)

    def route(self, rule: str, *methods: str) -> Callable[[View], View]:
        """A decorator: serve `rule` with these methods under /quickbooks/v3/company/<realm>."""

        def register(view: View) -> View:
            @wraps(view)
            def call(realm: str, **path: str) -> Response:
                with self._world.lock:
                    try:
                        return self._answered(view, realm, path)
                    except Refusal as refusal:
                        return refusal.response
                    except Refused as refused:
                        return refusals.invalid(refused, self._time(realm))

            endpoint = f"{view.__name__}-{'-'.join(methods)}"
            self._api.add_url_rule(f"{BASE}{rule}", endpoint, call, methods=methods)
            return view

        return register

    def refuse_the_rest(self) -> None:
        """Paths and methods that are not modelled. Assumed: a fault of code 500 with status 400."""

        @self.route("/<path:unknown>", "GET", "POST", "PUT", "DELETE", "PATCH")
        def not_modelled(_caller: Caller, unknown: str) -> dict[str, Any]:
            raise Refused("500", "Unsupported Operation", f"Operation {unknown} is not supported.")

    def _answered(self, view: View, realm: str, path: dict[str, str]) -> Response:
        caller = self._admit(realm)
        made = view(caller, **path)
        if isinstance(made, Response):
            return made
        body = made | {"time": self._time(realm)}
        if self._world.faults.standing("quickbooks", "drift"):
            body = drifted(body)
        return answered(body)

    def _admit(self, realm: str) -> Caller:
        """The caller, if token, company, keys, limits, Accept and plan are all in order."""
        state: QuickBooksState = self._world.quickbooks
        now = state.clock.now()
        grant = granted(state, request.headers.get("Authorization", ""))
        if grant is None:
            raise Refusal(refusals.unauthenticated(now))
        if grant.realm_id != realm or ACCOUNTING not in grant.scopes:
            raise Refusal(refusals.wrong_company(now))
        if self._world.faults.standing("quickbooks", "wrong-keys"):
            raise Refusal(refusals.wrong_keys(now))
        wait = state.limits.take(realm, now, batch=_what() == "batch")
        if wait:
            raise Refusal(self._throttled(wait))
        expected = PDF if request.path.endswith("/pdf") else "application/json"
        if expected not in request.headers.get("Accept", ""):
            raise Refusal(refusals.not_json())
        self._check_subscription()
        smaller = self._world.faults.standing("quickbooks", "downgraded")
        caller = Caller(state.companies[realm], smaller.match if smaller else None)
        if _writes() and _what() != "batch":  # a batch asks for each of its items
            caller.check_plan(_what())
        self._world.metered[realm] += _reads()
        return caller

    def _check_subscription(self) -> None:
        if self._world.faults.standing("quickbooks", "subscription-ended"):
            detail = "Subscription Period Has Ended : nothing can be read or changed until it is renewed."
            raise Refused("6190", "Invalid Company Status", detail)

    def _enter(self) -> Response | None:
        concurrency, realm = self._world.quickbooks.concurrency, _realm()
        if not concurrency.enter(realm):
            return self._throttled(1)
        g.entered = (concurrency, realm)
        return None

    def _leave(self, _problem: BaseException | None) -> None:
        entered = g.pop("entered", None)
        if entered:
            concurrency, realm = entered
            concurrency.leave(realm)

    def _broken(self, fault: Fault) -> Response:
        """How QuickBooks words a fault that somebody asked for."""
        time = self._time(_realm())
        match fault.kind:
            case "429" | "throttle-after":
                return refusals.throttled("3001", time, int(fault.value) or None)
            case "503":
                return Response("", 503, content_type="text/plain; charset=utf-8")
            case _:
                return refusals.broken(time)

    def _throttled(self, wait: int) -> Response:
        with self._world.lock:
            told = self._world.quickbooks.limits.tells_when()
        return refusals.throttled("3001" if told else "003001", self._time(_realm()), wait if told else None)

    def _time(self, realm: str) -> str:
        books = self._world.quickbooks.companies.get(realm)
        return written_time(self._world.clock.now(), books.zone if books else PACIFIC)


def _realm() -> str:
    return str((request.view_args or {}).get("realm", ""))


def _what() -> str:
    """The first word after the company: an entity, or query, cdc, batch."""
    return request.path.partition(f"/v3/company/{_realm()}/")[2].partition("/")[0].lower()


def _writes() -> bool:
    return request.method != "GET" and _what() != "query"


def _reads() -> int:
    """How many metered reads a call is. Assumed: a batch counts as the queries in it."""
    if _what() != "batch":
        return 0 if _writes() else 1
    body = request.get_json(force=True, silent=True)
    items = body.get("BatchItemRequest") if isinstance(body, dict) else None
    return sum("Query" in item for item in items if isinstance(item, dict)) if isinstance(items, list) else 0
