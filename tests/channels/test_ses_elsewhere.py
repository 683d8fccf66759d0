"""The same channel against a stand-in that others made (moto), so that ours does not only agree with itself.

Moto takes raw mails and refuses unverified senders as Amazon does; it ignores tags and knows no events.
"""

from collections.abc import Callable
from contextlib import closing
from uuid import UUID, uuid4

import boto3
import pytest
import requests

from app.channels.base import Outgoing
from app.channels.email.ses import SesChannel
from app.kit.errors import Retryable
from app.kit.settings import Settings
from tests.support.amazon import moto_url as moto_url

TENANT = UUID(int=1)


@pytest.fixture
def settings(make_settings: Callable[..., Settings], moto_url: str) -> Settings:
    requests.post(f"{moto_url}/moto-api/reset", timeout=5)
    keys = {"ses_access_key_id": "key", "ses_secret_access_key": "secret", "ses_region": "eu-west-1"}
    return make_settings(mail_transport="ses", ses_api_url=moto_url, **keys)


def outgoing() -> Outgoing:
    return Outgoing(
        marker=str(uuid4()),
        sender_name="Harbour Lane Joinery",
        reply_to="office@harbour.example",
        recipient="accounts@customer.example",
        subject="Invoice INV-1 over £10.00",
        text="Hello Zoë",
    )


def test_a_mail_is_taken_from_a_verified_sender(settings: Settings, moto_url: str) -> None:
    _verify(moto_url)
    with closing(SesChannel(settings, TENANT)) as channel:
        vendor_id = channel.send(outgoing())
    kept = requests.get(f"{moto_url}/moto-api/data.json", timeout=5).json()["ses"]
    (taken,) = kept["RawMessage"]
    assert taken["id"] == vendor_id
    assert taken["source"] == "Harbour Lane Joinery <reminders@duemate.example>"
    assert set(taken["destinations"]) == {"accounts@customer.example"}
    assert "Hello Zo=C3=AB" in taken["raw_data"]


def test_a_mail_of_an_unverified_sender_waits(settings: Settings) -> None:
    with closing(SesChannel(settings, TENANT)) as channel, pytest.raises(Retryable, match="verified"):
        channel.send(outgoing())


def _verify(moto_url: str) -> None:
    client = boto3.client(
        "sesv2",
        endpoint_url=moto_url,
        region_name="eu-west-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    client.create_email_identity(EmailIdentity="reminders@duemate.example")
    client.close()
