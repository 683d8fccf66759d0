"""What people do in Xero itself. The control API edits the main company's books through these.

Callers hold the world's lock. ValueError says what the books refuse, LookupError what does not exist.
Each edit dates the record and sends webhooks exactly as a change through the API would.
"""

from sandbox.xero.edits.changes import (
    archive_account,
    credit_invoice,
    delete_draft,
    delete_payment,
    disconnect,
    edit_due_date,
    pay_invoice,
    raise_invoice,
    set_lock_date,
    set_region,
    void_invoice,
)
from sandbox.xero.edits.contacts import (
    archive_contact,
    change_address,
    change_email,
    change_persons,
    change_phone,
    merge_contacts,
    rename_contact,
)
from sandbox.xero.edits.storm import storm
from sandbox.xero.edits.unapplied import give_back, move_entry, receive, reconcile, void_received

__all__ = [
    "archive_account",
    "archive_contact",
    "change_address",
    "change_email",
    "change_persons",
    "change_phone",
    "credit_invoice",
    "delete_draft",
    "delete_payment",
    "disconnect",
    "edit_due_date",
    "give_back",
    "merge_contacts",
    "move_entry",
    "pay_invoice",
    "raise_invoice",
    "receive",
    "reconcile",
    "rename_contact",
    "set_lock_date",
    "set_region",
    "storm",
    "void_invoice",
    "void_received",
]
