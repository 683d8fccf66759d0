"""The list of customers, what waits for a person, tags, and who is left alone."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from app.models import (
    ClaimState,
    CustomerTag,
    Dispute,
    DisputeState,
    ExcludedTag,
    Hold,
    HoldKind,
    HoldRules,
    MinimumBalance,
    PaymentClaim,
    PersonTask,
    PersonTaskKind,
    Promise,
    PromiseState,
    Reply,
    ReplyKind,
)
from app.reminders.replies import TEXT_COLUMN
from app.reminders.reply_pause import pause_after_reply
from tests.web.conftest import House
from tests.web.seeding import NAMES


def test_the_list_shows_what_each_owes_by_age(house: House) -> None:
    page = house.owner.page("/customers")
    assert "Customers" in page.text
    for name in NAMES[1:]:
        assert name.split()[0] in page.text
    assert "31-60 days" in page.text
    assert page.has("a", href="/customers", **{"aria-current": "page"})


@pytest.mark.parametrize(
    ("query", "there", "absent"),
    [
        ("q=cobble", "Cobblestone", "Dunmore"),
        ("show=held", "Northwind Traders", "Dunmore"),
        ("show=held", "Pemberton Garage", "Dunmore"),
        ("show=all", "Northwind", "Nobody of this name"),
        ("show=nonsense&page=99", "Dunmore", "Nobody of this name"),
        ("q=%25", "No customer matches", "Dunmore"),
    ],
)
def test_the_list_is_searched_and_filtered(house: House, query: str, there: str, absent: str) -> None:
    text = house.owner.page(f"/customers?{query}").text
    assert there in text
    assert absent not in text


def test_a_customer_is_tagged_found_by_the_tag_and_untagged(house: House) -> None:
    path = f"/customers/{house.company.customers[3]}"
    assert house.owner.post(f"{path}/tags", tag="  very   important ").status_code == 303
    house.owner.post(f"{path}/tags", tag="very important")
    assert "Dunmore" in house.owner.page("/customers?tag=very+important").text
    assert "Cobblestone" not in house.owner.page("/customers?tag=very+important").text
    for text in ("", "\u0007 ", "x" * 41):
        assert house.owner.post(f"{path}/tags", tag=text).status_code == 422
    with house.ground.database.tenant(house.tenant_id) as session:
        assert [row.tag for row in session.query(CustomerTag)] == ["very important"]
    house.owner.post(f"{path}/tags/remove", tag="very important")
    assert "No customer matches" in house.owner.page("/customers?tag=very+important").text


def test_rules_are_saved_and_what_cannot_be_understood_is_told_at_its_field(house: House) -> None:
    post = house.owner.post
    assert post("/customers/rules/minimums", **{"minimum-GBP": "25.50", "minimum-EUR": ""}).status_code == 303
    assert post("/customers/rules/exclude", tag="Family").status_code == 303
    days = {"claim_days": "3", "stand_down_days": "10", "quiet_books_days": ""}
    assert post("/customers/rules/days", **days).status_code == 303
    with house.ground.database.tenant(house.tenant_id) as session:
        assert [(row.currency, row.amount) for row in session.query(MinimumBalance)] == [
            ("GBP", Decimal("25.5"))
        ]
        assert [row.tag for row in session.query(ExcludedTag)] == ["Family"]
        row = session.query(HoldRules).one()
        assert (row.claim_days, row.stand_down_days, row.quiet_books_days) == (3, 10, None)
    page = house.owner.page("/customers/rules")
    assert page.field("minimum-GBP") == ["25.50"]
    assert "Family" in page.text
    for bad in ("0", "61", "-3", "٣", "many", "9" * 5000):
        answer = post("/customers/rules/days", **{**days, "claim_days": bad})
        assert answer.status_code == 422
        assert "Write a number of days" in answer.text
    for bad in ("NaN", "1e99", "-1", "ten"):
        assert post("/customers/rules/minimums", **{"minimum-GBP": bad}).status_code == 422
    assert post("/customers/rules/include", tag="Family").status_code == 303
    with house.ground.database.tenant(house.tenant_id) as session:
        assert session.query(ExcludedTag).count() == 0


def test_today_and_the_customer_ask_about_what_the_payer_said(house: House) -> None:
    pemberton = house.company.customers[15]
    for path in ("/today", f"/customers/{pemberton}"):
        page = house.owner.page(path)
        assert "Says it is paid" in page.text
        assert "The left door sticks." in page.text
        assert "Their reference: The left door sticks." in page.text
        assert page.has("a", href=f"/today/claims/{house.company.said['claim']}/proof", download="")


def test_a_proof_is_handed_out_as_a_file_that_can_do_nothing(house: House) -> None:
    answer = house.owner.open(f"/today/claims/{house.company.said['claim']}/proof")
    assert answer.data == b"%PDF-1.7 proof"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="proof-')
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def to_do(house: House, kind: PersonTaskKind) -> str:
    with house.ground.database.tenant(house.tenant_id) as session:
        return str(session.query(PersonTask).filter_by(kind=kind, done_at=None).one().id)


def held(house: House) -> set[HoldKind]:
    with house.ground.database.tenant(house.tenant_id) as session:
        return {row.kind for row in session.query(Hold).filter(Hold.lifted_at.is_(None))}


def test_one_tap_lets_reminders_go_on(house: House) -> None:
    assert held(house) >= {HoldKind.CLAIMED_PAID, HoldKind.DISPUTE}
    for kind in (PersonTaskKind.CLAIM, PersonTaskKind.DISPUTE):
        task = to_do(house, kind)
        assert house.owner.post(f"/today/to-do/{task}/remind").status_code == 303
        assert house.owner.post(f"/today/to-do/{task}/remind").status_code == 404
    assert not held(house) & {HoldKind.CLAIMED_PAID, HoldKind.DISPUTE}
    with house.ground.database.tenant(house.tenant_id) as session:
        assert session.query(PaymentClaim).one().state is ClaimState.REJECTED
        assert session.query(Dispute).one().state is DisputeState.RESUMED
    assert "Says it is paid" not in house.owner.page("/today").text


def test_a_task_is_put_off_or_done_and_leads_back_to_where_it_was(house: House) -> None:
    task, customer = to_do(house, PersonTaskKind.CLAIM), str(house.company.customers[15])
    answer = house.owner.post(f"/today/to-do/{task}/later", customer=customer)
    assert answer.location == f"/customers/{customer}"
    assert "Says it is paid" not in house.owner.page("/today").text
    answer = house.owner.post(f"/today/to-do/{task}/done", customer="https://evil.example/")
    assert answer.location == "/today"


def test_the_owner_notes_a_promise_and_takes_it_back(house: House) -> None:
    invoice = house.company.invoices[0]
    day = (house.ground.clock.now() + timedelta(days=9)).date().isoformat()
    path = f"/invoices/{invoice}"
    for bad in (
        {"day": "soon"},
        {"day": day, "amount": "much"},
        {"day": day, "amount": "NaN"},
        {"day": "2001-01-01"},
    ):
        assert house.owner.post(f"{path}/promise", **bad).status_code == 422
    assert house.owner.post(f"{path}/promise", day=day, amount="").status_code == 303
    assert "Promised" in house.owner.page(path).text
    house.owner.post(f"{path}/promise/withdraw")
    with house.ground.database.tenant(house.tenant_id) as session:
        assert [row.state for row in session.query(Promise)] == [PromiseState.WITHDRAWN]
    assert HoldKind.PROMISE not in held(house)


def test_the_owner_notes_a_dispute_settles_it_and_undoes_the_hold_for_the_credit(house: House) -> None:
    path = f"/invoices/{house.company.invoices[0]}"
    house.owner.post(f"{path}/dispute", reason="wrong_amount", words="Two hours too many")
    page = house.owner.page(path)
    assert "The amount is not right" in page.text
    assert "Two hours too many" in page.text
    with house.ground.database.tenant(house.tenant_id) as session:
        dispute = session.query(Dispute).filter_by(invoice_id=house.company.invoices[0]).one().id
    house.owner.post(f"/invoices/disputes/{dispute}/settle", outcome="credit_coming")
    with house.ground.database.tenant(house.tenant_id) as session:
        hold = session.query(Hold).filter_by(subject_id=house.company.invoices[0], lifted_at=None).one()
        assert (hold.kind, hold.until is None) == (HoldKind.DISPUTE, False)
    assert house.owner.post(f"/invoices/holds/{hold.id}/lift").status_code == 303
    assert house.owner.post(f"/invoices/holds/{hold.id}/lift").status_code == 404


def test_the_owner_wrote_themselves_and_reminders_stand_down(house: House) -> None:
    path = f"/invoices/{house.company.invoices[0]}"
    house.owner.post(f"{path}/wrote")
    text = house.owner.page(path).text
    assert "You wrote to them yourself" in text
    assert HoldKind.OTHER_SENDER in held(house)


def test_what_a_customer_answered_is_read_on_their_page(house: House) -> None:
    customer, row = house.company.customers[15], uuid4()
    with house.ground.database.tenant(house.tenant_id) as session:
        words = house.ground.sealer(session).seal("We paid\n<b>already</b>.", column=TEXT_COLUMN, row=row)
        session.add(
            Reply(
                tenant_id=house.tenant_id,
                id=row,
                customer_id=customer,
                channel="sms",
                external_id="SM1",
                kind=ReplyKind.WRITTEN,
                received_at=house.ground.clock.now(),
                text_sealed=words,
                is_suspicious=False,
            )
        )
        pause_after_reply(session, customer, channel="sms", now=house.ground.clock.now())
    page = house.owner.page(f"/customers/{customer}")
    assert "They answered by text message: “We paid <b>already</b>.”" in page.text
    assert "The customer has answered by text message. Read it on the customer's page" in page.text


def test_the_customers_page_tells_what_happened_and_why(house: House) -> None:
    page = house.owner.page(f"/customers/{house.company.customers[15]}?day=nonsense")
    for words in (
        "What happened",
        "Something is faulty or was not done properly",
        "They say they paid by bank transfer",
    ):
        assert words in page.text
    assert "Why, on a day" in page.text
    assert "In dispute:" in page.text
