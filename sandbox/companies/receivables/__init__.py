"""A business's own receivables, exported as CSV from any ledger, as a sandbox company."""

from sandbox.companies.receivables.importing import Imported, imported

__all__ = ["Imported", "imported"]
