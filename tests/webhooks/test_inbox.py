"""What machines say is stored once, and never more than an honest machine would say."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask, Response, request
from sqlalchemy import select

from app.kit.ground import Ground
from app.models import InboundEvent
from app.webhooks.inbox import LARGEST_BODY, Event, empty, raw_body, receive


def event(key: str, *, is_ours: bool = True) -> Event:
    return Event(key, kind="INVOICE", outside_org="o1", subject="i1", is_ours=is_ours)


def stored(ground: Ground, *events: Event, source: str = "xero") -> list[str]:
    """The keys of those that are new."""
    with ground.database.platform() as session:
        return [event.external_key for event in receive(session, source, events, now=ground.clock.now())]


def rows(ground: Ground) -> list[InboundEvent]:
    with ground.database.platform() as session:
        return list(session.scalars(select(InboundEvent).order_by(InboundEvent.external_key)))


def test_an_event_is_stored_once_however_often_it_comes(ground: Ground) -> None:
    assert stored(ground, event("b"), event("a"), event("b")) == ["a", "b"]
    assert stored(ground, event("a"), event("c")) == ["c"]
    assert stored(ground, event("a")) == []
    assert [(row.external_key, row.handled_at, row.received_at) for row in rows(ground)] == [
        (key, None, ground.clock.now()) for key in "abc"
    ]


def test_what_is_not_ours_is_stored_as_handled(ground: Ground) -> None:
    stored(ground, event("a", is_ours=False), event("b"))
    assert [row.handled_at for row in rows(ground)] == [ground.clock.now(), None]


def test_two_vendors_may_use_the_same_key(ground: Ground) -> None:
    assert stored(ground, event("a")) == ["a"]
    assert stored(ground, event("a"), source="stripe") == ["a"]


def test_the_same_deliveries_at_once_are_each_stored_once_and_never_wait_in_a_circle(ground: Ground) -> None:
    keys = [f"e{number:03}" for number in range(200)]
    orders = [keys, keys[::-1], keys[100:] + keys[:100]] * 4
    with ThreadPoolExecutor(len(orders)) as threads:
        new = list(threads.map(lambda order: stored(ground, *map(event, order)), orders))
    assert sorted(key for found in new for key in found) == keys


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
