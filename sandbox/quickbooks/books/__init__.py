"""A company's books: its records, and the changes that keep them sound."""
