"""The finished message: what it says, how it looks to machines, and what hostile data cannot do."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from app.reminders.compose import Letter, clean, compose
from app.reminders.gate import OpenLine
from tests.reminders.values import number, step_id

LINE = OpenLine(
    invoice_id=number(1),
    step_id=step_id(7),
    number="INV-1",
    reference="",
    issued_on=date(2026, 10, 14),
    due_on=date(2026, 11, 13),
    balance=Decimal("1240.5000"),
)
LETTER = Letter(
    now=datetime(2026, 11, 20, 10, tzinfo=UTC),
    zone="Europe/London",
    country_code="GB",
    business_name="Harbour Lane Joinery",
    reply_to="office@harbour.example",
    customer_name="Ada Byron Ltd",
    first_name="Ada",
    currency="GBP",
    lines=(LINE, replace(LINE, number="INV-2", due_on=date(2026, 11, 20), balance=Decimal("10.00"))),
    subject="{{ business_name }}: {{ invoices }}, {{ total }}",
    body="Hello {{ first_name }},\n\n"
    "{{ invoice_numbers }}: {{ total }}, {{ days_overdue }} days since {{ due_on }}.\nBye",
    pay_url="https://app.example/pay/abc",
    unsubscribe_url="https://app.example/unsubscribe/abc",
)


def test_the_message_says_who_what_and_how_much() -> None:
    made = compose(LETTER)
    assert made.subject == "Harbour Lane Joinery: 2 invoices, £1,250.50"
    assert made.text.startswith(
        "Hello Ada,\n\nINV-1 and INV-2: £1,250.50, 7 days since Fri 13 Nov 2026.\nBye\n"
    )
    assert "INV-1: £1,240.50, issued 14 Oct 2026, due 13 Nov 2026, 7 days overdue\n" in made.text
    assert "INV-2: £10.00, issued 14 Oct 2026, due 20 Nov 2026\n" in made.text
    assert "Total: £1,250.50\n" in made.text
    assert "Pay £1,250.50 securely: https://app.example/pay/abc" in made.text


def test_late_fees_beside_the_list_are_told_once_in_the_houses_words_or_the_steps_own() -> None:
    told = "In addition, £25.00 is open for paying late, on invoices of their own."
    made = compose(replace(LETTER, late_fees=Decimal(25)))
    assert told in made.text
    assert told in made.html
    own = compose(replace(LETTER, late_fees=Decimal(25), body="{{ late_fees }} for being late."))
    assert "£25.00 for being late." in own.text
    assert told not in own.text
    assert "paying late" not in compose(LETTER).text
    assert compose(replace(LETTER, body="A{% if late_fees %}B{% endif %}")).text.startswith("A\n")


def test_both_forms_tell_how_to_stop_and_how_to_know_that_it_is_genuine() -> None:
    made = compose(LETTER)
    for form in (made.text, made.html):
        assert "https://app.example/unsubscribe/abc" in form
        assert "genuine" in form
        assert "office@harbour.example" in form
        assert "DueMate" not in form


def test_machines_are_told_to_stop_with_one_click_and_not_to_answer() -> None:
    assert compose(LETTER).headers == {
        "Date": "Fri, 20 Nov 2026 10:00:00 +0000",
        "List-Unsubscribe": "<https://app.example/unsubscribe/abc>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def test_without_card_payments_there_is_no_button() -> None:
    made = compose(replace(LETTER, pay_url=None))
    assert "/pay/" not in made.text + made.html
    assert 'class="button"' not in made.html


def test_styles_are_inline_and_nothing_is_loaded() -> None:
    html = compose(LETTER).html
    assert 'style="display: inline-block' in html
    assert "@media" in html
    assert "src=" not in html
    assert _text_of(html).count("INV-1") == 2


@pytest.mark.parametrize(
    ("country", "total"),
    [("US", "£1,250.50"), ("IE", "£1,250.50"), ("XX", "£1,250.50"), ("", "£1,250.50")],
)
def test_any_country_can_be_written_to(country: str, total: str) -> None:
    assert total in compose(replace(LETTER, country_code=country)).subject


def test_currencies_have_their_own_digits() -> None:
    yen = replace(LETTER, currency="JPY", lines=(replace(LINE, balance=Decimal("1240.0000")),))
    assert "¥1,240" in compose(yen).subject
    dinar = replace(LETTER, currency="KWD", lines=(replace(LINE, balance=Decimal("1240.5250")),))
    assert "1,240.525" in compose(dinar).subject


def test_many_invoices_are_counted_in_the_sentence_and_listed_in_the_table() -> None:
    many = tuple(replace(LINE, number=f"INV-{n}") for n in range(1, 41))
    made = compose(replace(LETTER, lines=many))
    assert "INV-1, INV-2, INV-3, INV-4, INV-5 and 35 more" in made.text
    assert "INV-40: " in made.text


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ total }}{% for x in y %}",
    "Ada\r\nBcc: victim@elsewhere.example",
    "Ada\u202egpj.exe\u2066\u200f",
    "\x00\x1b[31mAda",
    "x" * 10_000,
    "\ud83d\ude00 Zoë 株式会社".encode("utf-16", "surrogatepass").decode("utf-16"),
    "",
    "\n\n\n",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_do_no_harm(hostile: str) -> None:
    made = compose(
        replace(
            LETTER,
            business_name=hostile or "B",
            customer_name=hostile,
            first_name=None,
            lines=(replace(LINE, number=hostile),),
        )
    )
    assert len(made.subject) <= 250
    for text in (made.subject, made.text, made.html):
        assert not {"\r", "\x00", "\x1b", "\u202e", "\u2066", "\u200f"} & set(text)
    assert "\n" not in made.subject
    assert _tags_of(made.html) == _tags_of(compose(replace(LETTER, lines=(LINE,))).html)


def test_a_name_is_one_line_of_bearable_length() -> None:
    assert clean(" Ada \t\n Byron\u2028Ltd ") == "Ada Byron Ltd"
    assert len(clean("x" * 500)) == 120


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(f"{tag} {' '.join(sorted(name for name, _ in attrs))}")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _tags_of(html: str) -> list[str]:
    reader = _Reader()
    reader.feed(html)
    return reader.tags


def _text_of(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    return " ".join(reader.words)


def test_one_day_late_is_said_as_one_day() -> None:
    line = replace(LETTER.lines[0], due_on=LETTER.now.date() - timedelta(days=1))
    text = compose(replace(LETTER, lines=(line,))).text
    assert ", 1 day overdue" in text
