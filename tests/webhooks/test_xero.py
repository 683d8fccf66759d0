"""Xero's door: forged, replayed, oversize and foreign webhooks, and the real thing from the sandbox."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import InboundEvent, Route, Task
from app.web.application import create_app
from app.webhooks import blueprints
from app.webhooks.inbox import LARGEST_BODY
from tests.connectors.consent import connect
from tests.sandbox.client import SandboxClient, wait_until
from tests.sandbox.receiver import Received, Receiver
from tests.support.tenants import make_tenant
from tests.sync.books import in_ledger, in_mirror, pull_now, sales

KEY = "xero-webhook-local"


def signature(body: bytes, key: str = KEY) -> str:
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


def event(organisation: str, record: str = "i1", at: str = "2026-11-20T09:59:00.123") -> dict[str, str]:
    return {
        "resourceUrl": f"https://api.xero.com/api.xro/2.0/Invoices/{record}",
        "resourceId": record,
        "eventDateUtc": at,
        "eventType": "UPDATE",
        "eventCategory": "INVOICE",
        "tenantId": organisation,
        "tenantType": "ORGANISATION",
    }


def body_of(*events: dict[str, str]) -> bytes:
    return json.dumps(
        {"events": events, "firstEventSequence": 1, "lastEventSequence": 1, "entropy": "x"}
    ).encode()


@pytest.fixture
def client(ground: Ground) -> FlaskClient:
    app = Flask(__name__)
    for door in blueprints(ground):
        app.register_blueprint(door)
    return app.test_client()


@pytest.fixture
def organisation(ground: Ground) -> str:
    """Xero's id of an organisation that is connected here."""
    tenant_id = make_tenant(ground)
    with ground.database.platform() as session:
        return session.scalars(select(Route.outside_key).where(Route.tenant_id == tenant_id)).one()


def post(client: FlaskClient, body: bytes, header: str | None = None) -> TestResponse:
    headers = {"x-xero-signature": signature(body) if header is None else header}
    return client.post("/webhooks/xero", data=body, headers=headers, content_type="application/json")


def stored(ground: Ground) -> list[InboundEvent]:
    with ground.database.platform() as session:
        return list(session.scalars(select(InboundEvent).order_by(InboundEvent.external_key)))


def tasks(ground: Ground) -> list[Task]:
    with ground.database.platform() as session:
        return list(session.scalars(select(Task)))


def test_a_genuine_event_is_stored_and_asks_for_one_pull(
    ground: Ground, client: FlaskClient, organisation: str
) -> None:
    answer = post(client, body_of(event(organisation), event(organisation, "i2")))
    assert (answer.status_code, answer.data, answer.headers.get("Set-Cookie")) == (200, b"", None)
    assert [(row.kind, row.subject, row.handled_at) for row in stored(ground)] == [
        ("INVOICE", "i1", None),
        ("INVOICE", "i2", None),
    ]
    [task] = tasks(ground)
    assert (task.kind, task.key) == ("sync.pull", f"sync.pull:{task.subject_id}")


@pytest.mark.parametrize("header", ["", "forged", signature(b"another body")])
def test_a_forged_event_is_refused_and_leaves_no_trace(
    ground: Ground, client: FlaskClient, organisation: str, header: str
) -> None:
    answer = post(client, body_of(event(organisation)), header)
    assert (answer.status_code, answer.data) == (401, b"")
    assert stored(ground) == []
    assert tasks(ground) == []


def test_without_a_signature_it_is_forged(client: FlaskClient, organisation: str) -> None:
    assert client.post("/webhooks/xero", data=body_of(event(organisation))).status_code == 401


def test_a_replayed_event_is_stored_once_and_asks_for_nothing_new(
    ground: Ground, client: FlaskClient, organisation: str
) -> None:
    post(client, body_of(event(organisation)))
    with ground.database.platform() as session:
        session.query(Task).delete()
    assert post(client, body_of(event(organisation))).status_code == 200
    assert len(stored(ground)) == 1
    assert tasks(ground) == []


def test_an_unknown_organisation_is_stored_as_nobodys(
    ground: Ground, client: FlaskClient, organisation: str
) -> None:
    stranger = str(uuid4())
    assert post(client, body_of(event(stranger), event(organisation))).status_code == 200
    assert {row.outside_org: row.handled_at for row in stored(ground)} == {
        stranger: ground.clock.now(),
        organisation: None,
    }
    assert len(tasks(ground)) == 1


def test_an_oversize_body_is_not_read(ground: Ground, client: FlaskClient, organisation: str) -> None:
    large = body_of(event(organisation, record="x" * LARGEST_BODY))
    answer = post(client, large)
    assert (answer.status_code, answer.data) == (413, b"")
    assert stored(ground) == []


def test_without_a_key_there_is_no_door(ground: Ground, make_settings: Callable[..., Settings]) -> None:
    bare = Ground.from_settings(make_settings(xero_webhook_key=""), clock=ground.clock)
    app = Flask(__name__)
    for door in blueprints(bare):
        app.register_blueprint(door)
    body = body_of()
    answer = app.test_client().post(
        "/webhooks/xero", data=body, headers={"x-xero-signature": signature(body, "")}
    )
    assert (answer.status_code, answer.data) == (404, b"")
    bare.database.close()


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"[]", b'{"events":[{"half":1}]}', b'{"events":[],"entropy":"S"}']
)
def test_a_signed_body_without_events_is_taken_and_means_nothing(
    ground: Ground, client: FlaskClient, body: bytes
) -> None:
    assert post(client, body).status_code == 200
    assert stored(ground) == []
    assert tasks(ground) == []


def test_the_door_takes_posts_only(client: FlaskClient) -> None:
    assert client.get("/webhooks/xero").status_code == 405


@pytest.fixture
def served(sandbox_ground: Ground, receiver: Receiver) -> Iterator[FlaskClient]:
    """The whole app behind the address that the sandbox sends Xero's webhooks to."""
    client = create_app(sandbox_ground).test_client()
    lock = threading.Lock()

    def take(received: Received) -> int:
        with lock:
            headers = {"x-xero-signature": received.headers["x-xero-signature"]}
            answer = client.post("/webhooks/xero", data=received.body, headers=headers)
            assert answer.data == b""
            assert "Set-Cookie" not in answer.headers
            return answer.status_code

    receiver.answer = take
    yield client
    receiver.answer = None


@pytest.mark.usefixtures("served")
def test_the_sandboxs_intent_to_receive_is_satisfied(sandbox: SandboxClient) -> None:
    probes: Any = sandbox.control("xero/webhooks/intent-to-receive")
    assert {probe["status"] for probe in probes} == {200, 401}
    assert all(probe["ok"] for probe in probes), probes


@pytest.mark.usefixtures("served")
def test_an_edit_in_xero_reaches_the_mirror_through_its_webhook(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    pull_now(sandbox_ground, tenant)
    with sandbox_ground.database.platform() as session:
        session.query(Task).delete()
    invoice = next(invoice for invoice in sales(sandbox) if invoice["status"] == "AUTHORISED")
    sandbox.control(f"xero/invoices/{invoice['number']}/pay")
    wait_until(lambda: tasks(sandbox_ground))
    assert [task.kind for task in tasks(sandbox_ground)] == ["sync.pull"]
    assert invoice["id"] in {row.subject for row in stored(sandbox_ground)}
    pull_now(sandbox_ground, tenant)
    assert in_mirror(sandbox_ground, tenant) == in_ledger(sandbox)
