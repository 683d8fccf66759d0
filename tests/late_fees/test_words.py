"""What a customer reads of a charge: in the language of their reminders, of the days that are charged for."""

from datetime import date
from decimal import Decimal

import pytest

from app.kit.languages import LANGUAGES, locale_of
from app.late_fees.days import Days
from app.late_fees.law import laws
from app.late_fees.words import Voice, described, reference
from tests.late_fees.made import charged, debt, fixed, percent, statutory

GERMAN, FRENCH = Voice("de", locale_of("de", "DE")), Voice("fr", locale_of("fr", "FR"))


def interest(voice: Voice, law: str = "GB") -> str:
    [charge] = charged(statutory(law), debt("1000", currency=laws()[law].currency), "2026-05-01")
    return described(charge, number="INV-7", currency=laws()[law].currency, law=law, voice=voice)


def test_interest_is_told_in_the_customers_language_with_its_own_figures() -> None:
    told = interest(GERMAN, "EU").replace("\xa0", " ")
    assert told.startswith(
        "Verzugszinsen auf Rechnung INV-7 für 30 Tage, 01.04.2026 bis 30.04.2026, auf 1.000,00 €"
    )
    assert told.endswith("zu 10,15 % im Jahr, nach dem nationalen Recht zur Richtlinie 2011/7/EU")
    assert "facture INV-7" in interest(FRENCH)
    assert "Late Payment of Commercial Debts (Interest) Act 1998" in interest(FRENCH)


def test_days_that_are_excused_are_not_counted() -> None:
    disputed = (Days(date(2026, 4, 6), date(2026, 4, 15)),)
    [charge] = charged(statutory(), debt("1000", excused=disputed), "2026-05-01")
    assert "for 20 days, 1 Apr 2026 to 30 Apr 2026" in described(charge, number="7", currency="GBP", law="GB")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_words_every_charge(language: str) -> None:
    voice = Voice(language, locale_of(language))
    owed = debt("1000", paid={"2026-04-11": "400"})
    charges = [
        *charged(statutory(with_compensation=True), owed, "2026-05-01"),
        *charged(statutory(every_days=1), debt("1000"), "2026-04-02"),
        *charged(fixed("25"), owed, "2026-05-01"),
        *charged(percent("2.5"), owed, "2026-05-01"),
    ]
    for law in (None, *laws()):
        for number in ("INV-7", " "):
            told = [described(one, number=number, currency="GBP", law=law, voice=voice) for one in charges]
            assert len(set(told)) == len(told) == 5
            assert not any("{" in one or "None" in one for one in told)
    assert len(reference(language)) <= len("Cargo por demora")


def test_a_reference_is_as_short_as_it_was_in_english() -> None:
    assert reference("en") == "Late fee"
    assert reference("xx") == "Late fee"
    assert described(
        charged(fixed(str(Decimal(25))), debt(), "2026-05-01")[0], number="7", currency="GBP", law=None
    ).startswith("Late fee for invoice 7, overdue on 1 Apr 2026")
