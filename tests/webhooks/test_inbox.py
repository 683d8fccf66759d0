"""What machines say is stored once, and never more than an honest machine would say."""

from flask import Flask, Response, request
from sqlalchemy import select

from app.kit.ground import Ground
from app.models import InboundEvent
from app.webhooks.inbox import LARGEST_BODY, empty, raw_body, receive


def stored(ground: Ground, key: str, *, source: str = "xero") -> bool:
    with ground.database.platform() as session:
        return receive(
            session,
            source=source,
            external_key=key,
            kind="INVOICE",
            outside_org="o1",
            subject="i1",
            now=ground.clock.now(),
        )


def test_an_event_is_stored_once_however_often_it_comes(ground: Ground) -> None:
    assert [stored(ground, "a"), stored(ground, "a"), stored(ground, "b")] == [True, False, True]
    with ground.database.platform() as session:
        rows = session.scalars(select(InboundEvent).order_by(InboundEvent.external_key)).all()
    assert [(row.external_key, row.handled_at, row.received_at) for row in rows] == [
        ("a", None, ground.clock.now()),
        ("b", None, ground.clock.now()),
    ]


def test_two_vendors_may_use_the_same_key(ground: Ground) -> None:
    assert stored(ground, "a")
    assert stored(ground, "a", source="stripe")


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
