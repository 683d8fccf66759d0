"""Amounts as people write them: 1,234.50 and 1.234,50 and £12 and (12.00)."""

import re
from decimal import Decimal

SYMBOLS = {"£": "GBP", "€": "EUR", "$": "USD", "¥": "JPY"}
CODE = re.compile(r"\b([A-Z]{3})\b")
SEPARATORS = re.compile(r"[.,]")
GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*$|\d+$")
SPACES = re.compile(r"[\s'’\u00a0\u202f]")


def read_amount(text: str) -> Decimal:
    """The amount in `text`, exact; raises ValueError if it is none.

    The last separator starts the decimals when one or two digits follow it; three digits after it are
    a group of thousands, because ledgers keep two decimals.
    """
    bare = SPACES.sub("", CODE.sub("", text))
    negative = bare.startswith(("-", "−", "(", "£-", "€-", "$-")) or bare.endswith("-")
    digits = re.sub(r"[£€$¥()\-−+]", "", bare)
    whole, decimals = digits, ""
    last = max(digits.rfind("."), digits.rfind(","))
    if last >= 0 and len(digits) - last - 1 in (1, 2):
        whole, decimals = digits[:last], digits[last + 1 :]
    if not GROUPED.fullmatch(whole) or not (decimals.isdecimal() or not decimals):
        raise ValueError(f"{text!r} is not an amount")
    amount = Decimal(f"{SEPARATORS.sub('', whole)}.{decimals or '00'}")
    return -amount if negative else amount


def currency_in(text: str) -> str | None:
    """The currency that an amount names by symbol or code, if it does."""
    for symbol, code in SYMBOLS.items():
        if symbol in text:
            return code
    match = CODE.search(text)
    return match[1] if match else None
