"""The ids of mirror rows: derived from the ledger's own, so that a page is written without looking anything up."""

from functools import lru_cache
from uuid import UUID, uuid5

CUSTOMER = "customer"
INVOICE = "invoice"
CREDIT_NOTE = "credit_note"
PAYMENT = "payment"
ACCOUNT = "account"


@lru_cache(maxsize=8192)  # a page names the same few customers again and again
def mirror_id(tenant_id: UUID, kind: str, external_id: str) -> UUID:
    """The id of the row that mirrors one record of a tenant's ledger; the same on every machine, for ever."""
    return uuid5(tenant_id, f"{kind}:{external_id}")
