"""Text messages: what they say, what they cost, and what hostile names cannot do to them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.languages import LANGUAGES
from app.reminders.compose import compose_text_message
from app.reminders.ready_texts import MOMENTS, ready_text
from app.reminders.segments import plain, segments
from app.reminders.wording import WordingFault
from tests.reminders.test_compose import HOSTILE, LETTER

TEXT = replace(LETTER, subject="", body=ready_text("en", "gentle", channel="sms").body)


def test_it_names_the_sender_and_says_how_to_stop() -> None:
    made = compose_text_message(replace(TEXT, body="Please pay {{ total }}."))
    assert made.text == "Harbour Lane Joinery: Please pay £1,250.50. Reply STOP to opt out."
    assert (made.subject, made.html, made.headers) == ("", "", {})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("moment", MOMENTS)
def test_ready_texts_are_spelt_in_the_cheap_alphabet_where_the_language_can_be(
    language: str, moment: str
) -> None:
    body = ready_text(language, moment, channel="sms").body
    made = compose_text_message(
        replace(TEXT, language=language, body=body, pay_url="https://d.example/p/abc")
    )
    assert segments(made.text).count <= (4 if language in ("fr", "es") else 2)
    if language in ("en", "de", "nl"):
        assert segments(made.text).costly in ((), ("é",))
    assert "https://d.example/p/abc" in made.text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_do_no_harm(hostile: str) -> None:
    made = compose_text_message(replace(TEXT, business_name=hostile or "B", customer_name=hostile))
    assert not {"\r", "\n", "\x00", "\x1b", "\u202e", "\u2066", "\u200f"} & set(made.text)


def test_one_that_is_far_too_long_is_not_made() -> None:
    with pytest.raises(WordingFault, match="characters"):
        compose_text_message(replace(TEXT, body="x" * 2_000))


def test_one_of_which_nothing_is_left_is_not_made() -> None:
    with pytest.raises(WordingFault):
        compose_text_message(replace(TEXT, body="{% if invoice_count == 9 %}x{% endif %}"))


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "count", "left"),
    [
        ("", "GSM-7", 0, 0, 160),
        ("x" * 160, "GSM-7", 160, 1, 0),
        ("x" * 161, "GSM-7", 161, 2, 145),
        ("x" * 306, "GSM-7", 306, 2, 0),
        ("x" * 307, "GSM-7", 307, 3, 152),
        ("€" * 80, "GSM-7", 160, 1, 0),
        ("x" * 152 + "€" * 5, "GSM-7", 162, 2, 143),
        ("ж" * 70, "UCS-2", 70, 1, 0),
        ("ж" * 71, "UCS-2", 71, 2, 63),
        ("😀" * 35, "UCS-2", 70, 1, 0),
        ("x" * 66 + "😀" * 3, "UCS-2", 72, 2, 61),
    ],
)
def test_segments_are_counted_as_carriers_do(
    text: str, alphabet: str, units: int, count: int, left: int
) -> None:
    found = segments(text)
    assert (found.alphabet, found.units, found.count, found.left) == (alphabet, units, count, left)


def test_what_makes_a_text_costly_is_named() -> None:
    assert segments("Zoë – “ok” ж").costly == ("ë", "–", "“", "”", "ж")
    assert plain("“1\u202f250\u00a0€” – it’s…") == '"1 250 €" - it\'s...'
    assert segments(plain("“1\u202f250\u00a0€” – it’s…")).alphabet == "GSM-7"


@given(st.text())
def test_more_text_never_takes_fewer_segments(text: str) -> None:
    assert segments(text).count <= segments(text + "x").count
    assert segments(text).left >= 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("moment", ["standard", "firm"])
def test_one_day_is_not_days_and_several_invoices_are_not_all_as_late_as_the_oldest(
    language: str, moment: str
) -> None:
    body = ready_text(language, moment, channel="sms").body
    late = replace(TEXT, language=language, body=body)
    only = replace(late, lines=(replace(LETTER.lines[0], due_on=LETTER.now.date() - timedelta(days=1)),))
    plural = {"en": "days", "de": "Tage", "es": "días", "fr": "jours", "nl": "dagen"}[language]
    assert plural not in compose_text_message(only).text.split()
    up_to = {"en": "up to 7", "de": "bis zu 7", "es": "hasta 7", "fr": "jusqu'à 7", "nl": "tot 7"}[language]
    assert up_to in compose_text_message(late).text
