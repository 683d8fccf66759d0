import html
from typing import Any

import requests

from tests.sandbox.client import SandboxClient


def submit(sandbox: SandboxClient, path: str, **fields: str) -> requests.Response:
    return requests.post(f"{sandbox.url}{path}", data=fields, allow_redirects=False, timeout=60)


def open_number(sandbox: SandboxClient) -> str:
    invoices: list[dict[str, Any]] = sandbox.get("/control/xero/ledger").json()["invoices"]
    return next(str(i["number"]) for i in invoices if (i["status"], i["type"]) == ("AUTHORISED", "ACCREC"))


def page(sandbox: SandboxClient, query: str = "") -> str:
    return html.unescape(sandbox.get(f"/control/{query}").text)


def test_the_page_shows_time_ledger_vendors_and_deliveries(sandbox: SandboxClient) -> None:
    shown = page(sandbox)
    for words in (
        "DueMate sandbox",
        sandbox.now().strftime("%b %Y"),
        "+ 7 days",
        "Break a vendor",
        "Webhooks sent",
    ):
        assert words in shown


def test_a_button_does_it_and_leads_back_with_words(sandbox: SandboxClient) -> None:
    number = open_number(sandbox)
    answer = submit(
        sandbox, f"/control/xero/invoices/{number}/pay", place="ledger", done=f"{number} was paid."
    )
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("#ledger")
    back = requests.get(f"{sandbox.url}{answer.headers['Location']}", timeout=60).text
    assert f"{number} was paid." in back
    assert f'aria-label="Pay {number}"' not in back


def test_a_button_that_cannot_do_it_says_why(sandbox: SandboxClient) -> None:
    answer = submit(sandbox, "/control/xero/invoices/NOPE/pay", done="It was paid.")
    back = requests.get(f"{sandbox.url}{answer.headers['Location']}", timeout=60).text
    assert "there is no invoice NOPE" in back
    assert "It was paid." not in back


def test_time_moves_by_button(sandbox: SandboxClient) -> None:
    before = sandbox.now()
    assert submit(sandbox, "/control/clock", seconds="3600").status_code == 303
    assert (sandbox.now() - before).total_seconds() >= 3600


def test_a_fault_is_added_and_removed_by_button(sandbox: SandboxClient) -> None:
    fields = {"vendor": "stripe", "kind": "429", "times": "always", "value": "12", "match": ""}
    submit(sandbox, "/control/faults", **fields)
    (fault,) = sandbox.get("/control/faults").json()
    assert (fault["kind"], fault["times"], fault["value"]) == ("429", None, 12)
    assert "too many requests (429) (12 s)" in page(sandbox)
    submit(sandbox, f"/control/faults/{fault['id']}/remove")
    assert "Every vendor works as it should." in page(sandbox)


def test_invoices_are_found_by_number_or_customer(sandbox: SandboxClient) -> None:
    number = open_number(sandbox)
    assert f'aria-label="Pay {number}"' in page(sandbox, f"?q={number.lower()}")
    assert "No open invoice has “zzz” in" in page(sandbox, "?q=zzz")


def test_hostile_words_stay_words(sandbox: SandboxClient) -> None:
    shown = sandbox.get("/control/", params={"q": "<script>1</script>", "problem": "<b>x</b>"}).text
    assert "<script>1" not in shown
    assert "<b>x" not in shown


def test_each_ledger_is_a_tab(sandbox: SandboxClient) -> None:
    xero, quickbooks = page(sandbox), page(sandbox, "?ledger=quickbooks")
    assert "Ledger: Harbour & Pine Studio Ltd" in xero
    assert "Ledger: Cedar & Hale Studio LLC" in quickbooks
    assert 'href="/control/?ledger=quickbooks#ledger"' in xero
    assert "/control/quickbooks/storm" not in xero
    assert "/control/xero/storm" not in quickbooks
    assert "Ledger: Harbour" in page(sandbox, "?ledger=sage")


def test_a_button_of_the_other_ledger_leads_back_to_it(sandbox: SandboxClient) -> None:
    shown = page(sandbox, "?ledger=quickbooks")
    number = shown.partition('aria-label="Delete ')[2].partition('"')[0]
    path = f"/control/quickbooks/invoices/{number}/delete"
    answer = submit(sandbox, path, place="ledger", ledger="quickbooks", done=f"{number} was deleted.")
    back = html.unescape(requests.get(f"{sandbox.url}{answer.headers['Location']}", timeout=60).text)
    assert "Ledger: Cedar & Hale Studio LLC" in back
    assert f"{number} was deleted." in back
    assert f'aria-label="Delete {number}"' not in back


def test_what_was_done_is_said_once_and_where_it_was_done(sandbox: SandboxClient) -> None:
    for section in ("ledger", "time", "faults", "stripe", "deliveries"):
        shown = page(sandbox, f"?done=It+was+done.&at={section}")
        assert shown.count("It was done.") == 1
        assert shown.index(f'id="{section}"') < shown.index("It was done.")
    for elsewhere in ("", "nowhere"):
        shown = page(sandbox, f"?done=It+was+done.&at={elsewhere}")
        assert shown.count("It was done.") == 1
        assert shown.index("It was done.") < shown.index('id="time"')


def test_invoices_of_quickbooks_are_found_by_customer(sandbox: SandboxClient) -> None:
    assert "“zzz” in its number" in page(sandbox, "?ledger=quickbooks&q=zzz")
    sandbox.control("reset", company="awkward")
    found = page(sandbox, "?ledger=quickbooks&q=drop+table")
    assert "1 open invoice with “drop table”" in found
