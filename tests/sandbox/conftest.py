"""The sandbox's own tests use the fixtures at the root: one process, a fresh world for each test."""
