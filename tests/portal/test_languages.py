"""The payer's pages in every language: whole, in one language each, and safe whatever the books hold."""

import re
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from app.kit.languages import LANGUAGES
from app.models import DisputeReason, PaymentMethod
from app.payments.selection import Complaint, Fault, read_amount
from app.portal.formats import day, decimal_mark, money, overdue, roughly, with_mark
from app.portal.pay_form import typed_amounts
from app.portal.speech import speech_in, speech_to_stranger
from app.portal.view import invoices_page
from app.portal.words import say, words_in
from app.reminders.unkept import Unkept
from tests.portal.payer_pages import HOSTILE, TODAY, offer, pages

OTHERS = sorted(LANGUAGES.keys() - {"en"})
INVOICE = UUID("01b0cb3a-d836-42d9-bce5-804767762c3e")


def sentences(language: str) -> dict[str, str]:
    found = words_in(language)
    return {f"{section}.{name}": text for section, part in found.items() for name, text in part.items()}


def telling_parts(language: str) -> set[str]:
    """Pieces of its sentences that are long enough to know the language by."""
    pieces = (piece for text in sentences(language).values() for piece in re.split(r"\{\w+\}", text))
    return {piece.strip() for piece in pieces if len(piece.strip()) >= 14}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_sentence_with_the_same_places(language: str) -> None:
    english, other = sentences("en"), sentences(language)
    assert other.keys() == english.keys()
    for name, text in english.items():
        assert other[name].strip(), name
        assert sorted(re.findall(r"\{\w*\}", other[name])) == sorted(re.findall(r"\{\w*\}", text)), name


@pytest.mark.parametrize("language", OTHERS)
def test_hardly_a_sentence_is_the_same_in_english(language: str) -> None:
    english, other = sentences("en"), sentences(language)
    same = {name for name, text in english.items() if other[name] == text and " " in text.strip("{} ")}
    assert same <= {"group.issued"}


def test_there_are_words_for_all_that_can_be_chosen_or_go_wrong() -> None:
    words = words_in("en")
    assert words["methods"].keys() == set(PaymentMethod)
    assert words["reasons"].keys() == set(DisputeReason)
    assert words["faults"].keys() == set(Fault)
    assert words["slips"].keys() >= set(Unkept)
    assert words["invoices"].keys() >= {f"{one}{end}" for one in Complaint for end in ("", "_more")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_one_language_and_shows_hostile_names_as_names(language: str) -> None:
    own = " ".join(sentences(language).values())
    foreign = {piece for other in LANGUAGES.keys() - {language} for piece in telling_parts(other)}
    foreign = {piece for piece in foreign if piece not in own}
    for name, page in pages(speech_in(language, "GB", "DE")):
        told = page.replace("&#39;", "'")
        assert f'<html lang="{language}">' in page, name
        assert "<script>alert" not in page, name
        assert not [piece for piece in foreign if piece in told], name
        assert not re.findall(r"\{(?!0\}|business\.)\w+\}", page), name


def test_what_a_business_is_called_is_kept_apart_and_never_filled_in() -> None:
    assert say("<{business}> {amount}", business=HOSTILE, amount="<b>") == (
        "&lt;<bdi>&lt;script&gt;alert(1)&lt;/script&gt; {0} {business.__class__} \u202e</bdi>&gt; &lt;b&gt;"
    )


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("fr-CA", "fr"),
        ("nl-BE, en;q=0.5", "nl"),
        ("en;q=0.5, de-AT", "de"),
        ("de;q=0, ja, es;q=0.1", "es"),
        ("ja", "en"),
        ("", "en"),
    ],
)
def test_whom_nobody_knows_is_answered_in_the_browsers_language(accepted: str, language: str) -> None:
    asked = parse_accept_header(accepted, LanguageAccept)
    assert speech_to_stranger(asked).language == language


def test_amounts_and_days_are_written_as_the_language_writes_them() -> None:
    english, german = speech_in("en", "GB"), speech_in("de", "GB", "DE")
    assert money(Decimal("1234.50"), "EUR", german.locale) == "1.234,50\u00a0€"
    assert money(Decimal("1234.50"), "GBP", english.locale) == "£1,234.50"
    assert day(date(2026, 12, 3), english.locale) == "3 Dec 2026"
    assert day(date(2026, 12, 3), german.locale) == "03.12.2026"
    assert overdue(TODAY - timedelta(1200), TODAY, german) == "1.200 Tage überfällig"
    assert overdue(TODAY + timedelta(1), TODAY, english) == "due in 1 day"
    assert roughly(timedelta(minutes=91), german) == "in 2 Stunden"


def test_what_a_card_adds_is_told_in_the_payers_words() -> None:
    told = {
        language: invoices_page(offer(), speech_in(language, "GB", "DE"))["groups"][0]["surcharge"]["words"]
        for language in ("en", "de")
    }
    assert told["en"] == "1.5% and €0.30, at most €10.00, never more than 2.1% of what you pay"
    assert told["de"] == (
        "1,5\u00a0% und 0,30\u00a0€, höchstens 10,00\u00a0€, nie mehr als 2,1\u00a0% dessen, was Sie bezahlen"
    )


@pytest.mark.parametrize(
    ("language", "country", "typed", "amount"),
    [
        ("de", "DE", "1.234,50", "1234.50"),
        ("de", "DE", "500,5", "500.5"),
        ("de", "DE", "500.50", None),
        ("de", "CH", "500.50", "500.50"),
        ("fr", "FR", "1\u202f234,50", "1234.50"),
        ("en", "GB", "1,234.50", "1234.50"),
        ("en", "GB", "500,50", None),
    ],
)
def test_an_amount_is_typed_as_it_is_written_there(
    language: str, country: str, typed: str, amount: str | None
) -> None:
    mark = decimal_mark(speech_in(language, country).locale)
    plain = typed_amounts({f"part-{INVOICE}": typed, "decimal_mark": mark})[INVOICE]
    assert read_amount(plain, "EUR") == (None if amount is None else Decimal(amount))


def test_the_amount_to_type_over_is_written_with_the_mark_of_the_language() -> None:
    [euros, _] = invoices_page(offer(), speech_in("de", "GB", "DE"))["groups"]
    assert {row["typed"] for row in euros["rows"]} == {"1234,50"}
    assert {row["plain"] for row in euros["rows"]} == {"1234.50"}
    assert with_mark("1234.50", ".") == "1234.50"
