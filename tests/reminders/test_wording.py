"""What a step's text may say, and what it may never do."""

import time

import pytest

from app.kit.languages import LANGUAGES
from app.models import Tone
from app.reminders import wording
from app.reminders.ready_texts import DUE, MOMENTS, moment_of, ready_text
from app.reminders.wording import WordingFault

VALUES = {
    "customer_name": "Ada Byron Ltd",
    "first_name": "Ada",
    "business_name": "Harbour Lane Joinery",
    "invoices": "invoice INV-1",
    "invoice_numbers": "INV-1",
    "invoice_count": 1,
    "total": "£10.00",
    "currency": "GBP",
    "due_on": "Fri 13 Nov 2026",
    "days_overdue": 7,
    "today": "Fri 20 Nov 2026",
    "has_pay_link": True,
    "pay_link": "https://pay.example/x",
    "debit_failed": True,
    "debit_amount": "£10.00",
    "debit_day": "16 Nov 2026",
    "late_fees": "£25.00",
}


def test_every_variable_is_documented_and_can_be_used() -> None:
    assert set(VALUES) == set(wording.VARIABLES)
    text = " ".join(f"{{{{ {name} }}}}" for name in wording.VARIABLES)
    assert wording.fill(text, VALUES).startswith("Ada Byron Ltd Ada Harbour")


def test_a_condition_may_choose_words() -> None:
    text = "{% if invoice_count == 1 and days_overdue >= 7 %}one{% elif not has_pay_link %}b{% else %}c{% endif %}"
    wording.check(text)
    assert wording.fill(text, VALUES) == "one"


@pytest.mark.parametrize(
    "text",
    [
        "Hello {{ nobody }}",
        "Hello {{ first_name",
        "{% for x in invoice_numbers %}{{ x }}{% endfor %}",
        "{{ ''.__class__.__mro__ }}",
        "{{ first_name.__class__ }}",
        "{{ first_name[0] }}",
        "{{ 'a' * 100000000 }}",
        "{{ range(10) }}",
        "{{ first_name | upper }}",
        "{{ self }}",
        "{% set total = 1 %}{{ total }}",
        "{% include 'x' %}",
        "{% macro m() %}{% endmacro %}",
        "{% if days_overdue > 1e999 %}late{% endif %}",
        r"{{ '\ud800' }}",
        r"{{ '\x00' }}",
        "   ",
        "x" * 10_001,
    ],
)
def test_anything_else_is_refused_in_words(text: str) -> None:
    with pytest.raises(WordingFault) as fault:
        wording.check(text)
    assert fault.value.reason.endswith(".")


def test_a_variable_without_a_value_keeps_the_message_from_being_made() -> None:
    with pytest.raises(WordingFault):
        wording.fill("{{ total }}", {name: VALUES[name] for name in VALUES if name != "total"})


THREATS = {"legal", "court", "lawyer", "collect", "sue", "anwalt", "gericht", "inkasso", "avocat", "tribunal"}
THREATS |= {"huissier", "abogado", "demanda", "deurwaarder", "incasso", "rechter"}


@pytest.mark.parametrize("country", ["GB", "US", "AU"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", ["email", "sms"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_the_ready_texts_can_be_filled_in_and_threaten_nobody(
    moment: str, channel: str, language: str, country: str
) -> None:
    text = ready_text(language, moment, channel=channel, country=country)
    for values in (
        VALUES,
        VALUES | {"invoice_count": 3, "invoices": "3 invoices", "has_pay_link": False},
        VALUES | {"days_overdue": 0},
    ):
        body = wording.fill(text.body, values)
        headline = wording.fill(text.subject, values) if channel == "email" else body
        assert "Harbour Lane Joinery" in headline
        assert "£10.00" in headline
        assert str(values["invoices"]) in headline
        assert not THREATS & set(body.lower().split())
        if channel == "sms":
            assert ("https://pay.example/x" in body) is values["has_pay_link"]


def test_a_step_that_waited_over_a_weekend_does_not_say_today() -> None:
    text = ready_text("en", DUE)
    whole = f"{text.subject}\n\n{text.body}"
    on_time, late = (wording.fill(whole, VALUES | {"days_overdue": days}) for days in (0, 2))
    assert on_time.count("due today") == 2
    assert "today" not in late
    assert late.count("Fri 13 Nov 2026") == 2


@pytest.mark.parametrize("days", [-3, 0, 7])
def test_a_step_gets_the_text_of_its_day_and_tone(days: int) -> None:
    said = {moment_of(days, tone) for tone in Tone}
    assert said == {-3: {"before"}, 0: {"due"}, 7: {"gentle", "standard", "firm"}}[days]


def test_an_american_business_says_past_due() -> None:
    assert "past due" in ready_text("en", "standard", country="US").subject
    assert "overdue" in ready_text("en", "standard", country="GB").subject
    assert ready_text("de", "standard", country="US") == ready_text("de", "standard")


HOSTILE = {
    "deep conditions": "{% if total %}" * 350 + "{% endif %}" * 350,
    "deep brackets": "{{ " + "(" * 4_900 + "1" + ")" * 4_900 + " }}",
    "brackets in a condition": "{% if " + "not (" * 1_500 + "total" + ")" * 1_500 + " %}x{% endif %}",
    "a chain of not": "{{ " + "not " * 2_400 + "total }}",
    "a chain of and": "{% if " + " and ".join(["total"] * 1_200) + " %}x{% endif %}",
    "a chain of attributes": "{{ total" + ".a" * 4_900 + " }}",
    "a chain of powers": "{{ total" + "**2" * 3_000 + " }}",
    "a huge number": "{{ " + "9" * 9_900 + " }}",
    "lists in lists": "{{ " + "[" * 4_900 + "]" * 4_900 + " }}",
    "never closed": "{# " * 3_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_text_made_to_hang_or_crash_is_refused_quickly(name: str) -> None:
    began = time.process_time()
    with pytest.raises(WordingFault):
        wording.check(HOSTILE[name])
    assert time.process_time() - began < 2


def test_the_longest_texts_are_filled_in_quickly() -> None:
    began = time.process_time()
    long = VALUES | {"customer_name": "x" * 120}
    assert len(wording.fill("{{ customer_name }}" * 500, long)) == 60_000
    assert time.process_time() - began < 2


def test_a_condition_that_compares_words_with_numbers_is_a_fault_in_words() -> None:
    with pytest.raises(WordingFault, match="compares words with a number"):
        wording.fill("{% if total > 3 %}x{% endif %}", VALUES)
