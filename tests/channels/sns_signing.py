"""SNS messages as Amazon would sign them, with a key of this test's own."""

import base64
import json
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from app.channels.email.sns import MessageKind, signed_text

TOPIC = "arn:aws:sns:eu-west-1:111122223333:mail-events"
CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem"
KEY: RSAPrivateKey = generate_private_key(public_exponent=65537, key_size=2048)


def notification(content: str = "{}", *, at: datetime, **changes: str) -> dict[str, str]:
    """The fields of a notification, without its signature."""
    return {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Subject": "Amazon SES Email Event Notification",
        "Message": content,
        "Timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "SigningCertURL": CERTIFICATE,
        **changes,
    }


def signed(fields: dict[str, str], *, version: str = "2", key: RSAPrivateKey = KEY) -> bytes:
    """The body of the request, signed."""
    told = signed_text(fields, MessageKind(fields["Type"]))
    algorithm = SHA1() if version == "1" else SHA256()  # noqa: S303 (what version 1 is made with)
    signature = base64.b64encode(key.sign(told, PKCS1v15(), algorithm)).decode()
    return json.dumps({"SignatureVersion": version, "Signature": signature, **fields}).encode()
