"""Pay links, hosted checkouts, settlement, and the entries that bring payments into the ledger."""
