"""What a business gets at Twilio before its first message: a subaccount, a number, a service, a WhatsApp sender.

Each step first looks for what an interrupted try has made, by a name that is ours, so that trying again makes
nothing twice and buys no second number.
"""

from collections.abc import Mapping

from app.channels.twilio.client import TwilioClient
from app.channels.twilio.wire import (
    Account,
    Accounts,
    Approval,
    Bought,
    Content,
    Contents,
    Decision,
    Named,
    PhoneNumber,
    Sender,
    Service,
    Services,
    ToBeHad,
)
from app.kit.errors import Rejected

# Which kind of number may send texts to businesses' customers without months of paper, by country.
_KINDS = {"US": "TollFree", "CA": "TollFree"}
_SERVICE = "DueMate reminders"
INBOUND_PATH = "/webhooks/twilio/inbound"


def find_or_make_subaccount(platform: TwilioClient, name: str) -> Account:
    """The subaccount of this name, under the platform's account."""
    present = platform.read(f"{platform.api}/Accounts.json", Accounts, FriendlyName=name).accounts
    found = [account for account in present if account.friendly_name == name]
    return (
        found[0]
        if found
        else platform.write(f"{platform.api}/Accounts.json", Account, form={"FriendlyName": name})
    )


def find_or_buy_number(client: TwilioClient, country: str) -> PhoneNumber:
    """The account's number, or a new one of this country. Raises Rejected if there is none to be had."""
    present = client.read(f"{client.account_url}/IncomingPhoneNumbers.json", Bought).incoming_phone_numbers
    if present:
        return present[0]
    kind = _KINDS.get(country, "Mobile")
    url = f"{client.account_url}/AvailablePhoneNumbers/{country}/{kind}.json"
    free = client.read(url, ToBeHad).available_phone_numbers
    if not free:
        raise Rejected(
            f"There is no number for text messages to be had in your country ({country}) just now."
        )
    form = {"PhoneNumber": free[0].phone_number}
    return client.write(f"{client.account_url}/IncomingPhoneNumbers.json", PhoneNumber, form=form)


def find_or_make_service(client: TwilioClient, number: PhoneNumber, *, public_url: str) -> str:
    """The sid of the Messaging Service that has the number. Words are sent as they are, not simplified."""
    base = f"{client.messaging}/v1/Services"
    present = [one for one in client.read(base, Services).services if one.friendly_name == _SERVICE]
    form = {
        "FriendlyName": _SERVICE,
        "InboundRequestUrl": public_url + INBOUND_PATH,
        "UseInboundWebhookOnNumber": "false",
        "SmartEncoding": "false",
    }
    service = present[0] if present else client.write(base, Service, form=form)
    client.write(f"{base}/{service.sid}/PhoneNumbers", Named, form={"PhoneNumberSid": number.sid})
    return service.sid


def make_whatsapp_sender(client: TwilioClient, number: str, *, name: str, public_url: str) -> Sender:
    """Ask for a WhatsApp sender with this number; it comes online later."""
    return client.write(
        f"{client.messaging}/v2/Channels/Senders",
        Sender,
        json={
            "sender_id": f"whatsapp:{number}",
            "profile": {"name": name},
            "webhook": {"callback_url": public_url + INBOUND_PATH, "callback_method": "POST"},
        },
    )


def whatsapp_sender(client: TwilioClient, sid: str) -> Sender:
    """How the sender stands."""
    return client.read(f"{client.messaging}/v2/Channels/Senders/{sid}", Sender)


def find_or_make_template(
    client: TwilioClient, *, name: str, language: str, body: str, examples: Mapping[str, str]
) -> str:
    """The sid of the template of this name, handed to WhatsApp for approval when it is new."""
    base = f"{client.content}/v1/Content"
    present = [one for one in client.read(base, Contents).contents if one.friendly_name == name]
    if present:
        return present[0].sid
    content = client.write(
        base,
        Content,
        json={
            "friendly_name": name,
            "language": language,
            "variables": dict(examples),
            "types": {"twilio/text": {"body": body}},
        },
    )
    return content.sid


def ask_for_approval(client: TwilioClient, sid: str, *, name: str) -> None:
    """Hand a template to WhatsApp as one about an existing transaction."""
    url = f"{client.content}/v1/Content/{sid}/ApprovalRequests/whatsapp"
    client.write(url, Decision, json={"name": name, "category": "UTILITY"})


def approval(client: TwilioClient, sid: str) -> Decision:
    """What WhatsApp thinks of a template."""
    return client.read(f"{client.content}/v1/Content/{sid}/ApprovalRequests", Approval).whatsapp
