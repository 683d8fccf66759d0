"""Events of mails by way of a queue, against a stand-in of Amazon's that others made (moto), over real HTTP."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from sqlalchemy import text

from app.channels.email.sqs import MailQueue
from app.kit.errors import Retryable
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.reminders.mail_queue import listen, take_all
from tests.channels.sns_signing import KEY, TOPIC, notification, signed
from tests.sandbox.client import wait_until
from tests.support.amazon import moto_url as moto_url
from tests.support.tenants import make_tenant

NO_DATABASE = "postgresql+psycopg://duemate_app@127.0.0.1:1/none"


class Line:
    """The queue as its owner sees it, and the installation that reads it."""

    def __init__(self, url: str, make_settings: Callable[..., Settings]) -> None:
        self._sqs: Any = boto3.client(
            "sqs",
            region_name="eu-west-1",
            endpoint_url=url,
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )
        self.url = str(self._sqs.create_queue(QueueName=f"mail-{uuid4()}")["QueueUrl"])
        known = {"ses_region": "eu-west-1", "ses_access_key_id": "key", "ses_secret_access_key": "secret"}
        self.ground = Ground.from_settings(
            make_settings(sns_topics=TOPIC, sqs_queue_url=self.url, **known), pool_size=2
        )
        self.tenant_id: UUID = make_tenant(self.ground)
        self.queue = MailQueue(self.ground.settings, wait_seconds=1)

    def put(self, body: bytes) -> None:
        self._sqs.send_message(QueueUrl=self.url, MessageBody=body.decode())

    def event(self, **changes: str) -> bytes:
        """What SNS puts there when Amazon has taken a mail of the tenant's."""
        tags = {"tenant": [str(self.tenant_id)], "marker": [str(uuid4())]}
        content = json.dumps({"eventType": "Send", "mail": {"messageId": "m-1", "tags": tags}})
        told = notification(content, at=self.ground.clock.now(), MessageId=str(uuid4()), **changes)
        return signed(told)

    def left(self) -> int:
        """How many messages are on the queue, whoever is looking at them."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        told = self._sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return sum(int(count) for count in told.values())

    def take(self, key_of: Callable[[str], RSAPublicKey] = lambda _: KEY.public_key()) -> bool:
        return take_all(self.ground, self.queue, key_of=key_of)

    def stored(self) -> int:
        with self.ground.database.tenant(self.tenant_id) as session:
            return int(session.execute(text("SELECT count(*) FROM mail_event")).scalar_one())

    def asked(self) -> int:
        with self.ground.database.platform() as session:
            told = "SELECT count(*) FROM task WHERE kind = 'reminders.apply_mail_event' AND tenant_id = :id"
            return int(session.execute(text(told), {"id": self.tenant_id}).scalar_one())


@pytest.fixture
def line(moto_url: str, make_settings: Callable[..., Settings]) -> Iterator[Line]:
    found = Line(moto_url, make_settings)
    yield found
    found.ground.database.close()


def test_what_is_on_the_queue_is_stored_once_and_deleted(line: Line) -> None:
    twice = line.event()
    for body in (twice, line.event(), twice):
        line.put(body)
    assert line.take()
    assert (line.stored(), line.asked(), line.left()) == (2, 2, 0)


def test_what_amazon_did_not_sign_for_us_stays_there_and_keeps_nothing_else_back(line: Line) -> None:
    forged = json.loads(line.event())
    forged["Message"] += " "
    strangers = line.event(TopicArn="arn:aws:sns:eu-west-1:999999999999:somebody-elses")
    for body in (json.dumps(forged).encode(), strangers, b"raw delivery", line.event()):
        line.put(body)
    assert not line.take()
    assert (line.stored(), line.left()) == (1, 3)


def test_what_cannot_be_verified_or_stored_now_stays_there(
    line: Line, make_settings: Callable[..., Settings]
) -> None:
    def nobody_answers(_: str) -> RSAPublicKey:
        raise Retryable("Amazon's certificates cannot be read.")

    line.put(line.event())
    assert not line.take(nobody_answers)
    assert (line.stored(), line.left()) == (0, 1)
    away = Ground.from_settings(make_settings(database_url=NO_DATABASE, sns_topics=TOPIC), pool_size=1)
    line.put(line.event())
    assert not take_all(away, line.queue, key_of=lambda _: KEY.public_key())
    assert (line.stored(), line.left()) == (0, 2)


def test_the_listener_reads_until_it_is_told_to_stop(line: Line) -> None:
    stopped = threading.Event()
    reader = threading.Thread(target=listen, args=(line.ground, stopped), daemon=True)
    line.put(b"nonsense")
    reader.start()
    wait_until(lambda: line.queue.receive() == [])
    stopped.set()
    reader.join(30)
    assert not reader.is_alive()


def test_a_queue_that_cannot_be_reached_is_waited_for(
    line: Line, make_settings: Callable[..., Settings]
) -> None:
    nowhere = make_settings(
        sqs_queue_url="http://127.0.0.1:1/1/none", ses_region="eu-west-1", sns_topics=TOPIC
    )
    assert not take_all(line.ground, MailQueue(nowhere, wait_seconds=1), key_of=lambda _: KEY.public_key())


def test_without_a_queue_nobody_listens(ground: Ground) -> None:
    listen(ground, threading.Event())
