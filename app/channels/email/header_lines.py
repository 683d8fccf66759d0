"""How a mail's headers become lines, so that every reader gets back what was meant. Pure.

Python's own folding (3.11) turns a long address of a page into encoded words, which nobody looks for in
`List-Unsubscribe`; takes the quotes off a long name, which makes several mailboxes of one; leaves a second space where
it breaks a subject; and writes out line breaks that stand in an encoded word. Here words stay as they are, and lines
end only at the space between two of them (RFC 5322, 2.2.3).
"""

from collections.abc import Iterable
from email.header import Header
from email.headerregistry import Address
from email.policy import EmailPolicy
from email.utils import formataddr
from typing import Any

_LONGEST_LINE = 76
_LONGEST_WORD = 900  # no line may have more than 998 characters (RFC 5322, 2.1.1)
_BEGINS_ENCODED_WORD = "=?"


class HeaderLines(EmailPolicy):
    """How headers are written; those about content as Python does it, because their parameters have other rules."""

    def fold(self, name: str, value: Any) -> str:
        """The header with its line ends."""
        if name.lower().startswith("content-"):
            as_python_does: str = super().fold(name, value)
            return as_python_does
        return _folded(name, _written(value), self.linesep)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same as bytes."""
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii")


def one_line(text: str) -> str:
    """`text` on one line and without control characters, fit for a header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def in_words(text: str) -> str:
    """One line of text in ASCII: as it is, or as encoded words (RFC 2047), each short enough for a line.

    So is a text in which an encoded word would be seen that was never meant as one.
    """
    is_short = all(len(word) <= _LONGEST_WORD for word in text.split())
    if text.isascii() and is_short and _BEGINS_ENCODED_WORD not in text:
        return text
    return " ".join(Header(text, "utf-8", maxlinelen=_LONGEST_LINE - 20).encode(linesep="\n").split())


def _written(value: Any) -> str:
    addresses: Iterable[Address] | None = getattr(value, "addresses", None)
    if addresses is None:
        return in_words(one_line(str(value)))
    return ", ".join(map(_mailbox, addresses))


def _mailbox(address: Address) -> str:
    name = one_line(address.display_name)
    shown = in_words(name)
    return f"{shown} <{address.addr_spec}>" if shown != name else formataddr((name, address.addr_spec))


def _folded(name: str, text: str, linesep: str) -> str:
    first, *others = text.split(" ")
    lines = [f"{name}: {first}"]
    for word in others:
        if len(lines[-1]) + 1 + len(word) > _LONGEST_LINE:
            lines.append(f" {word}")
        else:
            lines[-1] += f" {word}"
    return linesep.join(lines) + linesep
