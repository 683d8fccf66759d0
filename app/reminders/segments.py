"""How many segments a text message takes, which is what it costs. Pure.

3GPP TS 23.038, 6.2.1: the default alphabet, 160 characters in one segment and 153 in each of several, characters of
its extension table counting twice. One character outside makes the whole text UCS-2: 70 and 67 units of UTF-16.
"""

from collections.abc import Iterable
from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_GSM_ONE, _GSM_MANY = 160, 153
_UCS_ONE, _UCS_MANY = 70, 67

# What typography and Babel put in, and what says the same in the cheap alphabet.
_PLAIN = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "\t": " ",
    }
)


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text comes to."""

    alphabet: str
    """`GSM-7` or `UCS-2`."""
    units: int
    count: int
    left: int
    """Units that still fit into the last segment."""
    costly: tuple[str, ...]
    """The characters that make it UCS-2, each once, in order."""


def plain(text: str) -> str:
    """The same words with quotes, dashes and spaces that the cheap alphabet has."""
    return text.translate(_PLAIN)


def segments(text: str) -> Segments:
    """Count a text as carriers do; an empty one takes no segment."""
    costly = tuple(dict.fromkeys(c for c in text if c not in _BASIC and c not in _EXTENDED))
    if costly:
        sizes = [2 if ord(c) > 0xFFFF else 1 for c in text]
        return _counted("UCS-2", sizes, _UCS_ONE, _UCS_MANY, costly)
    return _counted("GSM-7", [2 if c in _EXTENDED else 1 for c in text], _GSM_ONE, _GSM_MANY, ())


def _counted(alphabet: str, sizes: Iterable[int], one: int, many: int, costly: tuple[str, ...]) -> Segments:
    """No character is cut in two: one that does not fit begins the next segment."""
    sizes = list(sizes)
    units = sum(sizes)
    if units <= one:
        return Segments(alphabet, units, min(units, 1), one - units, costly)
    count, filled = 1, 0
    for size in sizes:
        if filled + size > many:
            count, filled = count + 1, 0
        filled += size
    return Segments(alphabet, units, count, many - filled, costly)
