"""Durable tasks: rows in PostgreSQL say what to do, RQ only rings the bell (design laws 1 and 2)."""
