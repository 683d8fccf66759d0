"""The cadence as its owner changes it: nothing is forgotten, nothing is sent twice, nobody is surprised."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.kit.clock import SetClock
from app.kit.errors import NotFound
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import Anchor, Attachment, Counts, Grouping, Sending, Tenant, Tone
from app.reminders.cadence_drafts import CadenceDraft, StepDraft, check_draft, in_order
from app.reminders.cadence_rows import active_steps, draft_of
from app.reminders.cadence_rules import add_rule, kept_rules, move_up, remove_rule
from app.reminders.cadences import (
    CadenceRefused,
    archive,
    cadence_of,
    cadences,
    create_cadence,
    create_default_cadence,
    default_cadence,
    make_default,
    save_cadence,
)
from app.reminders.conditions import Conditions
from app.reminders.planning import plan_tenant
from app.reminders.ready_texts import ReadyText
from tests.reminders.tables import add_customer, add_invoice, change, reminders, standing
from tests.support.tenants import make_tenant

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture
def office(make_settings: Callable[..., Settings]) -> Iterator[Ground]:
    built = Ground.from_settings(make_settings(smtp_host="127.0.0.1", smtp_port=9), clock=SetClock(NOW))
    yield built
    built.database.close()


@pytest.fixture
def tenant(office: Ground) -> UUID:
    tenant_id = make_tenant(office)
    with office.database.tenant(tenant_id) as session:
        create_default_cadence(session, NOW)
    return tenant_id


def drafts(ground: Ground, tenant: UUID) -> list[StepDraft]:
    with ground.database.tenant(tenant) as session:
        cadence = default_cadence(session)
        assert cadence is not None
        steps = active_steps(session, cadence.id)
        return [StepDraft(s.id, s.offset_days, s.subject, s.body) for s in steps]


def save(ground: Ground, tenant: UUID, steps: list[StepDraft], *, send_hour: int = 9) -> None:
    with ground.database.tenant(tenant) as session:
        cadence = default_cadence(session)
        assert cadence is not None
        draft = replace(draft_of(session, cadence), steps=tuple(steps), send_hour=send_hour)
        save_cadence(session, cadence, draft, seen=cadence.version, now=NOW)


def sending(ground: Ground, tenant: UUID) -> Sending:
    with ground.database.tenant(tenant) as session:
        return session.get_one(Tenant, tenant).sending


def test_a_tenant_starts_with_six_steps_from_three_days_before_to_forty_five_after(
    office: Ground, tenant: UUID
) -> None:
    assert [step.offset_days for step in drafts(office, tenant)] == [-3, 0, 7, 14, 30, 45]
    save(office, tenant, drafts(office, tenant))


def test_new_words_are_used_at_once_and_hold_nothing(office: Ground, tenant: UUID) -> None:
    steps = drafts(office, tenant)
    save(office, tenant, [replace(step, body="Hello {{ first_name }}") for step in steps])
    assert {step.body for step in drafts(office, tenant)} == {"Hello {{ first_name }}"}
    assert [step.id for step in drafts(office, tenant)] == [step.id for step in steps]
    assert sending(office, tenant) is Sending.ON


def test_other_days_show_the_list_again_before_anything_leaves(office: Ground, tenant: UUID) -> None:
    add_invoice(office, tenant, add_customer(office, tenant, "ada"), "INV-1")
    plan_tenant(office, tenant)
    save(office, tenant, [replace(s, offset_days=s.offset_days + 1) for s in drafts(office, tenant)])
    assert sending(office, tenant) is Sending.HELD_UNTIL_CONFIRMED
    plan_tenant(office, tenant)
    assert standing(office, tenant) == [("held", "first_list")]
    assert reminders(office, tenant)[0].cadence_version == 2


def test_another_hour_shows_the_list_again(office: Ground, tenant: UUID) -> None:
    save(office, tenant, drafts(office, tenant), send_hour=15)
    assert sending(office, tenant) is Sending.HELD_UNTIL_CONFIRMED


def test_a_step_that_is_moved_or_retired_is_never_sent_a_second_time(office: Ground, tenant: UUID) -> None:
    add_invoice(office, tenant, add_customer(office, tenant, "ada"), "INV-1", overdue=8)
    plan_tenant(office, tenant)
    change(office, tenant, "UPDATE reminder SET state = 'sent'")
    steps = {step.offset_days: step for step in drafts(office, tenant)}
    save(office, tenant, [replace(steps[7], offset_days=8), steps[30]])
    plan_tenant(office, tenant)
    assert [r.step_id for r in reminders(office, tenant) if r.state.value != "sent"] == [steps[30].id]
    save(office, tenant, [steps[30], replace(steps[7], id=None, offset_days=5)])
    plan_tenant(office, tenant)
    assert [r.step_id for r in reminders(office, tenant) if r.state.value != "sent"] == [steps[30].id]


def test_two_steps_may_change_places(office: Ground, tenant: UUID) -> None:
    steps = drafts(office, tenant)
    turned = [replace(steps[0], offset_days=0), replace(steps[1], offset_days=-3), *steps[2:]]
    save(office, tenant, turned)
    assert [step.id for step in drafts(office, tenant)][:2] == [steps[1].id, steps[0].id]


@pytest.mark.parametrize(
    ("change_to", "field"),
    [
        ({"subject": "{{ nobody }}"}, "1.subject"),
        ({"body": "{{ unfinished"}, "1.body"),
        ({"body": " "}, "1.body"),
        ({"offset_days": -3}, "1.offset_days"),
        ({"offset_days": 366}, "1.offset_days"),
    ],
)
def test_a_cadence_that_cannot_work_is_refused_at_its_field(
    office: Ground, tenant: UUID, change_to: dict[str, object], field: str
) -> None:
    steps = drafts(office, tenant)
    steps[1] = replace(steps[1], **change_to)  # type: ignore[arg-type]
    with pytest.raises(CadenceRefused) as refused:
        save(office, tenant, steps)
    assert set(refused.value.faults) == {field}
    assert drafts(office, tenant)[1].subject != "{{ nobody }}"


def test_a_cadence_needs_a_step_and_an_hour_of_the_day(office: Ground, tenant: UUID) -> None:
    with pytest.raises(CadenceRefused) as refused:
        save(office, tenant, [], send_hour=3)
    assert set(refused.value.faults) == {"steps", "send_hour"}


def full_step() -> StepDraft:
    """A step that uses everything a step can have."""
    return StepDraft(
        None,
        5,
        "{{ business_name }}",
        "{{ total }}",
        anchor=Anchor.ISSUED,
        counts=Counts.BUSINESS,
        channels=("sms", "email"),
        tone=Tone.FIRM,
        sender_name="Ada in accounts",
        attachment=Attachment.INVOICE,
        min_balance=Decimal("10.5"),
        max_balance=Decimal(500),
        repeat_every_days=7,
        repeat_limit=3,
        texts={("email", "de"): ReadyText("Betreff", "Text"), ("sms", "en"): ReadyText("", "{{ total }}")},
    )


def test_a_cadence_comes_back_as_it_was_saved(office: Ground, tenant: UUID) -> None:
    draft = CadenceDraft(
        name="Large customers",
        language="en",
        send_hour=10,
        weekdays=(1, 3),
        opens_at=time(9),
        closes_at=time(17),
        keeps_holidays=False,
        grouping=Grouping.INVOICE,
        steps=(full_step(), replace(full_step(), anchor=Anchor.PREVIOUS, texts={})),
    )
    with office.database.tenant(tenant) as session:
        made = create_cadence(session, draft, now=NOW)
        kept = draft_of(session, made)
        assert [one.name for one in cadences(session)] == ["Default", "Large customers"]
    assert replace(kept, steps=tuple(replace(step, id=None) for step in kept.steps)) == draft


def test_steps_stand_in_the_order_of_their_days_and_followers_stay_behind_theirs() -> None:
    first, follower, last = (
        replace(full_step(), anchor=anchor, offset_days=days)
        for anchor, days in ((Anchor.DUE, 9), (Anchor.PREVIOUS, 1), (Anchor.DUE, 2))
    )
    assert in_order([first, follower, last]) == (last, first, follower)


@pytest.mark.parametrize(
    ("change_to", "field"),
    [
        ({"name": " "}, "name"),
        ({"weekdays": ()}, "weekdays"),
        ({"opens_at": time(7)}, "opens_at"),
        ({"closes_at": time(9)}, "opens_at"),
        ({"opens_at": time(12)}, "send_hour"),
        ({"steps": (replace(full_step(), anchor=Anchor.PREVIOUS),)}, "0.offset_days"),
        ({"steps": (replace(full_step(), offset_days=-1),)}, "0.offset_days"),
        ({"steps": (replace(full_step(), min_balance=Decimal(900)),)}, "0.min_balance"),
        ({"steps": (replace(full_step(), repeat_limit=None),)}, "0.repeat_every_days"),
        ({"steps": (replace(full_step(), repeat_every_days=0),)}, "0.repeat_every_days"),
        ({"steps": (replace(full_step(), channels=()),)}, "0.channels"),
        (
            {"steps": (replace(full_step(), texts={("sms", "de"): ReadyText("", "x" * 1_001)}),)},
            "0.sms.de.body",
        ),
        (
            {"steps": (replace(full_step(), texts={("email", "de"): ReadyText("", "x")}),)},
            "0.email.de.subject",
        ),
    ],
)
def test_every_fault_is_told_at_its_field(change_to: dict[str, Any], field: str) -> None:
    draft = CadenceDraft(name="One", send_hour=9, opens_at=time(9), steps=(full_step(),))
    assert check_draft(draft) == {}
    assert set(check_draft(replace(draft, **change_to))) == {field}


def test_another_cadence_becomes_the_default_and_the_former_can_be_put_away(
    office: Ground, tenant: UUID
) -> None:
    with office.database.tenant(tenant) as session:
        former = default_cadence(session)
        assert former is not None
        with pytest.raises(CadenceRefused):
            archive(session, former, now=NOW)
        other = create_cadence(session, CadenceDraft(name="Other", steps=(full_step(),)), now=NOW)
        make_default(session, other, now=NOW)
        assert default_cadence(session) is other
        archive(session, former, now=NOW)
        assert cadences(session) == [other]
        with pytest.raises(NotFound):
            cadence_of(session, former.id)


def test_rules_keep_their_order_and_hold_their_cadence_in_use(office: Ground, tenant: UUID) -> None:
    with office.database.tenant(tenant) as session:
        other = create_cadence(session, CadenceDraft(name="Other", steps=(full_step(),)), now=NOW)
        add_rule(session, other.id, Conditions(tags=("VIP",)), now=NOW)
        add_rule(session, other.id, Conditions(countries=("DE",)), now=NOW)
        tagged, german = kept_rules(session)
        move_up(session, german.id, now=NOW)
        move_up(session, german.id, now=NOW)
        assert [rule.id for rule in kept_rules(session)] == [german.id, tagged.id]
        with pytest.raises(CadenceRefused):
            archive(session, other, now=NOW)
        with pytest.raises(CadenceRefused):
            add_rule(session, other.id, Conditions(), now=NOW)
        remove_rule(session, german.id, now=NOW)
        remove_rule(session, tagged.id, now=NOW)
        archive(session, other, now=NOW)
        with pytest.raises(NotFound):
            remove_rule(session, tagged.id, now=NOW)
