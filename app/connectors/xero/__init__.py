"""Xero behind the Ledger port: raw JSON over our own HTTP policy (`docs/decisions/0001-raw-json-for-xero.md`)."""
