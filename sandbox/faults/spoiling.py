"""How a fault spoils the answers of a vendor's routes."""

import socket
import time
from collections.abc import Callable
from types import MethodType
from typing import Any

from flask import Blueprint, Response, g, request

from sandbox.faults.book import AFTER_THE_WRITE, HTTP_KINDS, Fault, Faults

READS = ("GET", "HEAD")
Refuse = Callable[[Fault], Response]


def install(
    blueprint: Blueprint,
    vendor: str,
    faults: Faults,
    refuse: Refuse | None = None,
) -> None:
    """Give every route of a vendor's blueprint that vendor's faults.

    "latency" waits, then answers. "429", "500", "503", "html" and "drop-before" spoil the call before
    anything happened; "drop" and "garbage" let it happen and then lose the answer, and "throttle-after"
    lets a write happen and then answers as "429" does. `refuse` words the answers to 429, 500 and 503 the
    vendor's way.
    """
    worded = refuse or plain_refusal

    def before() -> Response | None:
        kinds = HTTP_KINDS if request.method in READS else (*HTTP_KINDS, *AFTER_THE_WRITE)
        fault = faults.take(vendor, f"{request.method} {request.path}", kinds)
        return None if fault is None else _spoil_before(fault, worded)

    def after(response: Response) -> Response:
        return _spoil_after(g.pop("fault", None), response, worded)

    blueprint.before_request(before)
    blueprint.after_request(after)


def _spoil_before(fault: Fault, refuse: Refuse) -> Response | None:
    match fault.kind:
        case "latency":
            time.sleep(fault.value)
        case "drop" | "garbage" | "throttle-after":
            g.fault = fault
        case "drop-before":
            return hang_up()
        case "html":
            return Response("<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>", 200)
        case _:
            return refuse(fault)
    return None


def _spoil_after(fault: Fault | None, response: Response, refuse: Refuse) -> Response:
    if fault is None:
        return response
    if fault.kind == "throttle-after":
        return refuse(fault)
    if fault.kind == "drop":
        return hang_up()
    return Response('{"oops": <<<', 200, content_type="application/json")


def hang_up() -> Response:
    """Close the client's connection without a byte; the response returned reaches nobody.

    The server (waitress) documents this key of the environment as a method of the connection's channel.
    """
    still_there: MethodType = request.environ["waitress.client_disconnected"]
    channel: Any = still_there.__self__
    channel.socket.shutdown(socket.SHUT_RDWR)
    return Response("", 500)


def plain_refusal(fault: Fault) -> Response:
    """Status and Retry-After as asked, and the header by which Xero names the limit that was hit."""
    response = Response("", int(fault.kind))
    if fault.kind == "429":
        response.headers["Retry-After"] = str(int(fault.value))
        response.headers["X-Rate-Limit-Problem"] = fault.detail or "minute"
    return response
