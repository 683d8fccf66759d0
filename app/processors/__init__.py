"""Card processors behind one port. A new one is one folder here and one line in `registry.py`."""
