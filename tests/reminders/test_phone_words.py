"""The WhatsApp texts and what fills them."""

import pytest

from app.kit.languages import LANGUAGES
from app.reminders.phone_words import EXAMPLES, MOMENTS, PhoneTemplateText, template


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_filled_without_a_place_left(language: str) -> None:
    for moment in MOMENTS:
        text = template(moment, language)
        filled = text.filled(text.examples)
        assert "{{" not in filled
        assert all(value in filled for value in text.examples.values())


def test_a_name_that_looks_like_a_place_stays_as_it_is() -> None:
    text = PhoneTemplateText("due", "en", "Hello {{1}}, {{2}} asks {{1}} for {{4}}. Bye {{7}}.")
    values = {**EXAMPLES, "1": "{{2}} {{4}}", "2": "A\\1 & {{1}}"}
    assert text.filled(values) == "Hello {{2}} {{4}}, A\\1 & {{1}} asks {{2}} {{4}} for £120.00. Bye {{7}}."
