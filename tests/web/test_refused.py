"""A form that cannot be taken comes back as it was typed, with the reason beside it; an error leads back."""

from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from tests.web.browser import Page
from tests.web.conftest import House
from tests.web.test_reach import _with_phones as with_phones


@pytest.fixture
def customer(house: House) -> UUID:
    return house.company.customers[8]


def _kept(answer: TestResponse, **typed: str) -> Page:
    """The page that came back: the reason twice (above and at the form), and every typed value in its field."""
    page = Page(answer.text)
    assert answer.status_code == 422
    assert "Not saved." in page.text
    assert page.has("span", **{"class": "error"})
    assert any(tag == "input" and "autofocus" in given for tag, given in page.tags)
    for name, value in typed.items():
        assert value in page.field(name), name
    ids = [given["id"] for _, given in page.tags if "id" in given]
    assert len(ids) == len(set(ids))
    assert page.inline == []
    return page


def test_a_promise_comes_back(house: House) -> None:
    invoice = house.company.invoices[0]
    typed = {"day": "2026-12-01", "amount": '"><b>a lot'}
    page = _kept(house.owner.post(f"/invoices/{invoice}/promise", **typed), **typed)
    assert "Write the amount as a number" in page.text


def test_a_second_dispute_comes_back(house: House) -> None:
    invoice = house.company.invoices[0]
    house.owner.post(f"/invoices/{invoice}/dispute", reason="other", words="One")
    answer = house.owner.post(f"/invoices/{invoice}/dispute", reason="other", words="Two")
    assert answer.status_code == 422
    assert "in dispute already" in Page(answer.text).text


def test_a_tag_comes_back(house: House, customer: UUID) -> None:
    typed = {"tag": "x" * 41}
    _kept(house.owner.post(f"/customers/{customer}/tags", **typed), **typed)


def test_a_contact_comes_back_in_its_own_form(house: House, customer: UUID) -> None:
    at = f"/customers/{customer}/contacts"
    typed = {"role": "director", "name": "Dora", "email": "no address", "phone": "020 7946 0000"}
    page = _kept(house.owner.post(at, **typed), name="Dora", email="no address", phone="020 7946 0000")
    assert page.has("option", value="director", selected="")
    house.owner.post(at, **(typed | {"email": "dora@c.example"}))
    (form,) = [
        given["action"]
        for tag, given in house.owner.page(f"/customers/{customer}").tags
        if tag == "form" and given.get("action", "").startswith(f"{at}/")
    ]
    _kept(house.owner.post(form, **typed), email="no address")


@pytest.mark.parametrize("act", ["consent", "consent/withdraw"])
def test_a_consent_without_its_reason_comes_back(house: House, customer: UUID, act: str) -> None:
    with_phones(house)
    at = f"/customers/{customer}"
    if act != "consent":
        house.owner.post(f"{at}/consent", channel="sms", note="on the order form")
    _kept(house.owner.post(f"{at}/{act}", channel="sms", note=" "))


def test_a_tag_to_exclude_comes_back(house: House) -> None:
    answer = house.owner.post("/customers/rules/exclude", tag="x" * 41)
    assert answer.status_code == 422
    assert Page(answer.text).field("tag") == ["x" * 41]


def test_a_hold_comes_back_with_an_empty_reason_left_empty(house: House, customer: UUID) -> None:
    answer = house.owner.post(f"/customers/{customer}/hold", reason="", until="2001-01-01")
    assert answer.status_code == 422
    assert Page(answer.text).field("reason") == [""]
    assert Page(answer.text).field("until") == ["2001-01-01"]


def test_an_error_leads_back_to_the_page_that_led_to_it(house: House) -> None:
    def way_back(path: str, came_from: str) -> set[str]:
        answer = house.owner.client.get(path, headers={"Referer": came_from})
        assert answer.status_code == 404
        return {given["href"] for tag, given in Page(answer.text).tags if tag == "a"}

    assert way_back("/nothing", "http://localhost/invoices?q=a&page=2") == {"/invoices?q=a&page=2", "/"}
    for elsewhere in (
        "https://evil.example/",
        "http://localhost/nothing",
        "javascript:alert(1)",
        "//evil/x",
        "",
    ):
        assert way_back("/nothing", elsewhere) == {"/"}
