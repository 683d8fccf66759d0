"""What the measured product is told of its surroundings: a database, a Redis, and the sandbox for every vendor."""

import base64

from tests.sandbox.client import SandboxClient

# Nobody listens there: for what rings no bell.
NO_REDIS = "redis://127.0.0.1:9"


def bare_environment(database_url: str, redis_url: str = NO_REDIS) -> dict[str, str]:
    """Environment variables for a process of the product that asks no vendor."""
    return {
        "ENVIRONMENT": "development",
        "PUBLIC_URL": "http://127.0.0.1:8400",
        "SECRET_KEY": "s" * 32,
        "MASTER_KEY": base64.b64encode(b"k" * 32).decode(),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "LOG_LEVEL": "WARNING",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_SECURITY": "none",
        "MAIL_SENDER": "reminders@duemate.example",
    }


def environment(database_url: str, redis_url: str, sandbox: SandboxClient) -> dict[str, str]:
    """The same, with both ledgers and mail at the sandbox."""
    return {
        **bare_environment(database_url, redis_url),
        "CLOCK_FILE": str(sandbox.clock_file),
        "XERO_CLIENT_ID": "duemate-local",
        "XERO_CLIENT_SECRET": "duemate-local-secret",
        "XERO_AUTHORIZE_URL": f"{sandbox.url}/xero/identity/connect/authorize",
        "XERO_IDENTITY_URL": f"{sandbox.url}/xero",
        "XERO_API_URL": f"{sandbox.url}/xero",
        "QUICKBOOKS_CLIENT_ID": "duemate-quickbooks-local",
        "QUICKBOOKS_CLIENT_SECRET": "duemate-quickbooks-local-secret",
        "QUICKBOOKS_DISCOVERY_URL": f"{sandbox.url}/quickbooks/.well-known/openid_configuration",
        "QUICKBOOKS_API_URL": f"{sandbox.url}/quickbooks",
        "SMTP_PORT": str(sandbox.smtp_port),
        "MAIL_SEARCH_URL": f"{sandbox.url}/mail/api/accepted",
    }
