from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.sandbox.client import SandboxClient


def test_time_is_read_and_moved_for_every_process(sandbox: SandboxClient) -> None:
    before = sandbox.get("/control/clock").json()
    after = sandbox.control("clock", days=1, seconds=60)
    moved = datetime.fromisoformat(after["now"]) - datetime.fromisoformat(before["now"])
    assert timedelta(days=1, seconds=60) <= moved < timedelta(days=1, seconds=120)
    assert float(sandbox.clock_file.read_text()) == pytest.approx(after["offset_seconds"])


def test_time_can_be_moved_to_a_moment(sandbox: SandboxClient) -> None:
    wanted = (sandbox.now() + timedelta(days=5)).replace(microsecond=0)
    there = sandbox.control("clock", to=wanted.astimezone(UTC).isoformat().replace("+00:00", "Z"))["now"]
    assert timedelta() <= datetime.fromisoformat(there) - wanted < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        ({"days": -1}, "forward only"),
        ({"to": "2001-01-01T00:00:00Z"}, "forward only"),
        ({"to": "tomorrow"}, "no time such as"),
        ({"days": "soon"}, "must be a number"),
        ({"days": "nan"}, "must be a number"),
        (["days"], "must be a JSON object"),
    ],
)
def test_an_impossible_move_is_refused_and_time_stands(
    sandbox: SandboxClient, wishes: Any, reason: str
) -> None:
    before = sandbox.get("/control/clock").json()["offset_seconds"]
    refused = sandbox.post("/control/clock", wishes)
    assert refused.status_code == 400
    assert reason in refused.json()["error"]
    assert sandbox.get("/control/clock").json()["offset_seconds"] == before


def test_faults_are_added_listed_and_removed(sandbox: SandboxClient) -> None:
    number = sandbox.fault("xero", "429", match="GET", times=None, value=30, detail="day")
    (listed,) = sandbox.get("/control/faults").json()
    assert listed == {
        "id": number,
        "vendor": "xero",
        "kind": "429",
        "match": "GET",
        "times": None,
        "value": 30,
        "detail": "day",
    }
    assert sandbox.delete(f"/control/faults/{number}").status_code == 204
    assert sandbox.delete(f"/control/faults/{number}").status_code == 404
    sandbox.fault("mail", "550")
    assert sandbox.delete("/control/faults").status_code == 204
    assert sandbox.get("/control/faults").json() == []


def test_a_fault_that_no_vendor_has_is_refused_in_words(sandbox: SandboxClient) -> None:
    refused = sandbox.post("/control/faults", {"vendor": "mail", "kind": "429"})
    assert refused.status_code == 400
    assert refused.json()["error"].startswith("mail has no fault '429'; it has 451")
    assert sandbox.post("/control/faults", {"vendor": "mail"}).json() == {"error": "kind is missing"}


def test_calls_are_counted_by_vendor_and_route(sandbox: SandboxClient) -> None:
    for _ in range(3):
        sandbox.get("/stripe/v1/charges/ch_1")
    calls = sandbox.get("/control/counters").json()["calls"]
    assert calls["stripe GET /stripe/v1/charges/<number>"] == 3


def test_a_reset_forgets_everything_but_time(sandbox: SandboxClient) -> None:
    sandbox.advance(days=1)
    offset = sandbox.get("/control/clock").json()["offset_seconds"]
    sandbox.fault("mail", "550")
    sandbox.get("/stripe/v1/charges/ch_1")
    sandbox.control("reset")
    assert sandbox.get("/control/faults").json() == []
    calls = sandbox.get("/control/counters").json()["calls"]
    assert not [call for call in calls if call.startswith("stripe")]
    assert sandbox.get("/control/clock").json()["offset_seconds"] == offset


def test_a_reset_takes_another_company_or_goes_back_to_the_first(sandbox: SandboxClient) -> None:
    assert sandbox.control("reset", company="large:60", seed=3) == {"company": "large:60", "seed": 3}
    assert sandbox.control("reset") == {"company": "demo", "seed": 7}


def test_a_company_that_cannot_be_read_changes_nothing(sandbox: SandboxClient) -> None:
    sandbox.fault("mail", "550")
    refused = sandbox.post("/control/reset", {"company": "nothing-here.csv"})
    assert refused.status_code == 400
    assert "nothing-here.csv cannot be read" in refused.json()["error"]
    assert len(sandbox.get("/control/faults").json()) == 1


def test_the_same_seed_gives_the_same_books(sandbox: SandboxClient) -> None:
    first = sandbox.get("/control/xero/ledger").json()
    sandbox.control("reset")
    second = sandbox.get("/control/xero/ledger").json()
    sandbox.control("reset", seed=8)
    third = sandbox.get("/control/xero/ledger").json()
    assert first["invoices"][0]["id"] == second["invoices"][0]["id"]
    assert [i["total"] for i in first["invoices"]] == [i["total"] for i in second["invoices"]]
    assert [i["total"] for i in first["invoices"]] != [i["total"] for i in third["invoices"]]
