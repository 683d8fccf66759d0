"""Ledger to mirror: connecting, pulling what changed, sweeping, and fresh reads before anything is said."""
