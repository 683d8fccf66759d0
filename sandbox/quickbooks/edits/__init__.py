"""What people do in QuickBooks itself. The control API edits the main company's books through these.

Callers hold the world's lock. ValueError says what the books refuse, LookupError what does not exist.
Each edit dates the record and sends webhooks exactly as a change through the API would.
"""

from sandbox.quickbooks.edits.company import (
    archive_account,
    archive_contact,
    change_address,
    change_email,
    change_further_emails,
    change_phone,
    disconnect,
    merge_contacts,
    rename_contact,
    set_country,
    set_lock_date,
    set_region,
)
from sandbox.quickbooks.edits.finding import (
    find_account,
    find_contact,
    find_entry,
    find_invoice,
    find_payment,
)
from sandbox.quickbooks.edits.invoices import (
    change_copies,
    credit_invoice,
    delete_invoice,
    edit_due_date,
    mail_invoice,
    raise_invoice,
    void_invoice,
)
from sandbox.quickbooks.edits.payments import (
    delete_payment,
    deposit_payment,
    move_entry,
    pay_invoice,
    pay_together,
    reconcile,
    use_credit,
    void_payment,
)
from sandbox.quickbooks.edits.storm import storm

__all__ = [
    "archive_account",
    "archive_contact",
    "change_address",
    "change_copies",
    "change_email",
    "change_further_emails",
    "change_phone",
    "credit_invoice",
    "delete_invoice",
    "delete_payment",
    "deposit_payment",
    "disconnect",
    "edit_due_date",
    "find_account",
    "find_contact",
    "find_entry",
    "find_invoice",
    "find_payment",
    "mail_invoice",
    "merge_contacts",
    "move_entry",
    "pay_invoice",
    "pay_together",
    "raise_invoice",
    "reconcile",
    "rename_contact",
    "set_country",
    "set_lock_date",
    "set_region",
    "storm",
    "use_credit",
    "void_invoice",
    "void_payment",
]
