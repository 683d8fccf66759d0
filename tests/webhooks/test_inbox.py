"""What machines say is stored once, and never more than an honest machine would say."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from flask import Flask, Response, request
from sqlalchemy import select

from app.connectors.base import ChangeNotice
from app.kit.ground import Ground
from app.models import InboundEvent, Route
from app.webhooks.inbox import LARGEST_BODY, empty, raw_body, receive
from tests.support.tenants import make_tenant


def notice(key: str, organisation: str = "unknown") -> ChangeNotice:
    return ChangeNotice(key, organisation, resource="INVOICE", record="i1")


def store(ground: Ground, *notices: ChangeNotice, source: str = "xero") -> list[tuple[UUID, UUID]]:
    """Tenant and connection of those that are new."""
    with ground.database.platform() as session:
        return receive(session, source, notices, now=ground.clock.now())


def rows(ground: Ground) -> list[InboundEvent]:
    with ground.database.platform() as session:
        return list(session.scalars(select(InboundEvent).order_by(InboundEvent.external_key)))


def route_of(ground: Ground, tenant_id: UUID) -> Route:
    with ground.database.platform() as session:
        return session.scalars(select(Route).where(Route.tenant_id == tenant_id)).one()


def test_an_event_is_stored_once_however_often_it_comes(ground: Ground) -> None:
    route = route_of(ground, make_tenant(ground))
    ours = [(route.tenant_id, route.subject_id)]
    first, second = notice("a", route.outside_key), notice("b", route.outside_key)
    assert store(ground, second, first, second) == ours
    assert store(ground, first, notice("c", route.outside_key)) == ours
    assert store(ground, first, second) == []
    assert [(row.external_key, row.handled_at, row.received_at) for row in rows(ground)] == [
        (key, None, ground.clock.now()) for key in "abc"
    ]


def test_what_is_nobodys_is_stored_as_handled(ground: Ground) -> None:
    route = route_of(ground, make_tenant(ground))
    assert store(ground, notice("a"), notice("b", route.outside_key)) == [(route.tenant_id, route.subject_id)]
    assert [row.handled_at for row in rows(ground)] == [ground.clock.now(), None]


def test_each_new_events_connection_is_told_once(ground: Ground) -> None:
    routes = [route_of(ground, make_tenant(ground)) for _ in range(3)]
    told = [notice(f"{number}:{route.outside_key}", route.outside_key) for route in routes for number in "12"]
    store(ground, *told[:2])
    assert sorted(store(ground, *told)) == sorted((route.tenant_id, route.subject_id) for route in routes[1:])


def test_two_vendors_may_use_the_same_key_and_the_same_ids(ground: Ground) -> None:
    route = route_of(ground, make_tenant(ground))
    assert store(ground, notice("a", route.outside_key), source="quickbooks") == []
    assert store(ground, notice("a", route.outside_key)) == [(route.tenant_id, route.subject_id)]
    assert len(rows(ground)) == 2


def test_the_same_deliveries_at_once_are_each_stored_once_and_never_wait_in_a_circle(ground: Ground) -> None:
    keys = [f"e{number:03}" for number in range(200)]
    orders = [keys, keys[::-1], keys[100:] + keys[:100]] * 4
    with ThreadPoolExecutor(len(orders)) as threads:
        list(threads.map(lambda order: store(ground, *map(notice, order)), orders))
    assert [row.external_key for row in rows(ground)] == keys


def an_app() -> Flask:
    app = Flask(__name__)

    @app.post("/")
    def take() -> Response:
        body = raw_body(request)
        return empty(413) if body is None else Response(str(len(body)))

    return app


def test_a_body_up_to_the_limit_is_read_whole_and_a_larger_one_not_at_all() -> None:
    client = an_app().test_client()
    assert client.post("/", data=b"x" * LARGEST_BODY).data == str(LARGEST_BODY).encode()
    assert client.post("/", data=b"x" * (LARGEST_BODY + 1)).status_code == 413


def test_a_form_is_read_raw_too() -> None:
    answer = (
        an_app().test_client().post("/", data=b"a=1&b=2", content_type="application/x-www-form-urlencoded")
    )
    assert answer.data == b"7"


def test_an_empty_answer_has_neither_body_nor_type_nor_cookie() -> None:
    with an_app().app_context():
        answer = empty(200)
    assert (answer.status_code, answer.data) == (200, b"")
    assert "Content-Type" not in answer.headers
    assert "Set-Cookie" not in answer.headers
