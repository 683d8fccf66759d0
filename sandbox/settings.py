"""What can be set about the sandbox from the environment, with the defaults of a development machine."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_APP = "http://127.0.0.1:8400"
_APP_BY_NAME = "http://localhost:8400"


def _redirects(ledger: str) -> str:
    """Where a ledger sends its users back to: the app's two doors, under both of its local names."""
    return " ".join(
        f"{app}/{door}/{ledger}/callback" for door in ("connect", "sign-in") for app in (_APP, _APP_BY_NAME)
    )


class SandboxSettings(BaseSettings):
    """Read once at start. The name of a variable is SANDBOX_ and the field's name in capitals."""

    model_config = SettingsConfigDict(env_prefix="SANDBOX_", extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8401, description="HTTP port; 0 takes a free one.")
    smtp_port: int = Field(8402, description="SMTP port; 0 takes a free one.")
    public_url: str = Field("", description="Used in links handed out. Empty: http://127.0.0.1:<port>.")
    company: str = Field("demo", description="demo, large, large:N, or the path of a JSON or CSV file.")
    seed: int = Field(7, description="Same seed, same company, same twists of delivery.")
    clock_file: Path | None = Field(None, description="Where the offset of virtual time is kept.")
    app_url: str = Field(_APP, description="The workspace; only the control page's link uses it.")

    xero_client_id: str = Field("duemate-local", description="Client id of the registered Xero app.")
    xero_client_secret: str = Field("duemate-local-secret", description="Its secret.")
    xero_redirect_uris: str = Field(_redirects("xero"), description="Its redirect URIs, space separated.")
    xero_webhook_url: str = Field(f"{_APP}/webhooks/xero", description="Where Xero's webhooks go.")
    xero_webhook_key: str = Field("xero-webhook-local", description="Signs Xero's webhooks.")
    xero_daily_limit: int = Field(5000, description="Calls per organisation and day; 1000 as a starter app.")

    quickbooks_client_id: str = Field(
        "duemate-quickbooks-local", description="Client id of the app registered with Intuit."
    )
    quickbooks_client_secret: str = Field("duemate-quickbooks-local-secret", description="Its secret.")
    quickbooks_redirect_uris: str = Field(
        _redirects("quickbooks"), description="Its redirect URIs, space separated."
    )
    quickbooks_webhook_url: str = Field(
        f"{_APP}/webhooks/quickbooks", description="Where QuickBooks' webhooks go."
    )
    quickbooks_webhook_token: str = Field("quickbooks-webhook-local", description="Signs them.")
    quickbooks_webhook_format: Literal["cloudevents", "legacy"] = Field(
        "cloudevents", description="How they are written; legacy is the format until July 2026."
    )
    quickbooks_kill_family: bool = Field(
        True, description="A second refresh at the same moment, or with a stale value, ends the connection."
    )

    stripe_key: str = Field("sk_test_duemate_local", description="The platform's secret key.")
    stripe_webhook_url: str = Field(f"{_APP}/webhooks/stripe", description="The Connect webhook endpoint.")
    stripe_webhook_secret: str = Field("whsec_duemate_local", description="Signs Stripe's webhooks.")
    stripe_balance_delay: float = Field(
        5, description="Virtual seconds until a charge has its balance transaction."
    )
    stripe_debit_days: float = Field(3, description="Virtual days until a bank debit succeeds or fails.")
    stripe_payout_days: float = Field(2, description="Virtual days until a payout reaches the bank.")
    stripe_untidy: bool = Field(
        True, description="Deliver every fifth event twice and some out of order, as the real thing does."
    )

    twilio_account_sid: str = Field("AC" + "0" * 31 + "1", description="The platform's account at Twilio.")
    twilio_auth_token: str = Field("twilio-token-local", description="Its token.")

    ses_access_key_id: str = Field("duemate-ses-local", description="The platform's key at Amazon.")
    ses_identity: str = Field("duemate.example", description="The domain that may send by SES.")
    ses_configuration_set: str = Field("duemate", description="The configuration set that there is.")
    ses_event_topic: str = Field(
        "arn:aws:sns:eu-west-1:111122223333:mail-events", description="Where events of mails are told."
    )
    ses_reply_topic: str = Field(
        "arn:aws:sns:eu-west-1:111122223333:mail-replies", description="Where mail to us is told."
    )
    ses_webhook_url: str = Field(f"{_APP}/webhooks/sns", description="Who listens to both topics.")
    ses_signature_version: Literal[1, 2] = Field(
        2, description="How SNS signs: 1 with SHA-1, 2 with SHA-256."
    )
    ses_delivery_delay: float = Field(
        1, description="Virtual seconds until a mail is delivered or comes back."
    )

    smtp_user: str = Field("", description="With a password: SMTP clients must log in.")
    smtp_password: str = Field("", description="See SANDBOX_SMTP_USER.")
    smtp_size_limit: int = Field(10_000_000, description="Largest mail accepted, in bytes.")

    @property
    def redirect_uris(self) -> tuple[str, ...]:
        """The redirect URIs that Xero knows of the app; a request must match one exactly."""
        return tuple(self.xero_redirect_uris.split())

    @property
    def redirect_uris_of_quickbooks(self) -> tuple[str, ...]:
        """The same for QuickBooks."""
        return tuple(self.quickbooks_redirect_uris.split())
