"""Settings, Surcharges: set, affirmed, switched on and off; nothing of it by itself."""

import pytest
from sqlalchemy import select

from app.models import SurchargeRule
from app.payments.surcharge_rules import AFFIRMATION
from tests.web.browser import Page
from tests.web.conftest import House

PLACE = "/settings/surcharges"
SET = {
    "currency": "GBP",
    "percent": "1.5",
    "fixed": "0.30",
    "maximum": "",
    "places": "US-TX",
    "takes_debits": "yes",
}


def rule(house: House) -> SurchargeRule | None:
    with house.ground.database.tenant(house.tenant_id) as session:
        return session.scalars(select(SurchargeRule)).one_or_none()


def is_on(house: House) -> bool:
    found = rule(house)
    return found is not None and found.switched_on_at is not None


def test_nothing_is_set_until_somebody_does_and_the_page_says_where_it_is_forbidden(house: House) -> None:
    page = house.owner.page(PLACE)
    assert "In many places this is forbidden" in page.text
    assert page.has("input", name="places", value="US-CO")
    assert not page.has("input", name="places", value="GB")
    assert rule(house) is None
    assert "Set a surcharge" in house.owner.page("/settings/booking").text


def test_it_is_saved_off_and_on_only_with_the_owners_word(house: House) -> None:
    assert house.owner.post(PLACE, **SET).status_code == 303
    assert not is_on(house)
    house.owner.post(f"{PLACE}/switch", currency="GBP", to="on")
    assert "Read the sentence and tick it first." in house.owner.page(PLACE).text
    assert not is_on(house)
    house.owner.post(f"{PLACE}/switch", currency="GBP", to="on", affirmed="yes")
    found = rule(house)
    assert found is not None
    assert (found.affirmed, found.switched_on_by is not None) == (AFFIRMATION, True)
    assert is_on(house)
    house.owner.post(PLACE, **(SET | {"percent": "2"}))
    assert not is_on(house)
    house.owner.post(f"{PLACE}/switch", currency="GBP", to="on", affirmed="yes")
    house.owner.post(f"{PLACE}/switch", currency="GBP", to="off")
    assert not is_on(house)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"takes_debits": ""}, "pay without the surcharge"),
        ({"places": ""}, "Choose the places"),
    ],
)
def test_what_is_missing_is_told_at_the_switch(house: House, wrong: dict[str, str], why: str) -> None:
    told = {name: value for name, value in (SET | wrong).items() if value or name == "maximum"}
    house.owner.post(PLACE, **told)
    house.owner.post(f"{PLACE}/switch", currency="GBP", to="on", affirmed="yes")
    assert why in house.owner.page(PLACE).text
    assert not is_on(house)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"percent": "much"}, "Write the percentage in figures"),
        ({"percent": "1.23456"}, "Write the percentage in figures"),
        ({"percent": "1e999"}, "Write the percentage in figures"),
        ({"percent": "11"}, "a percentage from 0 to 10"),
        ({"fixed": "-1"}, "an amount of zero or more"),
        ({"percent": "", "fixed": ""}, "a percentage, an amount, or both"),
        ({"maximum": "0"}, "Leave the highest surcharge empty"),
        ({"places": "GB"}, "No surcharge may be asked of customers in GB"),
        ({"places": "US-CT"}, "No surcharge may be asked of customers in US-CT"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_typed_is_lost(
    house: House, wrong: dict[str, str], why: str
) -> None:
    typed = SET | wrong
    answer = house.owner.post(PLACE, **typed)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert why in page.text
    assert page.has("input", id="percent-GBP", value=typed["percent"])
    assert rule(house) is None


def test_a_currency_that_nobody_is_invoiced_in_cannot_be_set(house: House) -> None:
    assert house.owner.post(PLACE, **(SET | {"currency": "ZAR"})).status_code == 422
    house.owner.post(f"{PLACE}/switch", currency="ZAR", to="on", affirmed="yes")
    assert "Set the surcharge for ZAR first." in house.owner.page(PLACE).text
    assert rule(house) is None
