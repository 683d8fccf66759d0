"""Several cadences: begun, copied, put away, made the default, given to customers by rules; and steps in full."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.models import Cadence, CadenceRule, CadenceStep, CustomerTag, Sending, StepText, Tenant
from app.web.cadence.rule_words import read_rule, rule_words
from tests.web.browser import Page
from tests.web.conftest import House
from tests.web.test_cadence import form_of


def created(house: House, tone: str = "gentle") -> UUID:
    """A further cadence begun from a ready one."""
    assert house.owner.post("/cadences", act="create", tone=tone).location == "/cadences"
    with house.ground.database.tenant(house.tenant_id) as session:
        return session.scalars(select(Cadence.id).where(~Cadence.is_default)).one()


def of(house: House, cadence_id: UUID, **changes: Any) -> dict[str, Any]:
    """The form of a cadence with its settings."""
    with house.ground.database.tenant(house.tenant_id) as session:
        steps = session.scalars(
            select(CadenceStep)
            .where(CadenceStep.cadence_id == cadence_id, CadenceStep.retired_at.is_(None))
            .order_by(CadenceStep.position)
        ).all()
        version = session.scalars(select(Cadence.version).where(Cadence.id == cadence_id)).one_or_none()
    fields: dict[str, Any] = {
        "of": str(cadence_id),
        "seen": str(version),
        "act": "save",
        "name": "Small shops",
        "language": "en",
        "send_hour": "10",
        "opens_at": "9",
        "closes_at": "18",
        "weekdays": ["1", "3"],
        "keeps_holidays": "yes",
        "grouping": "invoice",
    }
    for place, step in enumerate(steps[:1]):
        fields |= {
            f"step-{place}-id": str(step.id),
            f"step-{place}-days": "4",
            f"step-{place}-side": "issued",
            f"step-{place}-counts": "business",
            f"step-{place}-subject": step.subject,
            f"step-{place}-body": step.body,
            f"step-{place}-channels": "sms,email",
            f"step-{place}-tone": "firm",
            f"step-{place}-attachment": "statement",
            f"step-{place}-sender_name": "Ada in accounts",
            f"step-{place}-min_balance": "10.50",
            f"step-{place}-repeat_every": "7",
            f"step-{place}-repeat_limit": "3",
            f"step-{place}-sms-en-body": "{{ business_name }}: {{ total }} ж",
            f"step-{place}-email-de-subject": "{{ invoices }}",
            f"step-{place}-email-de-body": "Guten Tag",
        }
    return fields | changes


def sending_on(house: House) -> bool:
    with house.ground.database.tenant(house.tenant_id) as session:
        return session.get_one(Tenant, house.tenant_id).sending is Sending.ON


def test_a_new_cadence_is_for_nobody_until_a_rule_names_it(house: House) -> None:
    created(house)
    page = house.owner.page("/cadences")
    assert "Gentle" in page.text
    assert "Nobody gets it until a rule names it" in page.text
    assert sending_on(house)


def test_every_field_of_a_step_is_kept_and_shown_again(house: House) -> None:
    cadence_id = created(house)
    answer = house.owner.post("/cadence", **of(house, cadence_id))
    assert answer.location == f"/cadence?of={cadence_id}"
    with house.ground.database.tenant(house.tenant_id) as session:
        cadence = session.scalars(select(Cadence).where(Cadence.id == cadence_id)).one()
        assert (cadence.name, cadence.weekdays, cadence.closes_at.hour) == ("Small shops", [1, 3], 18)
        step = session.scalars(
            select(CadenceStep).where(CadenceStep.cadence_id == cadence_id, CadenceStep.retired_at.is_(None))
        ).one()
        assert (step.anchor, step.counts, step.channels, step.tone, step.attachment) == (
            "issued",
            "business",
            ["sms", "email"],
            "firm",
            "statement",
        )
        assert (str(step.min_balance), step.repeat_every_days, step.repeat_limit) == ("10.5000", 7, 3)
        assert {
            (t.channel, t.language) for t in session.scalars(select(StepText).filter_by(step_id=step.id))
        } == {
            ("sms", "en"),
            ("email", "de"),
        }
    page = house.owner.page(f"/cadence?of={cadence_id}")
    assert page.field("step-0-min_balance") == ["10.5"]
    assert page.field("step-0-sender_name") == ["Ada in accounts"]
    assert page.field("step-0-email-de-subject") == ["{{ invoices }}"]


def test_a_text_message_is_previewed_with_its_segments(house: House) -> None:
    part = Page(house.owner.post("/cadence/preview", **of(house, created(house)), place="0").text)
    assert "as a text message" in part.text
    assert "UCS-2" in part.text
    assert "These make it costly: ж" in part.text
    assert "Reply STOP to opt out." in part.text
    assert "If that does not arrive, on another day" in part.text


def test_words_are_added_with_ready_ones_and_forgotten_when_emptied(house: House) -> None:
    cadence_id = created(house)
    asked = of(house, cadence_id, act="words-0", **{"step-0-new": "email:fr"})
    page = Page(house.owner.post("/cadence", **asked).text)
    assert "merci de régler" in page.field("step-0-email-fr-subject")[0]
    house.owner.post("/cadence", **of(house, cadence_id))
    emptied = {"step-0-email-de-subject": "", "step-0-email-de-body": "", "step-0-sms-en-body": ""}
    house.owner.post("/cadence", **of(house, cadence_id, **emptied))
    with house.ground.database.tenant(house.tenant_id) as session:
        assert session.scalars(select(StepText)).all() == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"name": ""}, "Give the cadence a name"),
        ({"weekdays": []}, "Choose at least one day of the week"),
        ({"opens_at": "18"}, "the first time has to come before the second"),
        ({"step-0-min_balance": "much"}, "Type an amount in figures"),
        ({"step-0-repeat_every": "often"}, "Type whole numbers"),
        ({"step-0-sms-en-body": "{{ nobody }}"}, "“nobody” is not a variable"),
        ({"step-0-email-de-subject": ""}, "Write something here"),
    ],
)
def test_faults_stand_at_their_fields(house: House, changes: dict[str, Any], complaint: str) -> None:
    answer = house.owner.post("/cadence", **of(house, created(house), **changes))
    assert answer.status_code == 422
    page = Page(answer.text)
    assert complaint in page.text
    assert any(given.get("aria-invalid") == "true" for _, given in page.tags)


def test_a_rule_catches_its_customers_and_shows_the_list_again(house: House) -> None:
    cadence_id = created(house)
    customer_id = house.company.customers[0]
    with house.ground.database.tenant(house.tenant_id) as session:
        session.add(
            CustomerTag(
                tenant_id=house.tenant_id,
                customer_id=customer_id,
                tag="VIP",
                created_at=house.ground.clock.now(),
            )
        )
    answer = house.owner.post("/cadences", act="rule", tags="VIP, new", cadence=str(cadence_id))
    assert answer.location == "/cadences"
    page = house.owner.page("/cadences").text
    assert "Customers tagged “VIP” or “new” Gentle 1 customer" in " ".join(page.split())
    assert "Everyone else" in page
    assert not sending_on(house)


def test_rules_are_moved_and_removed(house: House) -> None:
    cadence_id = created(house)
    for country in ("DE", "FR"):
        house.owner.post("/cadences", act="rule", countries=country, cadence=str(cadence_id))
    refused = house.owner.post("/cadences", act="archive", cadence=str(cadence_id))
    assert refused.location == "/cadences"
    assert "A rule still names this cadence." in house.owner.page("/cadences").text
    with house.ground.database.tenant(house.tenant_id) as session:
        first, second = session.scalars(select(CadenceRule.id).order_by(CadenceRule.position))
    house.owner.post("/cadences", act="up", rule=str(second))
    words = house.owner.page("/cadences").text
    assert words.index("in France") < words.index("in Germany")
    for rule in (first, second):
        house.owner.post("/cadences", act="remove", rule=str(rule))
    house.owner.post("/cadences", act="archive", cadence=str(cadence_id))
    assert "is put away" in house.owner.page("/cadences").text


def test_a_copy_becomes_the_default(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        default = session.scalars(select(Cadence.id).where(Cadence.is_default)).one()
    house.owner.post("/cadences", act="copy", cadence=str(default))
    with house.ground.database.tenant(house.tenant_id) as session:
        copy = session.scalars(select(Cadence).where(~Cadence.is_default)).one()
        assert copy.name == "Default 2"
    house.owner.post("/cadences", act="default", cadence=str(copy.id))
    with house.ground.database.tenant(house.tenant_id) as session:
        assert session.scalars(select(Cadence.id).where(Cadence.is_default)).one() == copy.id


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "rule"),
        ({"countries": "Germany"}, "countries"),
        ({"currencies": "€"}, "currencies"),
        ({"min_total": "lots"}, "min_total"),
        ({"max_total": "NaN"}, "max_total"),
        ({"min_days_late": "-1"}, "min_days_late"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_at_its_field(
    house: House, typed: dict[str, str], field: str
) -> None:
    assert set(read_rule(typed)[1]) == {field}
    answer = house.owner.post("/cadences", act="rule", cadence=str(created(house)), **typed)
    assert answer.status_code == 422
    assert read_rule(typed)[1][field] in Page(answer.text).text


def test_a_rule_in_words() -> None:
    typed = {"countries": "de,at", "currencies": "eur", "min_total": "1000.50", "max_days_late": "3"}
    conditions, faults = read_rule(typed)
    assert not faults
    assert rule_words(conditions) == (
        "Customers in Germany or Austria, who pay at most 3 days late on average: "
        "invoices in EUR of 1000.5 or more"
    )


def test_another_organisations_cadence_does_not_exist(house: House) -> None:
    cadence_id = created(house)
    for path in (f"/cadence?of={cadence_id}", "/cadence?of=nonsense"):
        assert house.stranger.open(path).status_code == 404
    assert house.stranger.post("/cadence", **of(house, cadence_id)).status_code == 404
    assert house.stranger.post("/cadences", act="default", cadence=str(cadence_id)).status_code == 404
    assert house.stranger.post("/cadences", act="remove", rule=str(cadence_id)).status_code == 404
    assert house.owner.post("/cadences", act="nonsense").status_code == 404


def test_the_default_form_keeps_further_words(house: House) -> None:
    house.owner.post(
        "/cadence", **form_of(house, **{"step_0_sms-en-body": "{{ total }}, {{ business_name }}"})
    )
    assert "{{ total }}, {{ business_name }}" in house.owner.page("/cadence").text
