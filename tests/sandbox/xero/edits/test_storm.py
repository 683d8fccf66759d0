"""Storms of edits."""

from typing import Any

from tests.sandbox.client import SandboxClient


def books(sandbox: SandboxClient) -> list[Any]:
    ledger = sandbox.get("/control/xero/ledger").json()
    return [
        sorted((i["number"], i["status"], i["amount_due"], i["due"]) for i in ledger["invoices"]),
        sorted((p["amount"], p["status"], p["date"]) for p in ledger["payments"]),
        sorted((c["name"], c["email"]) for c in ledger["contacts"]),
    ]


def test_the_same_seed_gives_the_same_storm(sandbox: SandboxClient) -> None:
    sandbox.reset()  # each time on the machine's own day
    before = books(sandbox)
    made = sandbox.control("xero/storm", edits=60, seed=5)
    after = books(sandbox)
    assert sum(made.values()) == 60
    assert after != before
    sandbox.reset()
    assert sandbox.control("xero/storm", edits=60, seed=5) == made
    assert books(sandbox) == after
    sandbox.reset()
    sandbox.control("xero/storm", edits=60, seed=6)
    assert books(sandbox) != after


def test_a_storm_has_every_kind_of_edit(sandbox: SandboxClient) -> None:
    made = sandbox.control("xero/storm", edits=200, seed=1)
    assert {"paid", "part paid", "part credited", "voided", "due date moved", "raised"} <= made.keys()
    assert {"payment taken back", "e-mail changed"} <= made.keys()
