"""`python -m sandbox.companies`."""

import subprocess
import sys
from datetime import date
from pathlib import Path

from sandbox.companies.files import parsed

ROOT = Path(__file__).resolve().parents[3]


def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "sandbox.companies", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=30, check=False)


def test_a_generated_file_can_be_checked_and_loaded(tmp_path: Path) -> None:
    written = run("generate", "--seed", "5", "--invoices", "12")
    assert written.returncode == 0
    company = parsed(written.stdout, today=date(2026, 11, 20))
    assert sum(i.type == "ACCREC" for i in company.invoices) == 12
    (tmp_path / "company.json").write_bytes(written.stdout)
    checked = run("check", str(tmp_path / "company.json"))
    assert checked.returncode == 0
    assert b"Harbour & Pine Studio Ltd: 7 contacts, 12 invoices" in checked.stdout


def test_an_american_company_can_be_generated() -> None:
    company = parsed(run("generate", "--invoices", "3", "--country", "US").stdout, today=date(2026, 11, 20))
    assert (company.name, company.base_currency) == ("Cedar & Hale Studio LLC", "USD")


def test_checking_a_wrong_file_lists_its_problems_and_fails(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("customer,number,date,due,amount\nA,1,2026-01-01,2026-02-01,x\n")
    checked = run("check", str(tmp_path / "mine.csv"))
    assert checked.returncode == 1
    assert b"Line 2: the amount 'x' cannot be read." in checked.stderr
