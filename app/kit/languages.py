"""In which language a customer is written to, and how dates and money look in it. Pure.

No ledger tells a customer's language (one knows it of the sales form only), so it follows from the country of the
address. That is assumed, and the business's own language is used where the country says nothing or the step has no
text in its language.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache

from babel import Locale, UnknownLocaleError

ENGLISH = "en"
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "de": "German",
    "es": "Spanish",
    "fr": "French",
    "nl": "Dutch",
}
"""Languages with ready texts and phrases, by ISO 639-1 code."""

_SPOKEN: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("GB", "US", "IE", "AU", "NZ", "ZA", "SG"), ("en",)),
    **dict.fromkeys(("DE", "AT", "LI"), ("de",)),
    **dict.fromkeys(("FR", "MC"), ("fr",)),
    **dict.fromkeys(("ES", "MX", "AR", "CL", "CO", "CR", "DO", "EC", "GT", "PA", "PE", "UY"), ("es",)),
    **dict.fromkeys(("NL", "SR"), ("nl",)),
    "BE": ("nl", "fr"),
    "CA": ("en", "fr"),
    "CH": ("de", "fr"),
    "LU": ("fr", "de"),
}


def language_of_business(country_code: str) -> str:
    """The language in which a business of this country begins."""
    return _SPOKEN.get(country_code.upper(), (ENGLISH,))[0]


def language_of_customer(country_code: str | None, *, own: str) -> str:
    """The customer's language by country; `own` (the business's) where that is spoken there or nothing is known."""
    spoken = _SPOKEN.get((country_code or "").upper(), ())
    return own if not spoken or own in spoken else spoken[0]


def chosen(available: Collection[str], *, wanted: str, own: str) -> str | None:
    """Of the languages a text exists in: the wanted one, else the business's own, else none."""
    return next((language for language in (wanted, own) if language in available), None)


@lru_cache(maxsize=512)
def locale_of(language: str, *countries: str | None) -> Locale:
    """How the language is written in the first of these countries that writes it; British English at the worst.

    English is written everywhere; another language only where it is spoken, so that German in a letter from London
    has German commas.
    """
    for country in countries:
        code = (country or "").upper()
        if language == ENGLISH or language in _SPOKEN.get(code, ()):
            try:
                return Locale.parse(f"{language}_{code}")
            except (UnknownLocaleError, ValueError):
                continue
    try:
        return Locale.parse("en_GB" if language == ENGLISH else language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")
