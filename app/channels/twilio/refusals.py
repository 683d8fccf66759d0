"""Twilio's codes as what they mean for us. From twilio.com/docs/api/errors and .../errors/<code>.

Both kinds are here: codes with which a message is refused at once, and codes with which one that was taken is
not delivered. A code nobody has listed is a refusal of this one message and nothing more.
"""

from app.channels.base import Meaning

THROTTLED = frozenset({20429, 63018})
"""Not now; nothing happened."""

_OPTED_OUT = (Meaning.OPTED_OUT, "The customer asked for no more messages on this number.")
_NO_PHONE = (Meaning.BAD_ADDRESS, "The phone number is not one that can receive text messages.")
_NO_WHATSAPP = (Meaning.BAD_ADDRESS, "The phone number is not on WhatsApp.")
_AWAY = (Meaning.NOT_REACHED, "The phone could not be reached.")
_DECLINED = (Meaning.NOT_REACHED, "WhatsApp did not deliver it to this customer for now.")
_FILTERED = (Meaning.FILTERED, "The carrier took the message for unwanted and did not deliver it.")
_UNREGISTERED = (
    Meaning.NOT_SET_UP,
    "Carriers do not take messages from your number before it is registered.",
)
_COUNTRY = (Meaning.NOT_SET_UP, "Text messages to this country are not switched on.")
_NO_SENDER = (Meaning.NOT_SET_UP, "Your sender is not ready at the messaging provider.")
_TEMPLATE = (Meaning.TEMPLATE, "WhatsApp has not approved the text of this message.")

_KNOWN: dict[int, tuple[Meaning, str]] = {
    20003: _NO_SENDER,
    20404: _NO_SENDER,
    21211: _NO_PHONE,
    21212: _NO_SENDER,
    21217: _NO_PHONE,
    21408: _COUNTRY,
    21606: _NO_SENDER,
    21610: _OPTED_OUT,
    21612: _NO_PHONE,
    21614: _NO_PHONE,
    21656: _TEMPLATE,
    21704: _NO_SENDER,
    30003: _AWAY,
    30004: _FILTERED,
    30005: _NO_PHONE,
    30006: _NO_PHONE,
    30007: _FILTERED,
    30008: _AWAY,
    30032: _UNREGISTERED,
    30034: _UNREGISTERED,
    63003: _NO_WHATSAPP,
    63007: _NO_SENDER,
    63016: _TEMPLATE,
    63024: _NO_WHATSAPP,
    63032: _DECLINED,
    63049: _DECLINED,
}


def meaning_of(code: int | None) -> tuple[Meaning, str]:
    """What a code means, and the sentence for it."""
    if code in _KNOWN:
        return _KNOWN[code]
    known_as = f" (code {code})" if code else ""
    return Meaning.OTHER, f"The messaging provider did not deliver it{known_as}."
