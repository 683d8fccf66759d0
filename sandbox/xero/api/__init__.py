"""The Accounting API, version 2.0."""
