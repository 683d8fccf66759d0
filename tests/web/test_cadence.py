"""Steps as a form: nothing typed is lost, every fault stands at its field, the preview is a real message."""

from typing import Any

import pytest
from sqlalchemy import select

from app.models import Cadence, CadenceStep, InvoiceState, Sending, Tenant
from app.web.cadence.form import StepFields, read_form
from tests.web.browser import Page
from tests.web.conftest import House
from tests.web.seeding import Seeder


def form_of(house: House, **changes: str) -> dict[str, Any]:
    """What the browser would send from the page, with some fields changed."""
    with house.ground.database.tenant(house.tenant_id) as session:
        steps = session.scalars(
            select(CadenceStep).where(CadenceStep.retired_at.is_(None)).order_by(CadenceStep.offset_days)
        ).all()
        version = session.scalars(select(Cadence.version).where(Cadence.is_default)).one()
    fields = {"send_hour": "9", "act": "save", "seen": str(version)}
    for place, step in enumerate(steps):
        side = "on" if step.offset_days == 0 else "after" if step.offset_days > 0 else "before"
        fields |= {
            f"step-{place}-id": str(step.id),
            f"step-{place}-days": str(abs(step.offset_days)),
            f"step-{place}-side": side,
            f"step-{place}-subject": step.subject,
            f"step-{place}-body": step.body,
        }
    return fields | {
        name.replace("_", "-") if name.startswith("step") else name: value for name, value in changes.items()
    }


def offsets(house: House) -> list[int]:
    with house.ground.database.tenant(house.tenant_id) as session:
        live = select(CadenceStep.offset_days).where(CadenceStep.retired_at.is_(None))
        return sorted(session.scalars(live))


def test_the_page_shows_every_step_and_a_message_as_a_customer_would_get_it(house: House) -> None:
    page = house.owner.page("/cadence")
    assert [page.field(f"step-{place}-days") for place in range(6)] == [
        ["3"],
        ["0"],
        ["7"],
        ["14"],
        ["30"],
        ["45"],
    ]
    assert "as Thistle Theatre Company would get it now" in page.text
    assert "Pay £6,783.50 securely" in page.text


def test_saving_moves_the_steps_and_says_how_many_reminders_move(house: House) -> None:
    answer = house.owner.post("/cadence", **form_of(house, step_2_days="8", send_hour="10"))
    assert answer.location == "/cadence"
    assert offsets(house) == [-3, 0, 8, 14, 30, 45]
    said = house.owner.page("/cadence").text
    assert "Saved." in said
    assert "it waits for your word" in said
    with house.ground.database.tenant(house.tenant_id) as session:
        assert session.scalars(select(Cadence.send_hour)).one() == 10
        assert session.get_one(Tenant, house.tenant_id).sending is Sending.HELD_UNTIL_CONFIRMED


def test_saving_other_words_moves_nothing_and_keeps_sending_on(house: House) -> None:
    house.owner.post(
        "/cadence", **form_of(house, step_2_subject="{{ business_name }} writes about {{ invoices }}")
    )
    assert "No planned reminder moves." in house.owner.page("/cadence").text
    with house.ground.database.tenant(house.tenant_id) as session:
        assert session.get_one(Tenant, house.tenant_id).sending is Sending.ON


def test_what_a_colleague_saved_meanwhile_is_not_replaced_unseen(house: House) -> None:
    mine = form_of(house, step_2_days="9", step_5_body="Words that took an hour to find.")
    house.owner.post("/cadence", **form_of(house, step_2_days="8"))
    for act in ("preview-2", "save"):
        answer = house.owner.post("/cadence", **mine | {"act": act})
        page = Page(answer.text)
        assert "Words that took an hour to find." in page.text
    assert answer.status_code == 409
    assert "Somebody else has saved this cadence meanwhile." in page.text
    assert offsets(house) == [-3, 0, 8, 14, 30, 45]
    assert page.field("seen") != [mine["seen"]]
    again = house.owner.post("/cadence", **mine | {"seen": page.field("seen")[0]})
    assert again.status_code == 303
    assert offsets(house) == [-3, 0, 9, 14, 30, 45]


def test_a_form_that_does_not_say_what_it_was_filled_in_from_replaces_nothing(house: House) -> None:
    for seen in ("", "nonsense", "9" * 40):
        assert house.owner.post("/cadence", **form_of(house, step_2_days="8", seen=seen)).status_code == 409
    assert offsets(house) == [-3, 0, 7, 14, 30, 45]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"step_1_days": "7", "step_1_side": "after"}, "Two steps fall on the same day."),
        ({"step_2_days": "soon"}, "Type a whole number of days, such as 7."),
        ({"step_2_days": "999"}, "A step lies between"),
        ({"step_3_subject": ""}, "Write something here"),
        ({"step_3_body": "Dear {{ nobody }}"}, "“nobody” is not a variable"),
        ({"step_3_body": "{% for x in y %}{% endfor %}"}, "only {{ variables }}"),
        ({"step_3_body": "{{ total"}, "Line 1"),
        ({"send_hour": "23"}, "Reminders leave between 8:00 and 20:00."),
    ],
)
def test_a_fault_stands_at_its_field_and_nothing_typed_is_lost(
    house: House, changes: dict[str, str], complaint: str
) -> None:
    before = offsets(house)
    fields = form_of(house, **changes, step_5_body="Words that took an hour to find.")
    answer = house.owner.post("/cadence", **fields)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert complaint in page.text
    assert "Not saved yet." in page.text
    assert "Words that took an hour to find." in page.text
    assert any(given.get("aria-invalid") == "true" for _, given in page.tags)
    for place in range(6):
        assert page.field(f"step-{place}-days") == [fields[f"step-{place}-days"]]
        assert page.field(f"step-{place}-subject") == [fields[f"step-{place}-subject"]]
    assert offsets(house) == before


def test_a_step_is_added_and_removed_without_losing_the_rest(house: House) -> None:
    added = Page(
        house.owner.post("/cadence", **form_of(house, act="add", step_0_subject="Kept {{ total }}")).text
    )
    assert added.field("step-6-days") == ["59"]
    assert added.field("step-0-subject") == ["Kept {{ total }}"]
    removed = Page(house.owner.post("/cadence", **form_of(house, act="remove-1")).text)
    assert removed.field("step-1-days") == ["7"]
    assert removed.field("step-5-days") == []
    assert offsets(house) == [-3, 0, 7, 14, 30, 45]


def test_the_preview_uses_what_was_typed_and_the_customer_that_was_chosen(house: House) -> None:
    customer = house.company.customers[0]
    fields = form_of(
        house,
        step_2_body="Hi {{ customer_name }}, {{ total }} please.",
        act="preview-2",
        example=f"{customer}:EUR",
    )
    page = Page(house.owner.post("/cadence", **fields).text)
    assert "Hi Alder & Finch Architects, €2,300.00 please." in page.text
    part = house.owner.post("/cadence/preview", **{**fields, "place": "2"})
    assert "Hi Alder &amp; Finch Architects, €2,300.00 please." in part.text
    assert "<html" not in part.text


def test_the_preview_of_a_text_that_cannot_be_filled_in_says_why(house: House) -> None:
    part = house.owner.post("/cadence/preview", **{**form_of(house, step_0_body="{{ nope }}"), "place": "0"})
    assert part.status_code == 200
    assert "“nope” is not a variable" in part.text


def test_the_preview_tells_what_saving_would_move_before_it_is_saved(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        seeder = Seeder(house.ground, session, house.tenant_id)
        for _ in range(3):
            seeder.invoice(seeder.customer("Later Ltd"), due_in=-1, state=InvoiceState.OPEN)
    part = house.owner.post("/cadence/preview", **{**form_of(house, step_2_days="9"), "place": "2"})
    assert "Saving this" in part.text
    assert offsets(house) == [-3, 0, 7, 14, 30, 45]


def test_a_company_without_open_invoices_has_no_one_to_try_it_on(house: House) -> None:
    assert "No one to try it on" in house.stranger.page("/cadence").text


def test_days_and_sides_make_an_offset() -> None:
    def offset(days: str, side: str) -> int | None:
        return StepFields("", days, side, "", "").offset_days

    assert [offset("3", "before"), offset("9", "on"), offset("7", "after"), offset("", "after")] == [
        -3,
        0,
        7,
        None,
    ]
    assert offset("1.5", "after") is None


def test_a_form_from_nowhere_is_an_empty_cadence_with_faults() -> None:
    form = read_form({"send_hour": "x"}).checked()
    assert set(form.faults) == {"send_hour", "steps"}
