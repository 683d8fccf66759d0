"""The chart of accounts of the generated companies."""

from sandbox.companies.company import Account

BANK = {"GBP": "090", "EUR": "093"}
CLEARING = {"GBP": "091", "EUR": "092"}

CHART = (
    Account(code="090", name="Business Current Account", type="BANK", currency="GBP"),
    Account(code="093", name="Euro Account", type="BANK", currency="EUR"),
    Account(code="091", name="Stripe GBP", type="BANK", currency="GBP"),
    Account(code="092", name="Stripe EUR", type="BANK", currency="EUR"),
    Account(code="094", name="Old Savings Account", type="BANK", currency="GBP", status="ARCHIVED"),
    Account(code="200", name="Sales", type="REVENUE", tax_type="OUTPUT2"),
    Account(code="404", name="Bank Fees", type="OVERHEADS", tax_type="EXEMPTEXPENSES"),
    Account(code="429", name="General Expenses", type="OVERHEADS", tax_type="INPUT2"),
    Account(code="480", name="Staff Expenses", type="EXPENSE", tax_type="INPUT2", takes_payments=True),
    Account(code="499", name="Old Marketing", type="EXPENSE", tax_type="INPUT2", status="ARCHIVED"),
    Account(code="610", name="Accounts Receivable", type="CURRENT", system="DEBTORS"),
    Account(code="800", name="Accounts Payable", type="CURRLIAB", system="CREDITORS"),
    Account(code="820", name="VAT", type="CURRLIAB", system="GST"),
    Account(code="970", name="Owner Funds Introduced", type="EQUITY"),
)
