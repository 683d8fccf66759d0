"""The lines of documents that callers write."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sandbox.companies.amounts import TAX_RATES
from sandbox.companies.company import Line
from sandbox.xero.api.elements import Element, amount_in, text_in
from sandbox.xero.books import rules
from sandbox.xero.books.books import Books

LINE_AMOUNT_TYPES = ("Exclusive", "Inclusive", "NoTax")
NEEDS_LINES = "One or more line items must be specified"  # assumed
NEEDS_DESCRIPTION = "Description is required"  # assumed


def lines_in(books: Books, element: Element, problems: list[str]) -> tuple[Line, ...]:
    """The lines of an element; what is wrong with them is added to `problems`."""
    items: Any = element.get("LineItems")
    if not isinstance(items, Sequence) or isinstance(items, str) or not items:
        problems.append(NEEDS_LINES)
        return ()
    return tuple(_line(books, item if isinstance(item, dict) else {}, problems) for item in items)


def line_amount_types_in(element: Element, problems: list[str]) -> str:
    kind = text_in(element, "LineAmountTypes") or "Exclusive"
    if kind not in LINE_AMOUNT_TYPES:
        problems.append(f"LineAmountTypes must be one of {', '.join(LINE_AMOUNT_TYPES)}")
        return "Exclusive"
    return kind


def _line(books: Books, item: Element, problems: list[str]) -> Line:
    quantity = amount_in(item, "Quantity", problems)
    quantity = Decimal(1) if quantity is None else quantity
    unit_amount = amount_in(item, "UnitAmount", problems)
    if unit_amount is None:
        whole = amount_in(item, "LineAmount", problems) or Decimal(0)
        unit_amount = whole / quantity if quantity else whole
    description = text_in(item, "Description") or ""
    if not description:
        problems.append(NEEDS_DESCRIPTION)
    code = text_in(item, "AccountCode") or ""
    account = books.account(code)
    if account is None or account.type == "BANK":
        problems.append(rules.unknown_code(code))
    else:
        problems += rules.archived(account)
    tax_type = text_in(item, "TaxType") or (account.tax_type if account else "NONE")
    if tax_type not in TAX_RATES:
        problems.append(
            f"The TaxType code '{tax_type}' does not exist or cannot be used for this type of transaction."
        )
        tax_type = "NONE"
    return Line(
        description=description, unit_amount=unit_amount, quantity=quantity, account=code, tax_type=tax_type
    )
