"""In which language a page speaks to a payer: that of their reminders; their browser's where nobody knows who asks."""

from dataclasses import dataclass

from werkzeug.datastructures import LanguageAccept

from app.kit.errors import NotFound
from app.kit.ground import Ground
from app.kit.languages import ENGLISH, LANGUAGES, locale_of
from app.models import Customer, PayLink, Tenant
from app.payments.links import LinkPlace
from app.portal.words import Words, words_in
from app.reminders.payment_language import written_in


@dataclass(frozen=True, slots=True)
class Speech:
    """A language, and how dates and money are written in it."""

    language: str
    locale: str
    """Such as `en_GB`."""

    @property
    def words(self) -> Words:
        return words_in(self.language)


def speech_in(language: str, *countries: str | None) -> Speech:
    """The language as the first of these countries writes it that has it. Pure."""
    return Speech(language, str(locale_of(language, *countries)))


def speech_to_stranger(accepted: LanguageAccept) -> Speech:
    """What the browser asks for first of what we speak; Dutch for `nl-BE, en`. Pure."""
    asked = (tag.partition("-")[0].lower() for tag, quality in accepted if quality)
    return speech_in(next((language for language in asked if language in LANGUAGES), ENGLISH))


def speech_to_payer(ground: Ground, place: LinkPlace) -> Speech:
    """The payer's own. Raises NotFound if the link is gone."""
    with ground.database.tenant(place.tenant_id) as session:
        link = session.get(PayLink, (place.tenant_id, place.link_id))
        tenant = session.get(Tenant, place.tenant_id)
        if link is None or tenant is None:
            raise NotFound("This link leads nowhere.")
        customer = session.get_one(Customer, (place.tenant_id, link.customer_id))
        language = written_in(session, customer, tenant)
        return speech_in(language, tenant.country_code, customer.country_code)
