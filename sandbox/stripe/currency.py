"""Minor units as Stripe counts them, its smallest charges, and amounts in words for its pages."""

from decimal import Decimal

from babel.numbers import format_currency

# docs.stripe.com/currencies: zero-decimal and three-decimal currencies; every other one has two decimals.
_NO_DECIMALS = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
_THREE_DECIMALS = "bhd jod kwd omr tnd"
# docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, in minor units.
_SMALLEST_CHARGE = {"gbp": 30, "jpy": 50, "dkk": 250, "nok": 300, "sek": 300, "mxn": 1000, "hkd": 400}
_SMALLEST_OTHERWISE = 50
DEBITS = {
    "gbp": "bacs_debit",
    "eur": "sepa_debit",
    "usd": "us_bank_account",
    "aud": "au_becs_debit",
    "cad": "acss_debit",
    "nzd": "nz_bank_account",
}
LARGEST_CHARGE = 99_999_999


def decimals(currency: str) -> int:
    """How many decimal places one unit of the currency (ISO code, any case) has at Stripe."""
    code = currency.lower()
    if code in _NO_DECIMALS.split():
        return 0
    return 3 if code in _THREE_DECIMALS.split() else 2


def smallest_charge(currency: str) -> int:
    """In minor units."""
    return _SMALLEST_CHARGE.get(currency.lower(), 1 if decimals(currency) == 0 else _SMALLEST_OTHERWISE)


def major(amount: int, currency: str) -> Decimal:
    """Minor units as an amount: 1050 gbp is 10.50."""
    return Decimal(amount).scaleb(-decimals(currency))


def in_words(amount: int, currency: str) -> str:
    """For people: £1,234.50."""
    places = decimals(currency)
    pattern = "¤#,##0" + ("." + "0" * places if places else "")
    return format_currency(
        major(amount, currency), currency.upper(), pattern, locale="en_GB", currency_digits=False
    )
