"""Mail that SES receives for us: told through SNS with its whole content.

docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html: an SNS action carries mails of up to
150 KB with their headers; a larger one comes back to its sender.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from sandbox.ses.events import moment
from sandbox.world import World

LARGEST = 150 * 1024


@dataclass(frozen=True)
class Verdicts:
    """What Amazon's filters think of a mail."""

    spam: str = "PASS"
    virus: str = "PASS"
    spf: str = "PASS"
    dkim: str = "PASS"
    dmarc: str = "PASS"


def written(*, sender: str, to: str, subject: str, text: str, at: datetime) -> bytes:
    """A plain mail as a person's mail program would write it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = at
    mail["Message-ID"] = f"<{at.timestamp()}@customer.example>"
    mail.set_content(text)
    return mail.as_bytes()


def receive(world: World, raw: bytes, *, envelope_from: str, to: str, verdicts: Verdicts) -> str:
    """Take a mail in and tell of it; the id SES gives it. ValueError if it is too large."""
    if len(raw) > LARGEST:
        raise ValueError("the mail is too large for an SNS notification and comes back to its sender")
    state, now = world.ses, world.clock.now()
    message_id = state.new_id().replace("-", "")[:40]
    told = {
        "notificationType": "Received",
        "mail": {
            "timestamp": moment(now),
            "source": envelope_from,
            "messageId": message_id,
            "destination": [to],
            "headersTruncated": False,
        },
        "receipt": _receipt(state.settings.ses_reply_topic, to, verdicts, now),
        "content": base64.b64encode(raw).decode(),
    }
    state.publisher.notify(state.settings.ses_reply_topic, json.dumps(told), name="received")
    return message_id


def _receipt(topic: str, to: str, verdicts: Verdicts, now: datetime) -> dict[str, Any]:
    return {
        "timestamp": moment(now),
        "processingTimeMillis": 574,
        "recipients": [to],
        "spamVerdict": {"status": verdicts.spam},
        "virusVerdict": {"status": verdicts.virus},
        "spfVerdict": {"status": verdicts.spf},
        "dkimVerdict": {"status": verdicts.dkim},
        "dmarcVerdict": {"status": verdicts.dmarc},
        "action": {"type": "SNS", "topicArn": topic, "encoding": "BASE64"},
    }
