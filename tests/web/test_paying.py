"""Settings, Getting paid: parts, notices and bank details."""

import pytest

from app.models import Tenant
from app.payments.paying_rules import paying_rules
from tests.web.browser import Page
from tests.web.conftest import House


def rules(house: House) -> tuple[bool, int, bool, str]:
    with house.ground.database.tenant(house.tenant_id) as session:
        found = paying_rules(session, house.ground.sealer(session))
    return found.part_payments, found.least_part, found.payment_notices, found.bank_details


def test_no_parts_are_taken_and_every_payment_is_mailed_until_the_owner_says_otherwise(house: House) -> None:
    assert rules(house) == (False, 10, True, "")
    answer = house.owner.post(
        "/settings/paying",
        paying="yes",
        part_payments="yes",
        least_part="25",
        bank_details=" Harbour Lane \r\n 01-02-03 12345678 ",
    )
    assert answer.status_code == 303
    assert rules(house) == (True, 25, False, "Harbour Lane\n01-02-03 12345678")
    with house.ground.database.tenant(house.tenant_id) as session:
        assert b"12345678" not in (session.get_one(Tenant, house.tenant_id).bank_details_sealed or b"")
    assert house.owner.page("/settings").field("least_part") == ["25"]


@pytest.mark.parametrize("least", ["", "0", "91", "-5", "2.5", "٣", "9999999999"])
def test_a_part_that_is_no_share_is_refused_at_its_field_and_nothing_typed_is_lost(
    house: House, least: str
) -> None:
    answer = house.owner.post("/settings/paying", paying="yes", least_part=least, bank_details="01-02-03")
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "Write a whole number from 1 to 90." in page.text
    assert "01-02-03" in page.text
    assert rules(house) == (False, 10, True, "")


def test_bank_details_have_a_longest_length(house: House) -> None:
    answer = house.owner.post("/settings/paying", paying="yes", least_part="10", bank_details="x" * 501)
    assert answer.status_code == 422
    assert "at most 500 characters" in Page(answer.text).text
