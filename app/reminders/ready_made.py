"""Cadences to begin with: three tones, and how the country does business. Pure.

What differs is custom, not law: American businesses ask early and often, British ones count working days,
Australians and New Zealanders read text messages, and on the Continent a first friendly letter and two
firmer ones are the usual thing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.kit.languages import language_of_business
from app.models import Attachment, Counts, OnlyAfter, StepAction, Tone
from app.reminders.cadence_drafts import CadenceDraft, StepDraft
from app.reminders.ready_texts import LAST, PROMISE_BROKEN, SMS, ReadyText, moment_of, ready_text
from app.reminders.step_texts import Place

US, UK, AU_NZ, EU = "us", "uk", "au_nz", "eu"
FLAVOURS = (US, UK, AU_NZ, EU)
_AMERICA = frozenset({"US", "CA"})
_BRITISH_ISLES = frozenset({"GB", "IE"})
_ANTIPODES = frozenset({"AU", "NZ"})


@dataclass(frozen=True, slots=True)
class _Plan:
    """Days after the due date with their tones; of the standard and the firm one the last says that it is."""

    gentle: tuple[tuple[int, Tone], ...]
    standard: tuple[tuple[int, Tone], ...]
    firm: tuple[tuple[int, Tone], ...]
    counts: Counts = Counts.CALENDAR
    texts_from: int | None = None
    """From this day on a text message is tried first, where the customer agreed to them."""
    calls_after: int = 60
    """The firm cadence ends by asking a person to call."""


_G, _S, _F = Tone.GENTLE, Tone.STANDARD, Tone.FIRM
_PLANS = {
    US: _Plan(
        gentle=((-3, _G), (3, _G), (14, _G), (30, _S)),
        standard=((-3, _G), (0, _G), (7, _G), (15, _S), (30, _F), (45, _F)),
        firm=((-7, _G), (0, _G), (3, _S), (7, _S), (14, _F), (21, _F), (30, _F)),
        calls_after=45,
    ),
    UK: _Plan(
        gentle=((-3, _G), (5, _G), (15, _S), (30, _S)),
        standard=((-3, _G), (1, _G), (7, _G), (14, _S), (30, _F), (45, _F)),
        firm=((-5, _G), (0, _G), (3, _S), (7, _S), (14, _F), (21, _F), (30, _F)),
        counts=Counts.BUSINESS,
    ),
    AU_NZ: _Plan(
        gentle=((-2, _G), (4, _G), (14, _G), (30, _S)),
        standard=((-2, _G), (1, _G), (7, _S), (14, _S), (30, _F), (45, _F)),
        firm=((-2, _G), (1, _S), (5, _S), (10, _F), (14, _F), (21, _F)),
        texts_from=14,
        calls_after=30,
    ),
    EU: _Plan(
        gentle=((7, _G), (21, _S), (42, _S)),
        standard=((-5, _G), (7, _G), (17, _S), (30, _F)),
        firm=((-5, _G), (3, _G), (10, _S), (20, _F), (30, _F)),
        calls_after=40,
    ),
}
_NAMES = {Tone.GENTLE: "Gentle", Tone.STANDARD: "Standard", Tone.FIRM: "Firm"}


def flavour_of(country: str) -> str:
    """How a country does business; the Continent's way where nothing nearer is known."""
    for flavour, countries in ((US, _AMERICA), (UK, _BRITISH_ISLES), (AU_NZ, _ANTIPODES)):
        if country.upper() in countries:
            return flavour
    return EU


def ready_made(tone: Tone, *, country: str, flavour: str | None = None) -> CadenceDraft:
    """A cadence to begin with, in the language and spelling of the country."""
    plan, language = _PLANS[flavour or flavour_of(country)], language_of_business(country)
    days = {Tone.GENTLE: plan.gentle, Tone.STANDARD: plan.standard, Tone.FIRM: plan.firm}[tone]
    steps = [_step(offset, says, plan, language=language, country=country) for offset, says in days]
    if tone is not Tone.GENTLE:
        steps[-1] = _with_words(steps[-1], LAST, language=language, country=country)
    steps.append(_after_broken_promise(language, country))
    if tone is Tone.FIRM:
        steps.append(_call(plan.calls_after, language, country))
    return CadenceDraft(name=_NAMES[tone], language=language, steps=tuple(steps))


def all_ready_made(country: str) -> Iterable[CadenceDraft]:
    """The three tones as they suit a country."""
    return [ready_made(tone, country=country) for tone in Tone]


def _step(offset: int, tone: Tone, plan: _Plan, *, language: str, country: str) -> StepDraft:
    by_text = plan.texts_from is not None and offset >= plan.texts_from
    draft = StepDraft(
        None,
        offset,
        "",
        "",
        counts=plan.counts if offset <= 7 else Counts.CALENDAR,
        channels=("sms", "email") if by_text else ("email",),
        tone=tone,
        attachment=_attachment(offset),
    )
    return _with_words(draft, moment_of(offset, tone), language=language, country=country)


def _attachment(offset: int) -> Attachment:
    """The invoice with the first words after the due date, the whole account with the later ones."""
    if offset <= 0:
        return Attachment.NONE
    return Attachment.INVOICE if offset <= 7 else Attachment.STATEMENT


def _after_broken_promise(language: str, country: str) -> StepDraft:
    draft = StepDraft(None, 1, "", "", counts=Counts.BUSINESS, only_after=OnlyAfter.PROMISE_BROKEN)
    return _with_words(draft, PROMISE_BROKEN, language=language, country=country)


def _call(offset: int, language: str, country: str) -> StepDraft:
    draft = StepDraft(None, offset, "", "", tone=Tone.FIRM, action=StepAction.TASK)
    return _with_words(draft, LAST, language=language, country=country)


def _with_words(draft: StepDraft, moment: str, *, language: str, country: str) -> StepDraft:
    mail = ready_text(language, moment, country=country)
    texts: dict[Place, ReadyText] = {}
    if SMS in draft.channels:
        texts[SMS, language] = ready_text(language, moment, channel=SMS, country=country)
    return replace(draft, subject=mail.subject, body=mail.body, texts=texts)
