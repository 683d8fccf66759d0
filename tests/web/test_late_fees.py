"""Late fees: making a rule, seeing what it would charge, the switch, and what is proposed."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.test import TestResponse

from app.late_fees.rules import fingerprint
from app.models import (
    Account,
    Invoice,
    LateFee,
    LateFeeRule,
    LateFeeState,
    WriteBack,
    WriteBackKind,
    WriteBackState,
)
from tests.web.conftest import House

PLACE = "/late-fees"
FEE = {
    "kind": "fixed",
    "name": "Trade",
    "currency": "GBP",
    "amount": "25",
    "grace_days": "7",
    "pay_within_days": "14",
}


def rules(house: House) -> list[LateFeeRule]:
    with house.ground.database.tenant(house.tenant_id) as session:
        return list(session.scalars(select(LateFeeRule).order_by(LateFeeRule.created_at)))


def again(house: House, rule: LateFeeRule) -> LateFeeRule:
    return next(one for one in rules(house) if one.id == rule.id)


def fees(house: House, state: LateFeeState) -> list[LateFee]:
    with house.ground.database.tenant(house.tenant_id) as session:
        return list(session.scalars(select(LateFee).where(LateFee.state == state)))


def make(house: House, **more: str) -> LateFeeRule:
    """Save a new rule; it."""
    before = {rule.id for rule in rules(house)}
    answer = house.owner.post(f"{PLACE}/rules/new", **(FEE | more))
    assert answer.status_code == 303, answer.text
    [made] = [rule for rule in rules(house) if rule.id not in before]
    return made


def tag(house: House, customer: UUID, name: str) -> None:
    assert house.owner.post(f"/customers/{customer}/tags", tag=name).status_code == 303


def turn_on(house: House, rule: LateFeeRule, *, seen: str | None = None, **more: str) -> TestResponse:
    """Press the switch below what the page shows of a rule."""
    shown = seen or fingerprint(again(house, rule))
    return house.owner.post(f"{PLACE}/rules/{rule.id}/on", seen=shown, **more)


def month_ago(house: House) -> str:
    return (house.ground.clock.now().date() - timedelta(days=30)).isoformat()


def test_a_new_rule_is_off_and_shows_what_it_would_charge(house: House) -> None:
    rule = make(house)
    assert rule.switched_on_at is None
    page = house.owner.page(f"{PLACE}/rules/{rule.id}?from={month_ago(house)}")
    assert "£25.00, once for an invoice, after 7 days of grace." in page.text
    assert "Late fee for INV-" in page.text
    assert "left alone" in page.text


def test_no_rule_is_on_without_the_affirmation_in_words(house: House) -> None:
    rule = make(house)
    page = house.owner.page(f"{PLACE}/rules/{rule.id}")
    assert "has agreed to be charged this for paying late" in page.text
    answer = turn_on(house, rule, charges_from=month_ago(house))
    assert "only you can know" in house.owner.page(answer.headers["Location"]).text
    assert again(house, rule).switched_on_at is None
    turn_on(house, rule, charges_from=month_ago(house), affirmed="yes")
    on = again(house, rule)
    assert on.switched_on_by == house.owner.user_id
    assert on.affirmed is not None
    assert on.affirmed in page.text


def test_switched_on_it_proposes_and_charges_nothing(house: House) -> None:
    rule = make(house)
    turn_on(house, rule, charges_from=month_ago(house), affirmed="yes")
    mine = [fee for fee in fees(house, LateFeeState.PROPOSED) if fee.rule_id == rule.id]
    assert mine
    page = house.owner.page(PLACE)
    assert page.has("input", name="charge", value=f"{mine[0].id}:{mine[0].amount}")
    assert "Not chosen" in page.text
    answer = house.owner.post(f"{PLACE}/charge", charge=[f"{mine[0].id}:{mine[0].amount}"])
    assert (
        "Choose the income account for late fees in GBP" in house.owner.page(answer.headers["Location"]).text
    )
    assert {fee.rule_id for fee in fees(house, LateFeeState.CHARGED)} == {house.company.late_fees["rule"]}


def test_a_change_switches_a_rule_off_and_takes_its_proposals_back(house: House) -> None:
    rule = make(house)
    turn_on(house, rule, charges_from=month_ago(house), affirmed="yes")
    answer = house.owner.post(f"{PLACE}/rules/{rule.id}", **(FEE | {"amount": "40"}))
    assert "switched off because it changed" in house.owner.page(answer.headers["Location"]).text
    assert again(house, rule).switched_on_at is None
    assert [fee for fee in fees(house, LateFeeState.PROPOSED) if fee.rule_id == rule.id] == []
    same = house.owner.post(f"{PLACE}/rules/{rule.id}", **(FEE | {"amount": "40"}))
    assert same.status_code == 303


def test_only_what_was_seen_is_switched_on(house: House) -> None:
    rule = make(house)
    seen = fingerprint(again(house, rule))
    house.owner.post(f"{PLACE}/rules/{rule.id}", **(FEE | {"amount": "400"}))
    answer = turn_on(house, rule, seen=seen, charges_from="", affirmed="yes")
    assert "The rule was changed meanwhile." in house.owner.page(answer.headers["Location"]).text
    assert again(house, rule).switched_on_at is None


def test_a_comma_is_no_point(house: House) -> None:
    for typed in ("2,5", "1,00", "1,000,5", ",5"):
        refused = house.owner.post(f"{PLACE}/rules/new", **(FEE | {"amount": typed}))
        assert refused.status_code == 422, typed
    assert make(house, amount="1,250.50").amount == Decimal("1250.50")


def test_a_rule_of_a_tag_keeps_its_customers_while_it_is_off(house: House) -> None:
    customer = house.company.customers[7]
    tag(house, customer, "slow")
    everybody, slow = make(house), make(house, name="Slow ones", tag="slow", amount="40")
    turn_on(house, everybody, charges_from=month_ago(house), affirmed="yes")
    found = fees(house, LateFeeState.PROPOSED)
    assert {fee.rule_id for fee in found} >= {everybody.id}
    assert customer not in {fee.customer_id for fee in found}
    page = house.owner.page(f"{PLACE}/rules/{everybody.id}?from={month_ago(house)}")
    assert "“Slow ones” is the rule for this customer, and it is off." in page.text
    house.owner.post(f"{PLACE}/rules/{slow.id}/end")
    assert customer in {fee.customer_id for fee in fees(house, LateFeeState.PROPOSED)}


def test_two_rules_for_the_same_customers_are_not_on_at_once(house: House) -> None:
    first, second = make(house), make(house, name="Trade again")
    for rule in (first, second):
        answer = turn_on(house, rule, charges_from="", affirmed="yes")
    assert "“Trade” is on for the same customers." in house.owner.page(answer.headers["Location"]).text


def test_a_rule_of_a_tag_is_for_its_customers_and_goes_before_the_one_for_everybody(house: House) -> None:
    customer = house.company.customers[7]
    tag(house, customer, "slow")
    everybody, slow = make(house), make(house, name="Slow ones", tag="slow", amount="40")
    for rule in (everybody, slow):
        turn_on(house, rule, charges_from=month_ago(house), affirmed="yes")
    found = fees(house, LateFeeState.PROPOSED)
    assert {fee.customer_id for fee in found if fee.rule_id == slow.id} == {customer}
    assert customer not in {fee.customer_id for fee in found if fee.rule_id == everybody.id}


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(house: House) -> None:
    answer = house.owner.post(
        f"{PLACE}/rules/new", kind="percent", name="", currency="GBP", percent="a lot", grace_days="soon"
    )
    assert answer.status_code == 422
    for words in ("Give the rule a name", "Give a number, such as 2.5.", "Give a whole number of days."):
        assert words in answer.text
    assert 'value="a lot"' in answer.text
    for amount in ("0", "-1", "1.234", "1e99", "NaN", "Infinity"):
        refused = house.owner.post(f"{PLACE}/rules/new", **(FEE | {"amount": amount}))
        assert refused.status_code == 422, amount
    assert len(rules(house)) == 1


def test_interest_by_law_is_for_the_laws_currency_and_says_the_rate(house: House) -> None:
    rule = make(house, kind="statutory", name="By law", law="GB", currency="USD", every_days="30", amount="")
    assert (rule.currency, rule.law, rule.amount) == ("GBP", "GB", None)
    page = house.owner.page(PLACE)
    assert "Late Payment of Commercial Debts (Interest) Act 1998" in page.text
    assert "£40.00 from £0.00, £70.00 from £1,000.00, £100.00 from £10,000.00" in page.text
    assert "bought from us as a business" in house.owner.page(f"{PLACE}/rules/{rule.id}").text


def test_a_proposal_is_waived_with_a_reason_and_does_not_come_back(house: House) -> None:
    rule = make(house)
    turn_on(house, rule, charges_from=month_ago(house), affirmed="yes")
    [one, *_] = [fee for fee in fees(house, LateFeeState.PROPOSED) if fee.rule_id == rule.id]
    refused = house.owner.post(f"{PLACE}/{one.id}/waive", reason=" ")
    assert "Say why this is waived" in house.owner.page(refused.headers["Location"]).text
    house.owner.post(f"{PLACE}/{one.id}/waive", reason="An old friend")
    house.owner.post(f"{PLACE}/look")
    assert "An old friend" in house.owner.page(PLACE).text
    assert one.invoice_id not in {fee.invoice_id for fee in fees(house, LateFeeState.PROPOSED)}


def test_a_rule_keeps_a_tag_that_nobody_has(house: House) -> None:
    known = house.company.late_fees["rule"]
    page = house.owner.page(f"{PLACE}/rules/{known}")
    assert page.has("option", value="Late fee of the trade customers", selected="")


def test_a_removed_rule_leaves_the_page_and_what_it_charged_stays(house: House) -> None:
    known = house.company.late_fees["rule"]
    house.owner.post(f"{PLACE}/rules/{known}/end")
    house.owner.page(f"{PLACE}/rules/{known}", status=404)
    assert len(fees(house, LateFeeState.CHARGED)) == 1
    assert "Charged and waived" in house.owner.page(PLACE).text


def test_an_account_is_chosen_a_sample_seen_and_the_switch_pressed_without_any_card_account(
    house: House,
) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        accounts = {row.name: row.id for row in session.scalars(select(Account))}
    income = accounts["Interest Income"]
    assert house.owner.page(PLACE).has("option", value=str(income), selected="")
    refused = house.owner.post(f"{PLACE}/booking", currency="GBP", to="on")
    assert "Choose the income account" in house.owner.page(refused.headers["Location"]).text
    for wrong in ("", "nonsense", str(accounts["Stripe fees"])):
        house.owner.post(f"{PLACE}/account", currency="GBP", account=wrong)
    assert "Not chosen" in house.owner.page(PLACE).text
    house.owner.post(f"{PLACE}/account", currency="GBP", account=str(income))
    page = house.owner.page(PLACE)
    assert "Not chosen" not in page.text
    for words in ("GBP, off", "A charge of £25.00", "Late fee INV-SAMPLE", "Interest Income"):
        assert words in page.text
    house.owner.post(f"{PLACE}/booking", currency="GBP", to="on")
    assert "GBP, on" in house.owner.page(PLACE).text
    house.owner.post(f"{PLACE}/booking", currency="GBP", to="off")
    assert "GBP, off" in house.owner.page(PLACE).text


def test_what_was_charged_too_much_is_shown_and_can_be_left_as_it_is(house: House) -> None:
    known = house.company.late_fees["charge"]
    with house.ground.database.tenant(house.tenant_id) as session:
        charge = session.get_one(LateFee, (house.tenant_id, known))
        charge.owed, charge.owed_because = Decimal(10), "Less was open than was charged for."
    page = house.owner.page(PLACE)
    for words in ("Charged too much", "Correct to £10.00", "Less was open than was charged for."):
        assert words in page.text
    assert house.owner.post(f"{PLACE}/{known}/correct", owed="nonsense", to="leave").status_code == 404
    house.owner.post(f"{PLACE}/{known}/correct", owed="10.0000", to="leave")
    assert "Charged too much" not in house.owner.page(PLACE).text
    assert house.stranger.post(f"{PLACE}/{known}/correct", owed="10", to="leave").status_code == 404


def test_what_was_waived_by_itself_is_shown_as_owed_again_and_changed_invoices_as_changed(
    house: House,
) -> None:
    known = house.company.late_fees["charge"]
    place = f"{PLACE}/{known}/again"
    with house.ground.database.tenant(house.tenant_id) as session:
        charge = session.get_one(LateFee, (house.tenant_id, known))
        session.get_one(LateFeeRule, (house.tenant_id, charge.rule_id)).every_days = 30
        own = session.scalars(select(Invoice).where(Invoice.id != charge.invoice_id)).first()
        assert own is not None
        entry = late_fee_entry(charge, WriteBackState.DONE, own.external_id)
        session.add(entry)
    assert "Changed in the ledger" in house.owner.page(PLACE).text
    assert "Charge it again" not in house.owner.page(PLACE).text
    with house.ground.database.tenant(house.tenant_id) as session:
        charge = session.get_one(LateFee, (house.tenant_id, known))
        charge.state, charge.owed = LateFeeState.WAIVED, Decimal(0)
        session.merge(entry).state = WriteBackState.UNDONE
    page = house.owner.page(PLACE)
    for words in ("Owed again", "The invoice is open again", "Charge it again"):
        assert words in page.text
    answer = house.owner.post(place)
    assert "Choose the income account" in house.owner.page(answer.headers["Location"]).text
    assert house.stranger.post(place).status_code == 404


def late_fee_entry(charge: LateFee, state: WriteBackState, external_id: str) -> WriteBack:
    return WriteBack(
        tenant_id=charge.tenant_id,
        id=uuid4(),
        late_fee_id=charge.id,
        kind=WriteBackKind.LATE_FEE,
        currency=charge.currency,
        amount=charge.amount,
        booked_on=charge.issued_on,
        marker="Late fee",
        state=state,
        external_id=external_id,
        attempts=1,
        created_at=charge.created_at,
    )


def test_a_stranger_finds_none_of_it(house: House) -> None:
    known = house.company.late_fees
    house.stranger.page(f"{PLACE}/rules/{known['rule']}", status=404)
    assert house.stranger.post(f"{PLACE}/{known['charge']}/waive", reason="x").status_code == 404
    assert "Late fee of the trade customers" not in house.stranger.page(PLACE).text
