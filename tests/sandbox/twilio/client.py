"""The stand-in for Twilio as its tests ask it: plain HTTP, one account's credentials."""

from dataclasses import dataclass
from typing import Any

import requests

from tests.sandbox.client import SandboxClient

MAIN = ("AC" + "0" * 31 + "1", "twilio-token-local")
MOBILE = "+447911123456"


@dataclass
class TwilioClient:
    sandbox: SandboxClient
    sid: str
    token: str

    def call(self, method: str, path: str, *, json: Any = None, **fields: str) -> requests.Response:
        return self.sandbox.session.request(
            method,
            f"{self.sandbox.url}/twilio{path}",
            auth=(self.sid, self.token),
            data=fields or None if method == "POST" else None,
            params=fields if method == "GET" else None,
            json=json,
            timeout=60,
        )

    def done(self, method: str, path: str, *, json: Any = None, **fields: str) -> Any:
        answer = self.call(method, path, json=json, **fields)
        assert answer.ok, answer.text
        return answer.json()

    def books(self, path: str) -> str:
        return f"/api/2010-04-01/Accounts/{self.sid}/{path}"

    def send(self, **fields: str) -> requests.Response:
        return self.call("POST", self.books("Messages.json"), **fields)

    def message(self, sid: str) -> Any:
        return self.done("GET", self.books(f"Messages/{sid}.json"))

    def code(self, **fields: str) -> int:
        answer = self.send(**fields)
        assert answer.status_code == 400, answer.text
        return int(answer.json()["code"])


def subaccount(sandbox: SandboxClient, name: str = "Harbour Lane") -> TwilioClient:
    made = TwilioClient(sandbox, *MAIN).done("POST", "/api/2010-04-01/Accounts.json", FriendlyName=name)
    return TwilioClient(sandbox, made["sid"], made["auth_token"])


def with_number(
    account: TwilioClient, country: str = "GB", kind: str = "Mobile", **urls: str
) -> tuple[str, str]:
    """A Messaging Service with a bought number: the service's sid and the number."""
    free = account.done("GET", account.books(f"AvailablePhoneNumbers/{country}/{kind}.json"))
    number = free["available_phone_numbers"][0]["phone_number"]
    bought = account.done("POST", account.books("IncomingPhoneNumbers.json"), PhoneNumber=number)
    service = account.done("POST", "/messaging/v1/Services", FriendlyName="Reminders", **urls)["sid"]
    account.done("POST", f"/messaging/v1/Services/{service}/PhoneNumbers", PhoneNumberSid=bought["sid"])
    return service, number


def with_whatsapp(account: TwilioClient, number: str = "+447911000999") -> str:
    """A WhatsApp sender that is online."""
    sender = f"whatsapp:{number}"
    account.done(
        "POST", "/messaging/v2/Channels/Senders", json={"sender_id": sender, "profile": {"name": "H"}}
    )
    account.sandbox.advance(seconds=180)
    return sender


def template(account: TwilioClient, body: str = "Hello {{1}}, invoice {{2}} is due.") -> str:
    made = account.done(
        "POST",
        "/content/v1/Content",
        json={
            "friendly_name": "due",
            "language": "en",
            "variables": {"1": "Zoe", "2": "INV-1"},
            "types": {"twilio/text": {"body": body}},
        },
    )
    sid = str(made["sid"])
    account.done(
        "POST",
        f"/content/v1/Content/{sid}/ApprovalRequests/whatsapp",
        json={"name": "due", "category": "UTILITY"},
    )
    return sid
