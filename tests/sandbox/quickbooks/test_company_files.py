"""Company files open in QuickBooks as they do in Xero."""

from pathlib import Path

import pytest

from sandbox.companies import generate
from sandbox.companies.files import save
from tests.sandbox.client import SandboxClient

CSV = """customer,number,date,due,amount,balance,email
"O'Neil, Sons & Co",A-1,2026-09-01,2026-10-01,"$1,200.50",200.50,"ap@oneil.example, boss@oneil.example"
"O'Neil, Sons & Co",A-2,2026-10-01,2026-10-31,$99.00,99.00,
Back\\slash Ltd,A-3,2026-10-05,2026-11-04,€75.25,0.00,
"""


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "My receivables.csv"
    path.write_text(CSV)
    return path


def test_an_export_opens_in_both_ledgers(sandbox: SandboxClient, csv: Path) -> None:
    sandbox.control("reset", company=str(csv))
    for vendor in ("xero", "quickbooks"):
        books = sandbox.get(f"/control/{vendor}/ledger").json()
        assert books["organisation"]["name"] == "My receivables"
        assert {row["number"]: (row["amount_due"], row["currency"]) for row in books["invoices"]} == {
            "A-1": ("200.50", "USD"),
            "A-2": ("99.00", "USD"),
            "A-3": ("0.00", "EUR"),
        }
        assert {row["name"] for row in books["contacts"]} == {"O'Neil, Sons & Co", "Back\\slash Ltd"}
        assert any(row["name"] == "Stripe USD" for row in books["accounts"])


def test_a_file_opens_in_both_ledgers(sandbox: SandboxClient, tmp_path: Path) -> None:
    company = generate(seed=3, today=sandbox.now().date())
    save(company, tmp_path / "company.json")
    sandbox.control("reset", company=str(tmp_path / "company.json"))
    xeros = sandbox.get("/control/xero/ledger").json()
    ours = sandbox.get("/control/quickbooks/ledger").json()
    assert ours["organisation"]["name"] == xeros["organisation"]["name"] == company.name
    sales = {r["number"]: r for r in xeros["invoices"] if r["type"] == "ACCREC"}
    for row in ours["invoices"]:
        other = sales.pop(row["number"])
        assert (row["amount_due"], row["currency"], row["due"]) == (
            other["amount_due"],
            other["currency"],
            other["due"],
        )
    assert {row["status"] for row in sales.values()} == {"DRAFT", "SUBMITTED", "DELETED"}
