"""At home in the United States: the company that the sandbox's QuickBooks keeps.

Most of its accounts have no number, as in most QuickBooks companies, and its sales tax is a line of the invoice.
"""

from datetime import time
from decimal import Decimal

from sandbox.companies.company import Account, User
from sandbox.companies.home import Home, Parties, SalesTax
from sandbox.companies.stories import Story

LONG_NAME = (
    "The Greater Connecticut River Valley Cooperative of Cabinetmakers, Upholsterers, Finish Carpenters and "
    "Restorers of Historic Interiors, Stairways and Storefronts (Holyoke and Northampton Chapters) Inc."
)
CHART = (
    Account(code="", name="Checking", type="BANK", currency="USD"),
    Account(code="", name="Euro Checking", type="BANK", currency="EUR"),
    Account(code="", name="Canadian Checking", type="BANK", currency="CAD"),
    Account(code="", name="Stripe clearing", type="BANK", currency="USD"),
    Account(code="", name="Stripe clearing (EUR)", type="BANK", currency="EUR"),
    Account(code="", name="Stripe clearing (CAD)", type="BANK", currency="CAD"),
    Account(code="", name="Old Savings", type="BANK", currency="USD", status="ARCHIVED"),
    Account(code="", name="Undeposited Funds", type="CURRENT", takes_payments=True),
    Account(code="1200", name="Accounts Receivable (A/R)", type="CURRENT", system="DEBTORS"),
    Account(code="2000", name="Accounts Payable (A/P)", type="CURRLIAB", system="CREDITORS"),
    Account(code="", name="Sales Tax Payable", type="CURRLIAB"),
    Account(code="", name="Services", type="REVENUE"),
    Account(code="", name="Merchant fees", type="EXPENSE"),
    Account(code="", name="Bank Charges & Fees", type="EXPENSE"),
    Account(code="6400", name="Office Supplies", type="EXPENSE"),
    Account(code="", name="Old Advertising", type="EXPENSE", status="ARCHIVED"),
    Account(code="", name="Owner's Investment", type="EQUITY"),
)
PARTIES = Parties(
    locale="en_US",
    awkward=(
        ('O\'Malley & Daughters "Custom" Millwork', "omalley-millwork", "USD"),
        ("Back\\Slash Sound Stages", "back-slash", "USD"),
        ("Piñata Party Rentals 🎉", "pinata-party", "USD"),
        ("مخبز الزيتون الذهبي", "golden-olive", "USD"),
        ("100% Juice_Bar <script>alert(1)</script>", "juice-bar", "USD"),
        (LONG_NAME, "river-valley", "USD"),
        ("Crêperie Sœur Agnès", "soeur-agnes", "CAD"),
        ("Robert'); DROP TABLE Customers;--", "robert-tables", "EUR"),
    ),
    countries={"USD": ("US",), "EUR": ("DE", "FR"), "CAD": ("CA",)},
    cities={
        "US": ("Hartford", "Providence", "Albany", "Burlington", "Portland"),
        "DE": ("Hamburg", "Leipzig"),
        "FR": ("Nantes", "Lyon"),
        "CA": ("Montréal", "Halifax"),
    },
    phone="(860) 555-01{:02d}",
    phones=100,
    terms_days=(15, 30, 30),
    mailboxes=("ap", "controller", "front.desk"),
    suppliers=("Ridgeline Freight", "Mohawk Office Outfitters", "Stripe"),
    suppliers_mailbox="invoices",
    closed="Shuttered Mills Inc.",
)
AMERICAN = Home(
    name="Cedar & Hale Studio LLC",
    country="US",
    timezone="America/New_York",
    base_currency="USD",
    rates={"EUR": Decimal("0.862100"), "CAD": Decimal("1.405300")},
    users=(
        User(first_name="Dana", last_name="Hale", email="dana@cedar-hale.example"),
        User(first_name="Miguel", last_name="Reyes", email="miguel@cedar-hale.example"),
    ),
    chart=CHART,
    banks={"USD": "Checking", "EUR": "Euro Checking", "CAD": "Canadian Checking"},
    sales_account="Services",
    supplies_account="Office Supplies",
    sales_tax_type="NONE",
    foreign_tax_type="NONE",
    supplies_tax_type="NONE",
    sales_tax=SalesTax(Decimal("0.0635"), "Sales Tax Payable", "Sales tax, Connecticut 6.35%"),
    work=(
        "Interior design, monthly",
        "Storefront build-out",
        "Walnut built-ins",
        "Lighting plan and permit drawings",
        "Site photography",
        "Project management",
        "Delivery and installation",
        "Material sourcing",
    ),
    invoice_number="1{:04d}",
    credit_note_number="CM-{:04d}",
    payment_reference="ACH {}",
    opens=time(13),
    customers_keep_one_currency=True,
    never=frozenset({Story.DRAFT, Story.SUBMITTED, Story.DELETED}),  # QuickBooks has none of these
    parties=PARTIES,
)
