"""Every setting, typed, from the environment. Production starts only with settings that are safe."""

import base64
import binascii
from functools import cached_property
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.kit.errors import ConfigurationError
from app.kit.sealing import KEY_BYTES


class Settings(BaseSettings):
    """Read once at start. The name of a variable is the field's name in capitals."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", frozen=True)

    environment: Literal["development", "production"] = Field(
        "production", description="`development` allows plain HTTP, a movable clock and the sandbox's keys."
    )
    public_url: str = Field(
        description="Address under which browsers and vendors reach the app, without a path."
    )
    secret_key: SecretStr = Field(description="Signs session cookies. At least 32 characters.")
    master_key: SecretStr = Field(description="Wraps each tenant's data key. 32 random bytes in base64.")
    database_url: SecretStr = Field(
        description="PostgreSQL for the app's own role (no owner, under row security)."
    )
    database_owner_url: SecretStr | None = Field(
        None, description="PostgreSQL for the role that owns the tables; only migrations use it."
    )
    redis_url: SecretStr = Field(
        description="Redis: the tasks' bell and the count of calls to ledgers. Holds ids and numbers only."
    )
    clock_file: Path | None = Field(
        None, description="File with an offset in seconds that moves the clock. Refused in production."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged.")

    xero_client_id: str = Field("", description="Client id of the app at Xero. Empty: Xero is not offered.")
    xero_client_secret: SecretStr = Field(SecretStr(""), description="Client secret of the app at Xero.")
    xero_webhook_key: SecretStr = Field(
        SecretStr(""), description="Signing key of Xero's webhooks. Empty: their address answers 404."
    )
    xero_authorize_url: str = Field(
        "https://login.xero.com/identity/connect/authorize", description="Where users consent."
    )
    xero_identity_url: str = Field("https://identity.xero.com", description="Xero's token service.")
    xero_api_url: str = Field("https://api.xero.com", description="Xero's API.")

    quickbooks_client_id: str = Field(
        "", description="Client id of the app at Intuit. Empty: QuickBooks is not offered."
    )
    quickbooks_client_secret: SecretStr = Field(
        SecretStr(""), description="Client secret of the app at Intuit."
    )
    quickbooks_webhook_token: SecretStr = Field(
        SecretStr(""), description="Verifier token of Intuit's webhooks. Empty: their address answers 404."
    )
    quickbooks_discovery_url: str = Field(
        "https://developer.intuit.com/.well-known/openid_configuration",
        description="Intuit's discovery document, which names its sign-in and token addresses.",
    )
    quickbooks_api_url: str = Field(
        "https://quickbooks.api.intuit.com",
        description="QuickBooks' API; companies for tests are at `https://sandbox-quickbooks.api.intuit.com`.",
    )

    stripe_secret_key: SecretStr = Field(
        SecretStr(""), description="The platform's key at Stripe. Empty: no payments are offered."
    )
    stripe_webhook_secret: SecretStr = Field(
        SecretStr(""), description="Signing secret of Stripe's webhooks. Empty: their address answers 404."
    )
    stripe_api_url: str = Field("https://api.stripe.com", description="Stripe's API.")

    twilio_account_sid: str = Field(
        "", description="The platform's account at Twilio. Empty: text messages and WhatsApp are not offered."
    )
    twilio_auth_token: SecretStr = Field(
        SecretStr(""), description="Its token; only subaccounts are made with it."
    )
    twilio_api_url: str = Field("https://api.twilio.com", description="Twilio's accounts and messages.")
    twilio_messaging_url: str = Field(
        "https://messaging.twilio.com", description="Twilio's Messaging Services and WhatsApp senders."
    )
    twilio_content_url: str = Field("https://content.twilio.com", description="Twilio's message templates.")

    sms_per_second: int = Field(
        1,
        ge=1,
        description="Text messages a second that a business's number lets out; a long code in the US or Canada "
        "lets out one. What is beyond it waits its turn.",
    )
    whatsapp_per_second: int = Field(
        80, ge=1, description="WhatsApp messages a second that a business's sender lets out."
    )

    mail_transport: Literal["smtp", "ses"] = Field(
        "smtp", description="How mails leave: by a mail server (`smtp`) or by Amazon (`ses`)."
    )
    smtp_host: str = Field("", description="Mail server. Empty: reminders are held with that reason.")
    smtp_port: int = Field(587, description="Port of the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection is protected; `none` only in development."
    )
    smtp_user: str = Field("", description="User name at the mail server.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password at the mail server.")
    mail_sender: str = Field(
        "", description="Address that reminders come from; the name before it is the tenant's."
    )
    mail_search_url: str = Field(
        "",
        description="Message search of the mail provider: answers whether a Message-ID was accepted. Empty: an "
        "unknown outcome waits for a person.",
    )
    reply_domain: str = Field(
        "",
        description="Domain whose mail Amazon SES receives for us. Set: replies come by way of us, so that they pause "
        "reminders. Empty: they go straight to the business.",
    )
    ses_region: str = Field("", description="Region of Amazon SES, such as `eu-west-1`.")
    ses_configuration_set: str = Field(
        "", description="SES configuration set, whose events go to one of `SNS_TOPICS`."
    )
    ses_identity_arn: str = Field(
        "",
        description="ARN of the identity in `MAIL_SENDER`. Set: each organisation sends as an SES tenant of its own.",
    )
    ses_access_key_id: str = Field("", description="Key at Amazon. Empty: the role of the machine.")
    ses_secret_access_key: SecretStr = Field(SecretStr(""), description="Its secret.")
    ses_api_url: str = Field("", description="API of SES. Empty: Amazon's own in that region.")
    sns_topics: str = Field(
        "",
        description="ARNs of the SNS topics that tell of mails and bring replies, separated by spaces. Empty: their "
        "address answers 404.",
    )
    sqs_queue_url: str = Field(
        "",
        description="URL of an SQS queue that those topics deliver to. Set: the ticker reads it, so that no address of "
        "ours has to be posted to. Region and key are those of SES.",
    )
    sns_stand_ins: str = Field(
        "", description="Hosts besides Amazon's that may sign SNS messages; only in development."
    )

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        self.master_key_bytes  # noqa: B018 (raises if it is not a key)
        if len(self.secret_key.get_secret_value()) < 32:
            raise ValueError("SECRET_KEY needs at least 32 characters")
        if urlsplit(self.public_url).scheme not in ("http", "https") or self.public_url.endswith("/"):
            raise ValueError(
                "PUBLIC_URL is an address such as https://app.example.com, without a final slash"
            )
        if self.sqs_queue_url and not (self.ses_region and self.sns_topics):
            raise ValueError("SQS_QUEUE_URL needs SES_REGION and SNS_TOPICS")
        if self.environment == "production":
            self._refuse_development_only()
        return self

    def _refuse_development_only(self) -> None:
        if self.clock_file is not None:
            raise ValueError("CLOCK_FILE is not allowed in production")
        if self.smtp_security == "none":
            raise ValueError("SMTP_SECURITY=none is not allowed in production")
        if self.sns_stand_ins:
            raise ValueError("SNS_STAND_INS is not allowed in production")
        for name in _ADDRESSES:
            address = getattr(self, name)
            if address and urlsplit(address).scheme != "https":
                raise ValueError(f"{name.upper()} must be https in production")

    @cached_property
    def master_key_bytes(self) -> bytes:
        """The master key itself. Raises ValueError if it is not 32 bytes in base64."""
        try:
            key = base64.b64decode(self.master_key.get_secret_value(), validate=True)
        except binascii.Error as broken:
            raise ValueError("MASTER_KEY is not base64") from broken
        if len(key) != KEY_BYTES:
            raise ValueError("MASTER_KEY is not 32 bytes in base64")
        return key

    @property
    def vendor_addresses(self) -> tuple[str, ...]:
        """Where vendors are reached, in the order of the settings."""
        told = (getattr(self, name) for name in _ADDRESSES if name != "public_url")
        return tuple(address for address in told if address)

    @property
    def is_production(self) -> bool:
        return self.environment == "production"


_ADDRESSES = (
    "public_url",
    "xero_authorize_url",
    "xero_identity_url",
    "xero_api_url",
    "quickbooks_discovery_url",
    "quickbooks_api_url",
    "stripe_api_url",
    "twilio_api_url",
    "twilio_messaging_url",
    "twilio_content_url",
    "mail_search_url",
    "ses_api_url",
    "sqs_queue_url",
)


def load_settings() -> Settings:
    """Read the environment. Raises ConfigurationError with one sentence per fault, never a value."""
    try:
        return Settings()
    except ValidationError as invalid:
        faults = "; ".join(_sentence(fault["loc"], fault["msg"]) for fault in invalid.errors())
        raise ConfigurationError(f"The settings are incomplete or unsafe: {faults}.") from None


def _sentence(place: tuple[int | str, ...], message: str) -> str:
    name = ".".join(str(part) for part in place).upper()
    text = message.removeprefix("Value error, ")
    return f"{name} is missing" if text == "Field required" else f"{name}: {text}" if name else text
