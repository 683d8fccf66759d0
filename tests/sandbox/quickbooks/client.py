"""An app that has connected the stand-in QuickBooks over its real OAuth flow."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.sandbox.client import SandboxClient

REDIRECT = "http://127.0.0.1:8400/connect/quickbooks/callback"
SIGN_IN_REDIRECT = "http://127.0.0.1:8400/sign-in/quickbooks/callback"
APP = ("duemate-quickbooks-local", "duemate-quickbooks-local-secret")
DANA = "dana@cedar-hale.example"
MIGUEL = "miguel@cedar-hale.example"
ROBIN = "robin@juniper-cycles.example"
MAIN = "Cedar & Hale Studio LLC"
SECOND = "Second Avenue Rentals LLC"
STRANGERS = "Juniper Cycle Works LLC"
ACCOUNTING = "com.intuit.quickbooks.accounting"
SCOPES = f"{ACCOUNTING} openid profile email"
AUTHORIZE = "/quickbooks/connect/oauth2"
TOKEN = "/quickbooks/oauth2/v1/tokens/bearer"


def authorize_query(**changes: str) -> dict[str, str]:
    """The authorize address's parameters; an empty change leaves one out."""
    query = {
        "client_id": APP[0],
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "scope": SCOPES,
        "state": "a-state",
    }
    return {name: value for name, value in (query | changes).items() if value}


def decide(
    sandbox: SandboxClient, user: str = DANA, company: str = MAIN, decision: str = "allow", **changes: str
) -> dict[str, str]:
    """Sign in and decide; what came back to the app's address."""
    answer = sandbox.session.post(
        f"{sandbox.url}{AUTHORIZE}",
        params=authorize_query(**changes),
        data={"user": user, "company": company, "decision": decision},
        allow_redirects=False,
        timeout=60,
    )
    assert answer.status_code == 302, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def token_call(sandbox: SandboxClient, *, hard: bool = False, **form: str) -> requests.Response:
    headers = {"Accept": "application/json"}
    if hard:
        headers["x-include-refresh-token-hard-expires-in"] = "true"
    # A session of its own, so that two threads can call at the same moment.
    return requests.post(f"{sandbox.url}{TOKEN}", data=form, auth=APP, headers=headers, timeout=60)


def redeem(sandbox: SandboxClient, code: str, redirect_uri: str = REDIRECT) -> requests.Response:
    return token_call(sandbox, grant_type="authorization_code", code=code, redirect_uri=redirect_uri)


def refresh(sandbox: SandboxClient, value: str, *, hard: bool = False) -> requests.Response:
    return token_call(sandbox, hard=hard, grant_type="refresh_token", refresh_token=value)


def revoke(sandbox: SandboxClient, token: str) -> requests.Response:
    url = f"{sandbox.url}/quickbooks/v2/oauth2/tokens/revoke"
    return sandbox.session.post(url, json={"token": token}, auth=APP, timeout=60)


@dataclass
class QuickBooksApp:
    """One company's connection, ready to call the API."""

    sandbox: SandboxClient
    tokens: dict[str, Any]
    realm_id: str
    session: requests.Session = field(default_factory=requests.Session)

    @classmethod
    def connected(
        cls, sandbox: SandboxClient, user: str = DANA, company: str = MAIN, scope: str = SCOPES
    ) -> "QuickBooksApp":
        back = decide(sandbox, user, company, scope=scope)
        answer = redeem(sandbox, back["code"])
        assert answer.status_code == 200, answer.text
        return cls(sandbox, answer.json(), back["realmId"])

    def refresh(self) -> None:
        """Take new tokens; fails unless they are given."""
        answer = refresh(self.sandbox, self.tokens["refresh_token"])
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()

    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: dict[str, Any] | None = None,
        **headers: str,
    ) -> requests.Response:
        """One call; header names are given with underscores."""
        sent = self.bearer() | {"Accept": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"{self.sandbox.url}/quickbooks/v3/company/{self.realm_id}/{path}"
        return self.session.request(method, url, json=body, params=query, headers=sent, timeout=60)

    def read(self, path: str, **query: Any) -> Any:
        """A GET that must succeed."""
        answer = self.call("GET", path, query=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def query(self, statement: str) -> dict[str, Any]:
        """The QueryResponse of a statement."""
        found: dict[str, Any] = self.read("query", query=statement)["QueryResponse"]
        return found

    def write(self, path: str, body: Any, **query: str) -> Any:
        """A POST that must succeed."""
        answer = self.call("POST", path, body, query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def open_invoice(self, currency: str = "USD") -> dict[str, Any]:
        """An invoice on which nothing is paid yet."""
        found = self.query("SELECT * FROM Invoice WHERE Balance > '0' MAXRESULTS 1000")["Invoice"]
        for invoice in found:
            if invoice["Balance"] == invoice["TotalAmt"] and invoice["CurrencyRef"]["value"] == currency:
                whole: dict[str, Any] = invoice
                return whole
        raise AssertionError(f"no open invoice in {currency}")

    def pay(self, invoice: dict[str, Any], amount: float = 1, **query: str) -> requests.Response:
        """Enter a payment of that much for an invoice."""
        body = {
            "CustomerRef": invoice["CustomerRef"],
            "TotalAmt": amount,
            "CurrencyRef": invoice["CurrencyRef"],
            "Line": [{"Amount": amount, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}],
        }
        return self.call("POST", "payment", body, query)
