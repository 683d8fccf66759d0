"""A business set up at the stand-in: a number, a service, a WhatsApp sender that is online and a template."""

from dataclasses import dataclass

from app.channels.twilio.access import TwilioAccess
from tests.sandbox.client import SandboxClient
from tests.sandbox.twilio.client import TwilioClient, subaccount, template, with_number, with_whatsapp

WORDS = "Hello {{1}}, invoice {{2}} is due."


@dataclass(frozen=True)
class SetUp:
    """What the stand-in and our side know of the same business."""

    account: TwilioClient
    access: TwilioAccess
    template: str
    number: str


def set_up(sandbox: SandboxClient) -> SetUp:
    account = subaccount(sandbox)
    service, number = with_number(account)
    content, sender = template(account, WORDS), with_whatsapp(account)
    sandbox.advance(seconds=400)
    return SetUp(account, TwilioAccess(account.sid, account.token, service, sender), content, number)
