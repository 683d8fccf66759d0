"""Which column of an export means what: our own words and those of Xero, QuickBooks and common spreadsheets."""

from collections.abc import Sequence

NAMES = {
    "customer": (
        "contactname customer customername customerfullname client clientname contact name company companyname "
        "debtor billto"
    ),
    "number": (
        "invoicenumber invoiceno invoicenum invoice num no number docnumber documentnumber transactionnumber"
    ),
    "issued": "invoicedate issuedate issued dateissued date transactiondate txndate invoiced createddate",
    "due": "duedate due datedue paymentdue paymentduedate",
    "paid": "paiddate datepaid paid paidon paymentdate fullypaidondate settled settledon datesettled",
    "amount": "total amount invoicetotal totalamount invoiceamount gross grosstotal totalamt totalincltax value",
    "balance": "invoiceamountdue amountdue openbalance balance outstanding balancedue",
    "currency": "currency currencycode curr ccy",
    "email": "emailaddress email customeremail contactemail billemail mail",
    "status": "status invoicestatus",
    "type": "type transactiontype invoicetype",
}
MEANINGS = {name: meaning for meaning, names in NAMES.items() for name in names.split()}
REQUIRED = {
    "customer": "customer",
    "number": "invoice number",
    "issued": "issue date",
    "due": "due date",
    "amount": "amount",
}


def meanings(cells: Sequence[str]) -> dict[str, int]:
    """Meaning -> column, for the cells that are headers we know; the better-known name wins a tie."""
    columns: dict[str, tuple[int, int]] = {}
    for column, cell in enumerate(cells):
        name = "".join(letter for letter in cell.lower() if letter.isalnum())
        meaning = MEANINGS.get(name)
        if meaning is None:
            continue
        rank = NAMES[meaning].split().index(name)
        if meaning not in columns or rank < columns[meaning][0]:
            columns[meaning] = (rank, column)
    return {meaning: column for meaning, (_, column) in columns.items()}


def missing(columns: dict[str, int]) -> list[str]:
    """The required columns that are not there, in words."""
    return [words for meaning, words in REQUIRED.items() if meaning not in columns]
