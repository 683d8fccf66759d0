"""Lists: the query language and the change data capture."""
