"""Texts in queries. Pure."""


def quoted(text: str) -> str:
    """A text as a literal; the backslash escapes itself and the quote."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
