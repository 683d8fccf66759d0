"""Stripe: accounts of the tenants' own (Connect, Accounts v2), direct charges, hosted Checkout."""
