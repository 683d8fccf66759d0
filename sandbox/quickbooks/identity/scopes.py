"""The scopes that an app may ask for, in words.

Accounting is one scope for reading and writing; there is no narrower one. The newer granular scopes
(projects, custom fields, payroll) are not modelled.
"""

from collections.abc import Collection

ACCOUNTING = "com.intuit.quickbooks.accounting"
PAYMENT = "com.intuit.quickbooks.payment"
SIGN_IN = {
    "openid": "Know who you are at Intuit",
    "profile": "See your name",
    "email": "See your email address",
    "phone": "See your phone number",
    "address": "See your address",
}
WORDS = SIGN_IN | {
    ACCOUNTING: "View and change your QuickBooks customers, invoices, payments and accounts",
    PAYMENT: "Take payments with QuickBooks Payments",
}


def unknown(scopes: Collection[str]) -> list[str]:
    """The scopes that this app may not ask for."""
    return [scope for scope in scopes if scope not in WORDS]


def concerns_a_company(scopes: Collection[str]) -> bool:
    """Whether a company has to be chosen, and its realm id comes back with the code."""
    return not {ACCOUNTING, PAYMENT}.isdisjoint(scopes)
