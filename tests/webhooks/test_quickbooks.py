"""QuickBooks' door: many companies in one body, both formats, and the real thing from the sandbox."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from uuid import UUID

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

KEY = "quickbooks-webhook-local"
NOBODYS = "1234567890"


def event(realm: str, number: int = 1, entity: str = "invoice") -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": f"event-{number}",
        "type": f"qbo.{entity}.updated.v1",
        "time": "2026-11-20T09:31:25.179851517Z",
        "intuitentityid": str(1000 + number),
        "intuitaccountid": realm,
        "data": {},
    }


def older(realm: str, number: int) -> dict[str, object]:
    changed = {
        "id": str(number),
        "operation": "Update",
        "name": "Invoice",
        "lastUpdated": "2026-06-08T20:52:31Z",
    }
    return {"realmId": realm, "dataChangeEvent": {"entities": [changed]}}


def client_of(ground: Ground) -> FlaskClient:
    app = Flask(__name__)
    for door in blueprints(ground):
        app.register_blueprint(door)
    return app.test_client()


@pytest.fixture
def client(ground: Ground) -> FlaskClient:
    return client_of(ground)


@pytest.fixture
def realms(ground: Ground) -> list[str]:
    """Intuit's ids of three companies that are connected here."""
    tenants = [make_tenant(ground, ledger="quickbooks") for _ in range(3)]
    return [route(ground, tenant_id).outside_key for tenant_id in tenants]


def route(ground: Ground, tenant_id: UUID) -> Route:
    with ground.database.platform() as session:
        return session.scalars(select(Route).where(Route.tenant_id == tenant_id)).one()


def post(client: FlaskClient, told: object, header: str | None = None) -> TestResponse:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    signature = base64.b64encode(hmac.new(KEY.encode(), body, hashlib.sha256).digest()).decode()
    headers = {"intuit-signature": signature if header is None else header}
    return client.post("/webhooks/quickbooks", data=body, headers=headers, content_type="application/json")


def stored(ground: Ground) -> list[InboundEvent]:
    with ground.database.platform() as session:
        return list(session.scalars(select(InboundEvent).order_by(InboundEvent.external_key)))


def pulls(ground: Ground) -> list[Task]:
    with ground.database.platform() as session:
        return list(session.scalars(select(Task)))


def test_each_event_goes_to_its_own_company_and_each_company_is_pulled_once(
    ground: Ground, client: FlaskClient, realms: list[str]
) -> None:
    told = [event(realm, number) for number, realm in enumerate([*realms, *realms, NOBODYS])]
    answer = post(client, told)
    assert (answer.status_code, answer.data, answer.headers.get("Set-Cookie")) == (200, b"", None)
    assert [(row.outside_org, row.subject, row.handled_at is None) for row in stored(ground)] == [
        *((realm, str(1000 + number), True) for number, realm in enumerate([*realms, *realms])),
        (NOBODYS, "1006", False),
    ]
    with ground.database.platform() as session:
        connections = session.scalars(select(Route.subject_id)).all()
    assert {task.subject_id for task in pulls(ground)} == set(connections)
    assert len(pulls(ground)) == 3


def test_the_older_format_takes_the_same_way(ground: Ground, client: FlaskClient, realms: list[str]) -> None:
    notifications = [older(realm, number) for number, realm in enumerate([*realms, NOBODYS])]
    for _ in range(2):
        assert post(client, {"eventNotifications": notifications}).status_code == 200
    assert {(row.outside_org, row.subject) for row in stored(ground)} == {
        *((realm, str(number)) for number, realm in enumerate([*realms, NOBODYS]))
    }
    assert len(stored(ground)) == 4
    assert len(pulls(ground)) == 3


def test_events_delivered_again_in_another_order_ask_for_nothing_new(
    ground: Ground, client: FlaskClient, realms: list[str]
) -> None:
    told = [event(realm, number) for number, realm in enumerate(realms)]
    post(client, told)
    with ground.database.platform() as session:
        session.query(Task).delete()
    post(client, told[::-1])
    assert len(stored(ground)) == 3
    assert pulls(ground) == []


@pytest.mark.parametrize("header", ["", "forged"])
def test_a_forged_body_leaves_no_trace(
    ground: Ground, client: FlaskClient, realms: list[str], header: str
) -> None:
    assert post(client, [event(realms[0])], header).status_code == 401
    assert stored(ground) == []


def test_xeros_signature_opens_no_other_door(client: FlaskClient, realms: list[str]) -> None:
    body = json.dumps([event(realms[0])]).encode()
    signature = base64.b64encode(hmac.new(b"xero-webhook-local", body, hashlib.sha256).digest()).decode()
    assert post(client, body, signature).status_code == 401


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"[1]", b"[" * 60_000, b"\xff", b'[{"id":1}]'])
def test_a_signed_body_without_events_is_taken_and_means_nothing(
    ground: Ground, client: FlaskClient, body: bytes
) -> None:
    assert post(client, body).status_code == 200
    assert stored(ground) == []


def test_an_oversize_body_is_not_read(client: FlaskClient) -> None:
    assert post(client, b" " * (LARGEST_BODY + 1)).status_code == 413


def test_without_a_verifier_token_there_is_no_door(
    ground: Ground, make_settings: Callable[..., Settings]
) -> None:
    bare = Ground.from_settings(make_settings(quickbooks_webhook_token=""), clock=ground.clock)
    assert post(client_of(bare), []).status_code == 404
    bare.database.close()


@pytest.fixture
def served(sandbox_ground: Ground, receiver: Receiver) -> Iterator[FlaskClient]:
    """The whole app behind the address that the sandbox sends QuickBooks' webhooks to."""
    client = create_app(sandbox_ground).test_client()
    lock = threading.Lock()

    def take(received: Received) -> int:
        with lock:
            headers = {"intuit-signature": received.headers["intuit-signature"]}
            answer = client.post("/webhooks/quickbooks", data=received.body, headers=headers)
            assert "Set-Cookie" not in answer.headers
            return answer.status_code

    receiver.answer = take
    yield client
    receiver.answer = None


@pytest.mark.usefixtures("served")
def test_an_edit_in_quickbooks_asks_for_a_pull_of_its_company(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground, "quickbooks")
    with sandbox_ground.database.platform() as session:
        session.query(Task).delete()
    books = sandbox.get("/control/quickbooks/ledger").json()
    invoice = next(invoice for invoice in books["invoices"] if invoice["status"] == "AUTHORISED")
    sandbox.control(f"quickbooks/invoices/{invoice['number']}/pay")
    sandbox.advance(seconds=600)  # Intuit gathers events for a while
    wait_until(lambda: pulls(sandbox_ground))
    assert [(task.kind, task.subject_id) for task in pulls(sandbox_ground)] == [
        ("sync.pull", tenant.connection_id)
    ]
    wait_until(lambda: invoice["id"] in {row.subject for row in stored(sandbox_ground)})
    assert {row.outside_org for row in stored(sandbox_ground)} == {books["organisation"]["id"]}
