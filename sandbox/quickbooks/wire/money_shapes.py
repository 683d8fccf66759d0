"""The shapes of money spent, brought to the bank, and moved."""

from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.records import Deposit, DepositLine, Purchase, PurchaseLine, Transfer
from sandbox.quickbooks.wire.parts import Shape, reference, transaction_head


def purchase(books: Books, record: Purchase) -> Shape:
    reckoned = {"GlobalTaxCalculation": record.tax_calculation} if record.tax_calculation else {}
    shape = (
        transaction_head(books, record)
        | reckoned
        | {
            "PaymentType": record.payment_type,
            "AccountRef": reference(record.account),
            "Credit": False,
            "TotalAmt": record.total,
            "Line": [_purchase_line(place, line) for place, line in enumerate(record.lines, start=1)],
        }
    )
    if record.number:
        shape["DocNumber"] = record.number
    if record.payee is not None:
        shape["EntityRef"] = reference(record.payee) | {"type": record.payee.entity}
    return shape


def deposit(books: Books, record: Deposit) -> Shape:
    return transaction_head(books, record) | {
        "DepositToAccountRef": reference(record.account),
        "TotalAmt": record.total,
        "Line": [_deposit_line(place, line) for place, line in enumerate(record.lines, start=1)],
    }


def transfer(books: Books, record: Transfer) -> Shape:
    return transaction_head(books, record) | {
        "FromAccountRef": reference(record.source),
        "ToAccountRef": reference(record.target),
        "Amount": record.total,
    }


def _purchase_line(place: int, line: PurchaseLine) -> Shape:
    detail: Shape = {"AccountRef": reference(line.account), "BillableStatus": "NotBillable"}
    detail["TaxCodeRef"] = {"value": line.tax_code or "NON"}
    if line.tax_code:
        detail["TaxInclusiveAmt"] = line.amount + line.tax
    return {
        "Id": str(place),
        "Description": line.description,
        "Amount": line.amount,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": detail,
    }


def _deposit_line(place: int, line: DepositLine) -> Shape:
    shape: Shape = {"Id": str(place), "LineNum": place, "Amount": line.amount}
    if line.payment is not None:
        linked = {"TxnId": line.payment.id, "TxnType": "Payment", "TxnLineId": "0"}
        return shape | {"LinkedTxn": [linked]}
    detail: Shape = {}
    if line.account is not None:
        detail["AccountRef"] = reference(line.account)
    if line.party is not None:
        detail["Entity"] = reference(line.party) | {"type": line.party.entity}
    described = {"Description": line.description} if line.description else {}
    return shape | described | {"DetailType": "DepositLineDetail", "DepositLineDetail": detail}
