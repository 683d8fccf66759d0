"""Webhooks: queued, signed anew for each try, posted over real HTTP, retried in virtual time."""

from sandbox.webhooks.delivery import Delivery
from sandbox.webhooks.sender import WebhookSender

__all__ = ["Delivery", "WebhookSender"]
