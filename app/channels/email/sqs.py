"""A queue of Amazon SQS that an SNS topic delivers to: read with long waits, each message deleted when it is stored.

docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide: what was received and not deleted comes again once
it has been hidden for a while, to any reader; after so many times a queue with a redrive policy sets it aside.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app.kit.errors import Retryable
from app.kit.settings import Settings

WAIT_SECONDS = 20
"""The longest that SQS lets a reader wait: fewest calls for nothing."""
_MOST_AT_ONCE = 10
# For so long nobody else is given what we have received: far longer than storing takes.
_HIDDEN_SECONDS = 120
_CONNECT_SECONDS, _ANSWER_SECONDS = 5, 15


@dataclass(frozen=True, slots=True)
class Queued:
    """One message as the queue holds it."""

    handle: str = field(repr=False)
    """Deletes this very delivery of it."""
    body: bytes = field(repr=False)


class MailQueue:
    """The queue of `SQS_QUEUE_URL`, with the credentials that SES is used with. Used by one thread."""

    def __init__(self, settings: Settings, *, wait_seconds: int = WAIT_SECONDS) -> None:
        """Connects to nothing yet."""
        self._url, self._wait = settings.sqs_queue_url, wait_seconds
        place = urlsplit(self._url)
        session = boto3.session.Session(
            aws_access_key_id=settings.ses_access_key_id or None,
            aws_secret_access_key=settings.ses_secret_access_key.get_secret_value() or None,
            region_name=settings.ses_region or None,
        )
        policy = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=wait_seconds + _ANSWER_SECONDS,
            retries={"total_max_attempts": 1},
            proxies={},
        )
        self._client: Any = session.client(
            "sqs", endpoint_url=f"{place.scheme}://{place.netloc}", config=policy
        )

    def receive(self) -> list[Queued]:
        """Up to ten messages, waited for; none if there were none. Raises Retryable."""
        try:
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_MOST_AT_ONCE,
                WaitTimeSeconds=self._wait,
                VisibilityTimeout=_HIDDEN_SECONDS,
            )
        except (ClientError, BotoCoreError) as away:
            raise Retryable(f"The queue of mail events cannot be read ({_why(away)}).") from away
        return [Queued(one["ReceiptHandle"], one["Body"].encode()) for one in answer.get("Messages", ())]

    def delete(self, message: Queued) -> None:
        """It is stored. Raises Retryable: then it comes again, which changes nothing."""
        try:
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message.handle)
        except (ClientError, BotoCoreError) as away:
            raise Retryable(f"The queue of mail events takes no deletions ({_why(away)}).") from away


def _why(failure: ClientError | BotoCoreError) -> str:
    """Amazon's word for it, or the kind of failure; no address and no key."""
    if isinstance(failure, ClientError):
        return str(failure.response.get("Error", {}).get("Code", "refused"))
    return type(failure).__name__
