"""At home in Britain: the company that the sandbox's Xero keeps."""

from datetime import time
from decimal import Decimal

from sandbox.companies.company import LONDON, Account, User
from sandbox.companies.home import Home, Parties

LONG_NAME = (
    "The Honourable Company of Wholesale and Retail Purveyors of Hand-Finished Architectural Ironmongery, "
    "Reclaimed Timber and Sundry Decorative Salvage (Northern and Island Branches) Limited"
)
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
PARTIES = Parties(
    locale="en_GB",
    awkward=(
        ("Siobhán O'Brien & Sons Ltd", "o-brien", "GBP"),
        ("<b>Bold</b> Signage & Print Ltd", "bold-signage", "GBP"),
        ("Müller Straßenbau GmbH", "mueller-strassenbau", "EUR"),
        ("Ærø Fjordbryggeri ApS", "aeroe", "EUR"),
        ("שירותי ייבוא גליל", "galil-import", "EUR"),
        ("شركة النور للتجارة", "alnoor", "GBP"),
        (LONG_NAME, "honourable-company", "GBP"),
        ("Café Zoë 🥐 Brunch Bar", "cafe-zoe", "GBP"),
        ('=1+1,"Quoted" Traders', "quoted-traders", "GBP"),
        ("Renée; DROP TABLE invoices--", "renee", "EUR"),
    ),
    countries={"GBP": ("GB",), "EUR": ("DE", "IE")},
    cities={
        "GB": ("Leeds", "Bristol", "Glasgow", "Norwich"),
        "DE": ("Köln", "Bremen"),
        "IE": ("Galway", "Cork"),
    },
    phone="+44 1632 96{:04d}",
    phones=10_000,
    terms_days=(14, 30, 30),
    mailboxes=("accounts", "finance.director", "reception"),
    suppliers=("Greyhound Couriers", "Penrose Office Supplies", "Stripe"),
    suppliers_mailbox="billing",
    closed="Closed Doors Ltd",
)
BRITISH = Home(
    name="Harbour & Pine Studio Ltd",
    country="GB",
    timezone=LONDON,
    base_currency="GBP",
    rates={"EUR": Decimal("1.172500")},
    users=(
        User(first_name="Olivia", last_name="Marsh", email="olivia@harbour-pine.example"),
        User(first_name="Tom", last_name="Becker", email="tom@harbour-pine.example"),
    ),
    chart=CHART,
    banks={"GBP": "090", "EUR": "093"},
    sales_account="200",
    supplies_account="429",
    sales_tax_type="OUTPUT2",
    foreign_tax_type="ECZROUTPUTSERVICES",
    supplies_tax_type="INPUT2",
    sales_tax=None,
    work=(
        "Design retainer, monthly",
        "Shop front fitting",
        "Oak shelving, made to measure",
        "Lighting survey and plan",
        "Interior photography",
        "Project management",
        "Delivery and installation",
        "Workshop for staff",
    ),
    invoice_number="INV-{:04d}",
    credit_note_number="CN-{:04d}",
    payment_reference="BACS {}",
    opens=time(8),
    customers_keep_one_currency=False,
    never=frozenset(),
    parties=PARTIES,
)
