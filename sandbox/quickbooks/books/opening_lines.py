"""The lines of a company's document as QuickBooks has them: sales tax apart from what was sold."""

from collections.abc import Iterable
from decimal import Decimal

from sandbox.companies.amounts import tax as tax_on
from sandbox.companies.company import Line
from sandbox.quickbooks.books.chart import Chart
from sandbox.quickbooks.books.money import ZERO, rounded
from sandbox.quickbooks.books.records import SalesLine

TAX_ACCOUNT = "Other Current Liability"


def sales_lines(
    lines: Iterable[Line], currency: str, chart: Chart, *, voided: bool
) -> tuple[tuple[SalesLine, ...], Decimal]:
    """What was sold, and the tax on it. A line on a tax account is tax, too. Voided documents have zeros."""
    sold, tax = [], ZERO
    for line in lines:
        amount = ZERO if voided else rounded(line.unit_amount * line.quantity, currency)
        on_line = ZERO if voided else rounded(tax_on(line), currency)
        if chart.by_key[line.account].type == TAX_ACCOUNT:
            tax += amount
            continue
        tax += on_line
        quantity, price = (None, None) if voided else (line.quantity, line.unit_amount)
        sold.append(SalesLine(amount, line.description, quantity, price, taxed=on_line != 0))
    return tuple(sold), tax
