"""What a step's text may say, and what it may never do."""

from pathlib import Path

import pytest

from app.reminders import cadences, wording
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


def test_the_default_texts_can_be_filled_in_and_threaten_nobody() -> None:
    folder = Path(cadences.__file__).parent / "texts"
    files = sorted(folder.iterdir())
    assert len(files) == 6
    for file in files:
        for values in (
            VALUES,
            VALUES | {"invoice_count": 3, "invoices": "3 invoices", "has_pay_link": False},
        ):
            subject, _, body = wording.fill(file.read_text(), values).partition("\n\n")
            assert "Harbour Lane Joinery" in subject
            assert "£10.00" in subject
            assert str(values["invoices"]) in subject
            assert not {"legal", "court", "lawyer", "collect", "sue"} & set(body.lower().split())


def test_a_step_that_waited_over_a_weekend_does_not_say_today() -> None:
    text = (Path(cadences.__file__).parent / "texts" / "0.txt").read_text()
    on_time, late = (wording.fill(text, VALUES | {"days_overdue": days}) for days in (0, 2))
    assert on_time.count("due today") == 2
    assert "today" not in late
    assert late.count("Fri 13 Nov 2026") == 2
