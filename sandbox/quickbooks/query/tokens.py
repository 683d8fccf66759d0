"""Cuts the text of a query into words, signs and literals."""

import re
from dataclasses import dataclass

from sandbox.quickbooks.books.rules import Refused

TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^'\\]|\\.)*')
    | (?P<number>-?\d+(?:\.\d+)?)
    | (?P<sign><=|>=|=|<|>|\(|\)|,|\*)
    | (?P<word>[A-Za-z][A-Za-z0-9_.]*)
    )""",
    re.VERBOSE | re.DOTALL,
)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Token:
    """`kind` is text, number, sign or word; of a text, `value` is what stands between the quotes."""

    kind: str
    value: str

    def says(self, word: str) -> bool:
        return self.kind == "word" and self.value.upper() == word


def unreadable(detail: str) -> Refused:
    """The query does not follow the grammar."""
    return Refused("4000", "Error parsing query", f"QueryParserError: {detail}")


def invalid(detail: str) -> Refused:
    """The query follows the grammar, but names or values in it are not possible."""
    return Refused("4001", "Invalid query", f"QueryValidationError: {detail}")


def tokens(text: str) -> list[Token]:
    """All tokens of a query; Refused 4000 where it stops making sense."""
    found: list[Token] = []
    place = 0
    while text[place:].strip():
        match = TOKEN.match(text, place)
        if match is None:
            raise unreadable(f"Encountered {text[place : place + 20].strip()!r} at column {place + 1}")
        found.append(_token(match))
        place = match.end()
    return found


def _token(match: re.Match[str]) -> Token:
    if match["text"]:
        return Token("text", ESCAPED.sub(r"\1", match["text"][1:-1]))
    kind = match.lastgroup or ""
    return Token(kind, match[kind])
