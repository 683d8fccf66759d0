"""Where everything runs locally: ports, folders, secrets made once, and each process's environment."""

import base64
import json
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.kit.clock import OffsetFileClock
from app.kit.ground import Ground
from app.kit.settings import Settings

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Site:
    """One local installation with its sandbox."""

    folder: Path
    web_port: int
    sandbox_port: int
    smtp_port: int
    environment: Mapping[str, str]
    """For every process; holds the secrets, so it is never printed."""

    @property
    def web_url(self) -> str:
        return f"http://{LOOPBACK}:{self.web_port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://{LOOPBACK}:{self.sandbox_port}"

    @property
    def clock_file(self) -> Path:
        return self.folder / "clock"

    def ground(self) -> Ground:
        """The ground as the processes of this site have it."""
        values = {name.lower(): value for name, value in self.environment.items()}
        settings = Settings.model_validate(values)
        return Ground.from_settings(settings, clock=OffsetFileClock(self.clock_file), pool_size=2)


def free_port(wished: int) -> int:
    """`wished` if nobody listens there (0: any), else another free port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, wished))
        except OSError:
            probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def make_site(
    *, folder: Path, ports: tuple[int, int, int], database_url: str, owner_url: str, redis_url: str
) -> Site:
    """A site on free ports near the wished ones (web, sandbox, mail), with secrets kept in its folder."""
    web, sandbox, smtp = (free_port(port) for port in ports)
    keys = _secrets(folder / "secrets.json")
    here, there = f"http://{LOOPBACK}:{web}", f"http://{LOOPBACK}:{sandbox}"
    environment = {
        "ENVIRONMENT": "development",
        "PUBLIC_URL": here,
        "SECRET_KEY": keys["secret_key"],
        "MASTER_KEY": keys["master_key"],
        "DATABASE_URL": database_url,
        "DATABASE_OWNER_URL": owner_url,
        "REDIS_URL": redis_url,
        "CLOCK_FILE": str(folder / "clock"),
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "INFO"),
        "XERO_CLIENT_ID": "duemate-local",
        "XERO_CLIENT_SECRET": keys["xero_client_secret"],
        "XERO_WEBHOOK_KEY": keys["xero_webhook_key"],
        "XERO_AUTHORIZE_URL": f"{there}/xero/identity/connect/authorize",
        "XERO_IDENTITY_URL": f"{there}/xero",
        "XERO_API_URL": f"{there}/xero",
        "QUICKBOOKS_CLIENT_ID": "duemate-quickbooks-local",
        "QUICKBOOKS_CLIENT_SECRET": "duemate-quickbooks-local-secret",
        "QUICKBOOKS_WEBHOOK_TOKEN": "quickbooks-webhook-local",
        "QUICKBOOKS_DISCOVERY_URL": f"{there}/quickbooks/.well-known/openid_configuration",
        "QUICKBOOKS_API_URL": f"{there}/quickbooks",
        "STRIPE_SECRET_KEY": keys["stripe_secret_key"],
        "STRIPE_WEBHOOK_SECRET": keys["stripe_webhook_secret"],
        "STRIPE_API_URL": f"{there}/stripe",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 31 + "1",
        "TWILIO_AUTH_TOKEN": keys["twilio_auth_token"],
        "TWILIO_API_URL": f"{there}/twilio/api",
        "TWILIO_MESSAGING_URL": f"{there}/twilio/messaging",
        "TWILIO_CONTENT_URL": f"{there}/twilio/content",
        "SMTP_HOST": LOOPBACK,
        "SMTP_PORT": str(smtp),
        "SMTP_SECURITY": "none",
        "MAIL_SENDER": "reminders@duemate.example",
        "MAIL_SEARCH_URL": f"{there}/mail/api/accepted",
        "REPLY_DOMAIN": "reply.duemate.example",
        "SNS_TOPICS": "arn:aws:sns:eu-west-1:111122223333:mail-events arn:aws:sns:eu-west-1:111122223333:mail-replies",
        "SNS_STAND_INS": f"{LOOPBACK}:{sandbox}",
    }
    return Site(folder, web, sandbox, smtp, environment | _sandbox_side(environment))


def _sandbox_side(product: Mapping[str, str]) -> dict[str, str]:
    """The same secrets as the vendors hold them."""
    here = product["PUBLIC_URL"]
    return {
        "SANDBOX_XERO_CLIENT_ID": product["XERO_CLIENT_ID"],
        "SANDBOX_XERO_CLIENT_SECRET": product["XERO_CLIENT_SECRET"],
        "SANDBOX_XERO_REDIRECT_URIS": f"{here}/sign-in/xero/callback {here}/connect/xero/callback",
        "SANDBOX_XERO_WEBHOOK_URL": f"{here}/webhooks/xero",
        "SANDBOX_XERO_WEBHOOK_KEY": product["XERO_WEBHOOK_KEY"],
        "SANDBOX_QUICKBOOKS_CLIENT_ID": product["QUICKBOOKS_CLIENT_ID"],
        "SANDBOX_QUICKBOOKS_CLIENT_SECRET": product["QUICKBOOKS_CLIENT_SECRET"],
        "SANDBOX_QUICKBOOKS_REDIRECT_URIS": (
            f"{here}/sign-in/quickbooks/callback {here}/connect/quickbooks/callback"
        ),
        "SANDBOX_QUICKBOOKS_WEBHOOK_URL": f"{here}/webhooks/quickbooks",
        "SANDBOX_QUICKBOOKS_WEBHOOK_TOKEN": product["QUICKBOOKS_WEBHOOK_TOKEN"],
        "SANDBOX_STRIPE_KEY": product["STRIPE_SECRET_KEY"],
        "SANDBOX_TWILIO_ACCOUNT_SID": product["TWILIO_ACCOUNT_SID"],
        "SANDBOX_TWILIO_AUTH_TOKEN": product["TWILIO_AUTH_TOKEN"],
        "SANDBOX_SES_WEBHOOK_URL": f"{here}/webhooks/sns",
        "SANDBOX_STRIPE_WEBHOOK_URL": f"{here}/webhooks/stripe",
        "SANDBOX_STRIPE_WEBHOOK_SECRET": product["STRIPE_WEBHOOK_SECRET"],
    }


def _secrets(path: Path) -> dict[str, str]:
    """Those kept, and what an earlier version did not know yet."""
    kept = dict(json.loads(path.read_text())) if path.exists() else {}
    whole = _new_secrets() | kept
    if whole != kept:
        path.touch(mode=0o600)
        path.write_text(json.dumps(whole))
    return whole


def _new_secrets() -> dict[str, str]:
    return {
        "secret_key": secrets.token_urlsafe(48),
        "master_key": base64.b64encode(secrets.token_bytes(32)).decode(),
        "xero_client_secret": secrets.token_urlsafe(24),
        "xero_webhook_key": secrets.token_urlsafe(24),
        "stripe_secret_key": f"sk_test_{secrets.token_hex(16)}",
        "stripe_webhook_secret": f"whsec_{secrets.token_hex(16)}",
        "twilio_auth_token": secrets.token_hex(16),
    }
