"""Telephone numbers as ledgers have them, made fit for a text message: E.164, and of a kind that takes texts."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

# In some countries nobody can tell a mobile number from a landline.
_TAKES_TEXTS = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_LONGEST = 40


def mobile_number(written: str | None, country: str) -> str | None:
    """The number in E.164, read as one of `country` unless it names another; None if texts cannot reach it."""
    if not written or len(written) > _LONGEST:
        return None
    try:
        number = phonenumbers.parse(written, country.upper())
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in _TAKES_TEXTS:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
