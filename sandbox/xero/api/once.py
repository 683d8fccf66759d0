"""Answers a write once per Idempotency-Key, and gives repeats the answer that the first call got."""

from collections.abc import Callable

from flask import Request, Response

from sandbox.xero.api.refusals import JSON, Refusal, bad_body
from sandbox.xero.replays import LONGEST_KEY, Answer, Call, KeyReusedError
from sandbox.xero.state import XeroState


def once(request: Request, state: XeroState, run: Callable[[], Response]) -> Response:
    """The remembered answer of this call's key, or a new one from `run`. Reads have no memory."""
    key = request.headers.get("Idempotency-Key")
    if not key or request.method == "GET":
        return run()
    if len(key) > LONGEST_KEY:
        raise bad_body(f"Idempotency-Key is longer than {LONGEST_KEY} characters")
    now = state.clock.now()
    # The organisation's header is no part of what the memory compares.
    call = Call.of(request.method, request.full_path, request.get_data())
    try:
        known = state.replays.find(key, call, now)
    except KeyReusedError:
        raise bad_body("The Idempotency-Key was used with a different request") from None
    if known:
        return Response(known.body, known.status, content_type=known.content_type)
    response = _answered(run)
    answer = Answer(response.status_code, response.content_type or JSON, response.get_data())
    state.replays.remember(key, call, answer, now)
    return response


def _answered(run: Callable[[], Response]) -> Response:
    try:
        return run()
    except Refusal as refusal:
        return refusal.response()
