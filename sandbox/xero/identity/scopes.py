"""The scopes that an app of 2026 may ask for, in words.

Broad scopes (`accounting.transactions`, `accounting.reports.read`) are refused to apps registered
since 2 March 2026, with `invalid_scope`.
"""

from collections.abc import Collection

SIGN_IN = {
    "openid": "Know who you are in Xero",
    "profile": "See your name",
    "email": "See your email address",
}
OFFLINE = {"offline_access": "Stay connected when you are not there"}
_KINDS = {
    "accounting.invoices": "invoices and credit notes",
    "accounting.payments": "payments, overpayments and prepayments",
    "accounting.banktransactions": "bank transactions and transfers",
    "accounting.manualjournals": "manual journals",
    "accounting.contacts": "contacts",
    "accounting.settings": "organisation settings and accounts",
    "accounting.attachments": "attachments",
}
_READ_ONLY = {
    "accounting.budgets.read": "View your budgets",
    "accounting.reports.aged.read": "View your aged receivables and payables",
    "accounting.reports.balancesheet.read": "View your balance sheet",
    "accounting.reports.banksummary.read": "View your bank summary",
    "accounting.reports.profitandloss.read": "View your profit and loss",
    "accounting.reports.trialbalance.read": "View your trial balance",
}
WORDS = (
    SIGN_IN
    | OFFLINE
    | {scope: f"View and change your {what}" for scope, what in _KINDS.items()}
    | {f"{scope}.read": f"View your {what}" for scope, what in _KINDS.items()}
    | _READ_ONLY
)
FIRST_SEGMENT_SCOPES = {
    "Invoices": "accounting.invoices",
    "CreditNotes": "accounting.invoices",
    "Payments": "accounting.payments",
    "Overpayments": "accounting.payments",
    "Prepayments": "accounting.payments",
    "BankTransactions": "accounting.banktransactions",
    "BankTransfers": "accounting.banktransactions",
    "Contacts": "accounting.contacts",
    "Accounts": "accounting.settings",
    "Organisation": "accounting.settings",
    "TaxRates": "accounting.settings",
}


def unknown(scopes: Collection[str]) -> list[str]:
    """The scopes that this app may not ask for."""
    return [scope for scope in scopes if scope not in WORDS]


def is_sign_in_only(scopes: Collection[str]) -> bool:
    """Whether no organisation is involved."""
    return not any(scope.startswith("accounting.") for scope in scopes)


def allows(scopes: Collection[str], endpoint: str, *, write: bool) -> bool:
    """Whether a token with these scopes may call an endpoint of the Accounting API."""
    needed = FIRST_SEGMENT_SCOPES.get(endpoint)
    if needed is None:
        return True
    return needed in scopes or (not write and f"{needed}.read" in scopes)
