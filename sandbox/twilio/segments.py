"""How many parts a text is sent in: GSM-7 has 160 characters in one and 153 in each of several, others 70 and 67."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")


def segments(body: str) -> int:
    """At least one."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in body):
        length = sum(2 if letter in _EXTENDED else 1 for letter in body)
        return 1 if length <= 160 else -(-length // 153)
    length = len(body.encode("utf-16-le")) // 2
    return 1 if length <= 70 else -(-length // 67)
