"""An app that has connected the stand-in Xero over its real OAuth flow."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.sandbox.client import SandboxClient

REDIRECT = "http://127.0.0.1:8400/connect/xero/callback"
SIGN_IN_REDIRECT = "http://127.0.0.1:8400/sign-in/xero/callback"
APP = ("duemate-local", "duemate-local-secret")
OLIVIA = "olivia@harbour-pine.example"
TOM = "tom@harbour-pine.example"
SAM = "sam@northgate-cycles.example"
MAIN = "Harbour & Pine Studio Ltd"
SECOND = "Second Street Lettings Ltd"
STRANGERS = "Northgate Cycles Ltd"
SCOPES = (
    "openid profile email offline_access accounting.invoices accounting.payments accounting.banktransactions "
    "accounting.contacts.read accounting.settings.read"
)
API = "/xero/api.xro/2.0"


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


def consent(
    sandbox: SandboxClient, user: str = OLIVIA, organisations: Sequence[str] = (MAIN,), **changes: str
) -> dict[str, str]:
    """Sign in and allow; what came back to the app's address."""
    answer = sandbox.session.post(
        f"{sandbox.url}/xero/identity/connect/authorize",
        params=authorize_query(**changes),
        data={"user": user, "organisation": list(organisations), "decision": "allow"},
        allow_redirects=False,
        timeout=60,
    )
    assert answer.status_code == 302, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def token_call(sandbox: SandboxClient, **form: str) -> requests.Response:
    url = f"{sandbox.url}/xero/connect/token"
    return sandbox.session.post(url, data=form, auth=APP, timeout=60)


def tokens_for(sandbox: SandboxClient, code: str, **more: str) -> dict[str, Any]:
    answer = token_call(
        sandbox, **{"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT} | more
    )
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


@dataclass
class XeroApp:
    """One user's connection, ready to call the Accounting API."""

    sandbox: SandboxClient
    tokens: dict[str, Any]
    tenant_id: str
    session: requests.Session = field(default_factory=requests.Session)

    @classmethod
    def connected(
        cls, sandbox: SandboxClient, user: str = OLIVIA, organisation: str = MAIN, scope: str = SCOPES
    ) -> "XeroApp":
        back = consent(sandbox, user, [organisation], scope=scope)
        app = cls(sandbox, tokens_for(sandbox, back["code"]), "")
        app.tenant_id = next(c["tenantId"] for c in app.connections() if c["tenantName"] == organisation)
        return app

    def connections(self, **query: str) -> list[dict[str, Any]]:
        answer = self.session.get(
            f"{self.sandbox.url}/xero/connections", params=query, headers=self.bearer(), timeout=60
        )
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found

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
        sent = self.bearer() | {"xero-tenant-id": self.tenant_id, "Accept": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"{self.sandbox.url}{API}/{path}"
        return self.session.request(method, url, json=body, params=query, headers=sent, timeout=60)

    def read(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        """A GET that must succeed."""
        answer = self.call("GET", path, query=query, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def write(self, path: str, body: Any, method: str = "PUT", **query: str) -> Any:
        """A write that must succeed."""
        answer = self.call(method, path, body, query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refusal(self, path: str, body: Any, method: str = "PUT", **query: str) -> list[str]:
        """The messages of a write that must be refused as a whole."""
        answer = self.call(method, path, body, query)
        assert answer.status_code == 400, answer.text
        return [e["Message"] for element in answer.json()["Elements"] for e in element["ValidationErrors"]]

    def open_invoice(self, currency: str = "GBP", kind: str = "ACCREC") -> dict[str, Any]:
        """An authorised invoice without payments or credits."""
        query = {"page": 1, "pageSize": 1000, "Statuses": "AUTHORISED", "where": f'Type=="{kind}"'}
        for invoice in self.read("Invoices", query)["Invoices"]:
            untouched = invoice["AmountDue"] == invoice["Total"]
            if invoice["CurrencyCode"] == currency and untouched:
                found: dict[str, Any] = invoice
                return found
        raise AssertionError(f"no open {kind} invoice in {currency}")

    def invoice(self, invoice_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.read(f"Invoices/{invoice_id}")["Invoices"][0]
        return found


def payment(invoice: dict[str, Any], amount: float, account: str = "090", **more: Any) -> dict[str, Any]:
    """A payment element."""
    return {
        "Invoice": {"InvoiceID": invoice["InvoiceID"]},
        "Account": {"Code": account},
        "Date": "2026-11-20",
        "Amount": amount,
        **more,
    }
