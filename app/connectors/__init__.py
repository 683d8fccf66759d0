"""Ledgers behind one port. A new ledger is one folder here and one line in `registry.py`."""
