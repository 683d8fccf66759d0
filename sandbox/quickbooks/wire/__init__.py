"""How QuickBooks writes its records in JSON, and how it reads those of others."""
