"""Stripe's webhooks as they come to our door, the second time too."""

import hashlib
import hmac
import json
from dataclasses import replace
from uuid import uuid4

from tests.payments.business import Business
from tests.sandbox.receiver import Received


def deliver(business: Business, webhook: Received) -> int:
    """The answer's status. Signed anew, as Stripe does for each try. Safe in any thread."""
    moment = int(business.ground.clock.now().timestamp())
    secret = business.ground.settings.stripe_webhook_secret.get_secret_value()
    signature = hmac.new(secret.encode(), f"{moment}.".encode() + webhook.body, hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={moment},v1={signature}", "Content-Type": "application/json"}
    client = business.client.application.test_client()
    return client.post("/webhooks/stripe", data=webhook.body, headers=headers).status_code


def retold(webhook: Received) -> Received:
    """The same fact under an id of its own."""
    told = {**json.loads(webhook.body), "id": f"evt_{uuid4().hex}"}
    return replace(webhook, body=json.dumps(told).encode())
