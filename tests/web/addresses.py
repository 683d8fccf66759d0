"""Every address of the application, with ids put in."""

from collections.abc import Iterator
from uuid import UUID, uuid4

from flask import Flask
from werkzeug.routing import Rule

from app.web.session import PUBLIC_BLUEPRINTS, PUBLIC_ENDPOINTS
from tests.web.seeding import Seeded


def private_rules(app: Flask) -> list[Rule]:
    """Everything that is not on the public list."""
    return [rule for rule in app.url_map.iter_rules() if not is_public(rule)]


def is_public(rule: Rule) -> bool:
    blueprint = rule.endpoint.rpartition(".")[0]
    return rule.endpoint in PUBLIC_ENDPOINTS or blueprint in PUBLIC_BLUEPRINTS


def methods(rule: Rule) -> set[str]:
    return (rule.methods or set()) - {"HEAD", "OPTIONS"}


def ids_of(company: Seeded) -> dict[str, UUID]:
    """A real id of the company for every kind of id that an address can hold."""
    return {
        "invoice_id": company.invoices[0],
        "customer_id": company.customers[0],
        "reminder_id": company.reminders["unknown"],
        "entry_id": company.entries["parked"],
        "task_id": company.tasks[0],
        "payment_id": company.payments[0],
        "rule_id": company.late_fees["rule"],
        "charge_id": company.late_fees["charge"],
        **{f"{name}_id": company.said[name] for name in ("to_do", "claim", "dispute", "hold", "contact")},
        "tenant": company.tenant_id,
        "person": company.member,
    }


def nobodys_ids() -> dict[str, UUID]:
    """Ids of nothing at all."""
    return dict.fromkeys(
        ids_of(
            Seeded(
                uuid4(),
                [uuid4()],
                [uuid4()],
                {"unknown": uuid4()},
                {"parked": uuid4()},
                [uuid4()],
                payments=[uuid4()],
                late_fees=dict.fromkeys(("rule", "charge"), uuid4()),
                said=dict.fromkeys(("to_do", "claim", "dispute", "hold", "contact"), uuid4()),
            )
        ),
        uuid4(),
    )


def filled(rule: Rule, ids: dict[str, UUID]) -> str:
    """The rule's path with these ids; fails for an argument that no id is known for."""
    known = {"attempt": 1, "ledger": "xero", **ids}
    path = rule.rule
    for name in rule.arguments:
        value = known[name]
        for converter in ("uuid:", "int:", ""):
            path = path.replace(f"<{converter}{name}>", str(value))
    assert "<" not in path, path
    return path


def with_ids(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Private rules that hold ids, one line per method."""
    for rule in private_rules(app):
        if rule.arguments - {"ledger"}:
            for method in sorted(methods(rule)):
                yield rule, method
