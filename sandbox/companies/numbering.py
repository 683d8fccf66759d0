"""Every account with a code and named by it, for ledgers that know accounts by code."""

from collections.abc import Mapping
from itertools import count
from typing import TypeVar

from msgspec.structs import replace

from sandbox.companies.company import Company, CreditNote, Invoice

D = TypeVar("D", Invoice, CreditNote)
FIRST_CODE = 1


def numbered(company: Company) -> Company:
    """The same company with a code for each account, and lines and payments that use it."""
    given = {account.code for account in company.accounts}
    free = (code for number in count(FIRST_CODE) if (code := f"{number:03d}") not in given)
    accounts = tuple(replace(account, code=account.code or next(free)) for account in company.accounts)
    by_code = {account.code: account.code for account in accounts}
    codes = {account.name: account.code for account in accounts} | by_code
    return replace(
        company,
        accounts=accounts,
        invoices=tuple(_payments_by_code(_lines_by_code(i, codes), codes) for i in company.invoices),
        credit_notes=tuple(_lines_by_code(note, codes) for note in company.credit_notes),
    )


def _lines_by_code(document: D, codes: Mapping[str, str]) -> D:
    if all(codes[line.account] == line.account for line in document.lines):
        return document
    lines = tuple(replace(line, account=codes[line.account]) for line in document.lines)
    return replace(document, lines=lines)


def _payments_by_code(invoice: Invoice, codes: Mapping[str, str]) -> Invoice:
    if all(codes[payment.account] == payment.account for payment in invoice.payments):
        return invoice
    payments = tuple(replace(payment, account=codes[payment.account]) for payment in invoice.payments)
    return replace(invoice, payments=payments)
