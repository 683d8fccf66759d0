"""JSON of a ledger whose every text can be decoded and kept."""

import re

# Every escape of a JSON text in one piece; only what nobody can keep is a group: half a surrogate pair, which is no
# character at all, and the null character, which PostgreSQL has no place for.
_ESCAPES = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\u0000)|\\."
)
_SUSPICIOUS = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)")


def keepable(content: bytes) -> bytes:
    """The same JSON with U+FFFD for what no text can hold.

    Half an emoji, cut off in some form field, or a stray null must cost its own character, and not the whole page.
    """
    if _SUSPICIOUS.search(content) is None:
        return content
    return _ESCAPES.sub(lambda found: b"\\ufffd" if found[1] else found[0], content)
