"""The company that somebody asked for on the command line."""

import logging
from datetime import date
from functools import lru_cache
from pathlib import Path

from sandbox.companies.american import AMERICAN
from sandbox.companies.awkward import awkward
from sandbox.companies.british import BRITISH
from sandbox.companies.company import Company
from sandbox.companies.errors import UnusableCompanyError
from sandbox.companies.files import parsed
from sandbox.companies.generator import generate
from sandbox.companies.home import Home
from sandbox.companies.receivables import imported

log = logging.getLogger(__name__)
DEMO_INVOICES = 400
LARGE_INVOICES = 10_000
HOMES = {home.country: home for home in (BRITISH, AMERICAN)}


def load_company(choice: str, *, seed: int, today: date, home: Home = BRITISH) -> Company:
    """`demo`, `large`, `large:N` (N invoices), `awkward`, or the path of a .json or .csv file.

    An invented company is at home where `home` says; a file is what it is in every ledger.

    Raises UnusableCompanyError, whose text says what to mend. How a CSV file was understood is logged.
    """
    name, _, size = choice.partition(":")
    if name == "demo":
        return _invented(seed, today, DEMO_INVOICES, home.country)
    if name == "large":
        if size and not size.isdecimal():
            raise UnusableCompanyError([f"large:{size} needs a number of invoices, such as large:20000."])
        return _invented(seed, today, int(size or LARGE_INVOICES), home.country)
    if name == "awkward":
        return awkward(today, home)
    return _from_file(Path(choice), today)


@lru_cache(maxsize=4)
def _invented(seed: int, today: date, invoices: int, country: str) -> Company:
    """Kept, because starting over asks for the same company again; the values cannot change."""
    return generate(seed=seed, today=today, invoices=invoices, home=HOMES[country])


def _from_file(path: Path, today: date) -> Company:
    if path.suffix.lower() not in {".json", ".csv", ".tsv", ".txt"}:
        raise UnusableCompanyError([f"{path} is neither demo, large, awkward, a .json nor a .csv file."])
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnusableCompanyError([f"{path} cannot be read: {error.strerror}."]) from None
    if path.suffix.lower() == ".json":
        return parsed(content, today)
    result = imported(content, name=path.stem, today=today)
    for remark in result.remarks:
        log.warning("%s", remark)
    return result.company
