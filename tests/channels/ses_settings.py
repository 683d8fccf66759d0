"""Settings of an installation that sends by the sandbox's Amazon."""

from collections.abc import Callable

from app.kit.settings import Settings
from tests.sandbox.client import SandboxClient

EVENTS = "arn:aws:sns:eu-west-1:111122223333:mail-events"
REPLIES = "arn:aws:sns:eu-west-1:111122223333:mail-replies"
IDENTITY = "arn:aws:ses:eu-west-1:111122223333:identity/duemate.example"


def ses_settings(make: Callable[..., Settings], sandbox: SandboxClient, **changes: object) -> Settings:
    values: dict[str, object] = {
        "mail_transport": "ses",
        "ses_region": "eu-west-1",
        "ses_api_url": f"{sandbox.url}/ses",
        "ses_access_key_id": "duemate-ses-local",
        "ses_secret_access_key": "not-looked-into",
        "ses_configuration_set": "duemate",
        "sns_topics": f"{EVENTS} {REPLIES}",
        "sns_stand_ins": sandbox.url.removeprefix("http://"),
        "reply_domain": "reply.duemate.example",
    }
    return make(**(values | changes))
