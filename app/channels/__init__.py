"""Ways to reach a customer behind one port. A new channel is one folder here and one line in `registry.py`."""
