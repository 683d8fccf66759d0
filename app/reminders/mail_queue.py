"""The other way that Amazon's messages come: by a queue that is read, where no address of ours can be posted to.

Each message carries SNS's signature, which is verified here as at the door. What is not believed, or cannot be stored
now, stays on the queue: it comes again, and the queue's own redrive policy sets aside what never goes through.
"""

import threading
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from app.channels.email.sns import ForgedMessage, read_message
from app.channels.email.sns_certificates import Certificates
from app.channels.email.sqs import MailQueue, Queued
from app.kit.errors import DueMateError
from app.kit.ground import Ground
from app.kit.log import get_log, without_message
from app.reminders.sns_hearing import hear, trust_of
from app.tasks.listeners import listens

_AFTER_FAILURE_SECONDS = 5.0
_log = get_log("reminders")


@listens("reminders.mail_queue")
def listen(ground: Ground, stopped: threading.Event) -> None:
    """Read the queue until `stopped`, if one is set. Several may: an event that comes twice is stored once."""
    if not ground.settings.sqs_queue_url:
        return
    queue, key_of = MailQueue(ground.settings), Certificates().key_of
    while not stopped.is_set():
        if not take_all(ground, queue, key_of=key_of):
            stopped.wait(_AFTER_FAILURE_SECONDS)


def take_all(ground: Ground, queue: MailQueue, *, key_of: Callable[[str], RSAPublicKey]) -> bool:
    """Store what is on the queue now, and delete what is stored; False if anything went wrong."""
    try:
        waiting = queue.receive()
    except DueMateError as away:
        _log.warning("mail_queue.waiting", reason=away.reason)
        return False
    went_well = [_take(ground, queue, one, key_of=key_of) for one in waiting]
    return all(went_well)


def _take(ground: Ground, queue: MailQueue, one: Queued, *, key_of: Callable[[str], RSAPublicKey]) -> bool:
    try:
        message = read_message(one.body, trust_of(ground.settings), key_of=key_of, now=ground.clock.now())
        hear(ground, message)
        queue.delete(one)
    except ForgedMessage as forged:
        _log.warning("mail_queue.forged", reason=forged.reason)
    except DueMateError as later:
        _log.warning("mail_queue.later", reason=later.reason)
    except Exception as surprise:  # noqa: BLE001 (one message must not keep the others from being read)
        _log.error("mail_queue.failed", **without_message(surprise))
    else:
        return True
    return False
