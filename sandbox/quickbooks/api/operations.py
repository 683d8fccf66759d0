"""What can be done to each entity: the same for calls of their own and for the items of a batch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.quickbooks.api import banking, lists, payments, sales
from sandbox.quickbooks.api.bodies import Body
from sandbox.quickbooks.books import invoicing, paying, rules, spending, transferring
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.records import Record
from sandbox.quickbooks.wire.parts import Shape
from sandbox.quickbooks.wire.rendering import rendered


@dataclass(frozen=True)
class Operations:
    """What an entity allows. `update` covers sparse and full updates; the body says which it is."""

    create: Callable[[Books, Body], Record]
    update: Callable[[Books, Any, Body], Record] | None = None
    void: Callable[[Books, Any], Record] | None = None
    delete: Callable[[Books, Any], None] | None = None


OPERATIONS: Mapping[str, Operations] = {
    "Customer": Operations(lists.add_customer, lists.change_customer),
    "Vendor": Operations(lists.add_vendor, lists.change_vendor),
    "Account": Operations(lists.add_account),
    "Item": Operations(lists.add_item),
    "Invoice": Operations(
        sales.create_invoice, sales.update, invoicing.void_invoice, invoicing.delete_invoice
    ),
    "CreditMemo": Operations(sales.create_credit_memo, delete=invoicing.delete_credit_memo),
    "RefundReceipt": Operations(sales.create_refund, delete=invoicing.delete_refund),
    "Payment": Operations(payments.create, payments.update, paying.void_payment, paying.delete_payment),
    "Purchase": Operations(banking.spend, banking.update, delete=spending.delete_purchase),
    "Deposit": Operations(banking.bring_to_bank, delete=spending.delete_deposit),
    "Transfer": Operations(banking.move, delete=transferring.delete_transfer),
}


def carry_out(books: Books, entity: str, operation: str, body: Body) -> Shape:
    """Create, update, void or delete a record; the answer under its entity's name. Refused says why not."""
    can = OPERATIONS[entity]
    if operation == "create":
        return {entity: rendered(books, can.create(books, body))}
    record = _current(books, entity, body)
    if operation == "update" and can.update:
        return {entity: rendered(books, can.update(books, record, body))}
    if operation == "void" and can.void:
        return {entity: rendered(books, can.void(books, record))}
    if operation == "delete" and can.delete:
        can.delete(books, record)
        return {entity: {"domain": "QBO", "status": "Deleted", "Id": record.id}}
    raise rules.bad_property("operation", f"{operation!r} cannot be done to {entity}")


def found(books: Books, entity: str, identity: str) -> Any:
    """A record by its id. Refused 610 if there is none, or none any more."""
    record = books.all_of(entity).get(identity)
    if record is None:
        raise rules.not_found(entity, identity)
    return record


def _current(books: Books, entity: str, body: Body) -> Any:
    """The record that a body names, in the version that it names."""
    record = found(books, entity, body.needed("Id"))
    rules.check_fresh(record, body.needed("SyncToken"))
    return record
