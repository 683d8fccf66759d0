"""Measured claims: each module prints its method and its figures. `python -m bench.<name>`."""
