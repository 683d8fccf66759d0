"""Which language a customer is written to in, and how that language writes dates and money."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.kit.languages import (
    LANGUAGES,
    chosen,
    language_of_business,
    language_of_customer,
    locale_of,
)
from app.reminders.compose import compose
from app.reminders.letter import Letter, day, money, short_day
from app.reminders.ready_texts import MOMENTS, phrases, ready_text
from tests.reminders.test_compose import LETTER


def letter_in(language: str, *, country: str = "GB", customer: str | None = None) -> Letter:
    text = ready_text(language, "gentle")
    return replace(
        LETTER,
        language=language,
        country_code=country,
        customer_country=customer,
        currency="EUR",
        subject=text.subject,
        body=text.body,
    )


@pytest.mark.parametrize(
    ("country", "own", "language"),
    [
        ("DE", "en", "de"),
        ("AT", "en", "de"),
        ("BE", "en", "nl"),
        ("BE", "fr", "fr"),
        ("CA", "en", "en"),
        ("CA", "fr", "fr"),
        ("CA", "de", "en"),
        ("gb", "de", "en"),
        ("MX", "en", "es"),
        ("JP", "de", "de"),
        (None, "nl", "nl"),
        ("", "en", "en"),
    ],
)
def test_a_customer_is_written_to_in_the_language_of_the_country(
    country: str | None, own: str, language: str
) -> None:
    assert language_of_customer(country, own=own) == language


def test_a_text_that_does_not_exist_gives_way_to_the_businesss_own() -> None:
    assert chosen({"en", "de"}, wanted="de", own="en") == "de"
    assert chosen({"en"}, wanted="de", own="en") == "en"
    assert chosen(set(), wanted="de", own="en") is None


def test_a_business_begins_in_its_own_language() -> None:
    assert [language_of_business(code) for code in ("DE", "FR", "US", "JP", "")] == [
        "de",
        "fr",
        "en",
        "en",
        "en",
    ]


@pytest.mark.parametrize(
    ("language", "countries", "total"),
    [
        ("en", ("GB",), "€1,250.50"),
        ("de", ("GB", "DE"), "1.250,50\u00a0€"),
        ("de", ("GB", "CH"), "EUR\u00a01’250.50"),
        ("de", ("GB", None), "1.250,50\u00a0€"),
        ("fr", ("FR",), "1\u202f250,50\u00a0€"),
        ("nl", ("NL",), "€\u00a01.250,50"),
        ("es", ("MX",), "EUR1,250.50"),
    ],
)
def test_money_is_written_as_the_language_and_country_do(
    language: str, countries: tuple[str, str | None], total: str
) -> None:
    letter = letter_in(language, country=countries[0], customer=(*countries, None)[1])
    assert money(Decimal("1250.50"), letter) == total


def test_days_are_written_as_the_language_does() -> None:
    when = date(2026, 11, 13)
    german = letter_in("de", country="DE")
    assert (day(when, german), short_day(when, german)) == ("Fr., 13. Nov. 2026", "13.11.2026")
    assert short_day(when, letter_in("fr", country="FR")) == "13 nov. 2026"


def test_an_unknown_language_is_written_as_english() -> None:
    assert locale_of("xx", "XX").language == "en"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_mail_is_in_one_language_throughout(language: str, moment: str) -> None:
    text = ready_text(language, moment)
    made = compose(replace(letter_in(language), subject=text.subject, body=text.body))
    assert f'<html lang="{language}">' in made.html
    said = phrases(language)
    for form in (made.text, made.html):
        assert said["stop"] in form
        assert said["total"] in form
    if language != "en":
        for word in ("Issued", "overdue", "genuine", "securely", "Invoice "):
            assert word not in made.text
    assert "{" not in made.text


def test_every_language_has_the_same_phrases() -> None:
    for language in LANGUAGES:
        assert phrases(language).keys() == phrases("en").keys()
        assert "{" in phrases(language)["pay"]
