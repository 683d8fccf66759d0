"""What goes wrong is said in plain words, and nothing private is said with it."""

import pytest
from flask import Flask

from app.kit.errors import Disconnected, OutcomeUnknown, Rejected, Retryable
from app.web.here import workspace
from tests.web.browser import Page
from tests.web.conftest import House


def test_an_unknown_address_says_so(house: House) -> None:
    page = house.owner.page("/nothing-here", status=404)
    assert "There is nothing here" in page.text


def test_an_id_that_is_none_is_an_unknown_address(house: House) -> None:
    assert house.owner.open("/invoices/not-an-id").status_code == 404


def test_a_form_that_is_too_large_is_refused_in_words(house: House) -> None:
    answer = house.owner.client.post("/settings/reply-to", data={"reply_to": "x" * 300_000})
    assert answer.status_code == 413
    assert "That is too much at once" in Page(answer.text).text


@pytest.mark.parametrize("address", ["/invoices?q=%00", "/messages?q=a%00b", "/messages?why=%00"])
def test_a_zero_byte_in_an_address_is_not_understood(house: House, address: str) -> None:
    assert house.owner.open(address).status_code == 400


def test_a_zero_byte_in_a_form_is_not_understood(house: House) -> None:
    answer = house.owner.client.post("/settings/reply-to", data={"reply_to": "a\0b"})
    assert answer.status_code == 400
    assert "That request was not understood" in Page(answer.text).text


@pytest.mark.parametrize("place", ["invoices", "messages", "money"])
def test_a_page_far_beyond_the_last_one_is_no_failure(house: House, place: str) -> None:
    assert house.owner.open(f"/{place}?page={'9' * 20}").status_code == 200


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (Retryable("Xero is busy. Try again in a minute."), 503),
        (OutcomeUnknown("Nobody knows whether it arrived."), 503),
        (Disconnected("Xero is disconnected."), 409),
        (Rejected("The period is closed until 30 Nov."), 422),
    ],
)
def test_an_error_raised_on_purpose_shows_its_sentence(
    app: Flask, house: House, failure: Exception, status: int
) -> None:
    def fail() -> str:
        raise failure

    app.add_url_rule("/fail", "fail", fail)
    assert str(failure) in house.owner.page("/fail", status=status).text


def test_a_broken_page_keeps_what_it_knows_to_itself(
    app: Flask, house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = "ada" + "@harbour.example"

    def fail() -> str:
        with workspace():
            raise RuntimeError(typed)

    app.add_url_rule("/fail", "fail", fail)
    answer = house.owner.open("/fail")
    assert answer.status_code == 500
    assert "Something broke on our side" in Page(answer.text).text
    told = capsys.readouterr()
    assert "RuntimeError" in told.out + told.err
    assert typed not in answer.text + told.out + told.err


def test_machines_get_the_bare_status(house: House) -> None:
    answer = house.nobody.client.get("/webhooks/nobody")
    assert (answer.status_code, answer.data) == (404, b"")


def test_payers_are_told_what_helps_in_their_own_frame(house: House) -> None:
    answer = house.nobody.client.delete("/pay/nothing")
    assert answer.status_code == 405
    assert "DueMate" in Page(answer.text).text
    assert "write to the business" in Page(answer.text).text
    asked = {"Accept-Language": "nl-BE, en;q=0.5"}
    for answer in (
        house.nobody.client.delete("/pay/x", headers=asked),
        house.nobody.client.get("/pay/x", headers=asked),
    ):
        assert '<html lang="nl">' in answer.text
