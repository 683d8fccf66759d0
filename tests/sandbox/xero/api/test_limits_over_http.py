"""Limits as callers meet them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.sandbox.client import SandboxClient
from tests.sandbox.receiver import Receiver
from tests.sandbox.xero.client import SECOND, XeroApp
from tests.support.sandbox import started_sandbox


def exhaust_the_minute(app: XeroApp) -> None:
    left = int(app.call("GET", "Organisation").headers["X-MinLimit-Remaining"])
    for _ in range(left):
        assert app.call("GET", "Organisation").status_code == 200


def test_the_sixty_first_call_in_a_minute_is_refused_until_the_window_ends(
    sandbox: SandboxClient, app: XeroApp
) -> None:
    sandbox.advance(seconds=61)
    app.tokens = XeroApp.connected(sandbox).tokens
    assert app.call("GET", "Organisation").headers["X-MinLimit-Remaining"] == "59"
    exhaust_the_minute(app)
    refused = app.call("GET", "Organisation")
    assert (refused.status_code, refused.content) == (429, b"")
    assert refused.headers["X-Rate-Limit-Problem"] == "minute"
    assert refused.headers["X-MinLimit-Remaining"] == "0"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    sandbox.advance(seconds=int(refused.headers["Retry-After"]))
    assert app.call("GET", "Organisation").status_code == 200


def test_each_organisation_has_limits_of_its_own(sandbox: SandboxClient, app: XeroApp) -> None:
    exhaust_the_minute(app)
    assert app.call("GET", "Organisation").status_code == 429
    assert XeroApp.connected(sandbox, organisation=SECOND).call("GET", "Organisation").status_code == 200


def test_a_sixth_call_at_once_is_refused_without_a_time_to_retry(
    sandbox: SandboxClient, app: XeroApp
) -> None:
    sandbox.fault("xero", "latency", times=6, value=2.5)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: app.call("GET", "Organisation"), range(8)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] * 5 + [429] * 3
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["X-Rate-Limit-Problem"] == "concurrent"
    assert "Retry-After" not in refused.headers


def test_a_day_limit_that_was_asked_for_names_its_seconds(sandbox: SandboxClient, app: XeroApp) -> None:
    sandbox.fault("xero", "429", value=73451, detail="day")
    refused = app.call("GET", "Organisation")
    assert (refused.headers["X-Rate-Limit-Problem"], refused.headers["Retry-After"]) == ("day", "73451")
    assert refused.headers["X-MinLimit-Remaining"]


def test_a_starter_app_has_fewer_calls_a_day(tmp_path: Path, receiver: Receiver) -> None:
    with started_sandbox(tmp_path, receiver.url, SANDBOX_XERO_DAILY_LIMIT="3") as sandbox:
        app = XeroApp.connected(sandbox)
        assert [app.call("GET", "Organisation").headers["X-DayLimit-Remaining"] for _ in range(3)] == [
            "2",
            "1",
            "0",
        ]
        refused = app.call("GET", "Organisation")
        assert refused.headers["X-Rate-Limit-Problem"] == "day"
        assert refused.headers["X-MinLimit-Remaining"] == "57"
        sandbox.advance(seconds=int(refused.headers["Retry-After"]))
        assert XeroApp.connected(sandbox).call("GET", "Organisation").status_code == 200
