"""The door for Stripe's machines: proves, stores ids once, answers at once."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import stripe
from flask import Flask
from werkzeug.test import TestResponse

from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import InboundEvent, ProcessorAccount, ProcessorAccountState, Route, Task
from app.tasks import kinds
from app.webhooks import stripe as stripe_door
from tests.support.tenants import make_tenant

ACCOUNT = "acct_of_harbour"


def event(**changes: Any) -> dict[str, Any]:
    return {
        "id": f"evt_{uuid4().hex}",
        "object": "event",
        "type": "checkout.session.completed",
        "created": 1_795_000_000,
        "livemode": False,
        "account": ACCOUNT,
        "data": {
            "object": {"id": "cs_1", "object": "checkout.session", "customer_email": "payer@example.com"}
        },
        **changes,
    }


def post(
    ground: Ground, body: dict[str, Any] | bytes, *, age: timedelta = timedelta(), header: str | None = None
) -> TestResponse:
    app = Flask("door")
    app.register_blueprint(stripe_door.blueprint(ground))
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = stripe.WebhookSignature.generate_signature_header(
        raw.decode(),
        ground.settings.stripe_webhook_secret.get_secret_value(),
        timestamp=int((ground.clock.now() - age).timestamp()),
    )
    return app.test_client().post(
        "/webhooks/stripe", data=raw, headers={"Stripe-Signature": header or signature}
    )


@pytest.fixture
def tenant(ground: Ground) -> UUID:
    tenant_id, row_id, now = make_tenant(ground), uuid4(), ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        session.add(
            ProcessorAccount(
                tenant_id=tenant_id,
                id=row_id,
                processor="stripe",
                external_id=ACCOUNT,
                state=ProcessorAccountState.READY,
                events_since=now,
                created_at=now,
            )
        )
        session.add(Route(kind="stripe", outside_key=ACCOUNT, tenant_id=tenant_id, subject_id=row_id))
    return tenant_id


def stored(ground: Ground) -> list[InboundEvent]:
    with ground.database.platform() as session:
        return list(session.query(InboundEvent))


def tasks(ground: Ground) -> list[Task]:
    with ground.database.platform() as session:
        return list(session.query(Task))


def test_an_event_is_stored_as_ids_and_asks_for_a_look(ground: Ground, tenant: UUID) -> None:
    answer = post(ground, event())
    assert (answer.status_code, answer.data) == (200, b"")
    assert "Set-Cookie" not in answer.headers
    [row] = stored(ground)
    assert (row.source, row.outside_org, row.subject, row.kind) == ("stripe", ACCOUNT, "cs_1", "checkout")
    assert "payer@example.com" not in repr(vars(row))
    [task] = tasks(ground)
    assert (task.kind, task.tenant_id, task.subject_id) == (kinds.SETTLE_CHECKOUT, tenant, row.id)


@pytest.mark.usefixtures("tenant")
def test_the_same_event_again_is_stored_once(ground: Ground) -> None:
    same = event()
    assert {post(ground, same).status_code for _ in range(5)} == {200}
    assert len(stored(ground)) == len(tasks(ground)) == 1


@pytest.mark.usefixtures("tenant")
def test_many_events_of_one_payment_share_one_look(ground: Ground) -> None:
    for kind in ("payment_intent.processing", "payment_intent.succeeded"):
        post(ground, event(type=kind, data={"object": {"id": "pi_1", "object": "payment_intent"}}))
    post(
        ground, event(type="charge.updated", data={"object": {"object": "charge", "payment_intent": "pi_1"}})
    )
    assert len(stored(ground)) == 3
    assert [task.kind for task in tasks(ground)] == [kinds.SETTLE_PAYMENT]


@pytest.mark.usefixtures("tenant")
def test_an_account_event_asks_how_the_account_stands(ground: Ground) -> None:
    thin = {
        "id": "evt_thin",
        "object": "v2.core.event",
        "type": "v2.core.account[configuration.merchant].capability_status_updated",
        "created": "2026-11-20T10:00:00.000Z",
        "livemode": False,
        "related_object": {"id": ACCOUNT, "type": "v2.core.account"},
    }
    assert post(ground, thin).status_code == 200
    assert [task.kind for task in tasks(ground)] == [kinds.REFRESH_ACCOUNT]


@pytest.mark.usefixtures("tenant")
def test_real_money_and_tests_are_kept_apart(ground: Ground) -> None:
    assert post(ground, event(livemode=True)).status_code == 200
    assert stored(ground) == []


@pytest.mark.usefixtures("tenant")
@pytest.mark.parametrize(
    "changes",
    [{"account": "acct_stranger"}, {"type": "topup.succeeded"}, {"account": None}, {"data": {"object": {}}}],
)
def test_what_is_not_for_us_is_answered_and_left(ground: Ground, changes: dict[str, Any]) -> None:
    assert post(ground, event(**changes)).status_code == 200
    assert stored(ground) == []
    assert tasks(ground) == []


@pytest.mark.usefixtures("tenant")
@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-6)])
def test_an_old_or_future_signature_is_refused(ground: Ground, age: timedelta) -> None:
    assert post(ground, event(), age=age).status_code == 400
    assert stored(ground) == []


@pytest.mark.usefixtures("tenant")
def test_a_forged_signature_is_refused(ground: Ground) -> None:
    assert post(ground, event(), header="t=1,v1=00").status_code == 400
    assert stored(ground) == []


def test_an_oversize_body_is_refused_unread(ground: Ground) -> None:
    assert post(ground, b"x" * (256 * 1024 + 1)).status_code == 413


def test_without_a_secret_there_is_no_door(make_settings: Callable[..., Settings]) -> None:
    closed = Ground.from_settings(make_settings(stripe_webhook_secret=""))
    try:
        assert post(closed, event()).status_code == 404
    finally:
        closed.database.close()


def test_the_door_takes_posts_only(ground: Ground) -> None:
    app = Flask("door")
    app.register_blueprint(stripe_door.blueprint(ground))
    assert app.test_client().get("/webhooks/stripe").status_code == 405
