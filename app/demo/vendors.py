"""The sandbox's control door, as the demo uses it: move the clock, read the books and the inbox."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from app.kit.http import new_session


class Vendors:
    """The stand-ins behind one address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = new_session()

    def ledger(self, key: str) -> dict[str, Any]:
        """The sandbox's own books at that ledger, with money as decimal strings."""
        return dict(self._read(f"/control/{key}/ledger"))

    def inbox(self) -> list[dict[str, Any]]:
        """Every mail that was accepted, oldest first."""
        return sorted(self._read("/mail/api/messages"), key=lambda mail: str(mail["received_at"]))

    def counters(self) -> dict[str, Any]:
        """Calls per vendor and the state of webhooks."""
        return dict(self._read("/control/counters"))

    def webhooks_under_way(self) -> int:
        """Webhooks that are collected or queued and have not been answered yet."""
        return int(self.counters()["webhooks"]["waiting"])

    def now(self) -> datetime:
        """The virtual time."""
        return datetime.fromisoformat(self._read("/control/clock")["now"])

    def clock_to(self, moment: datetime) -> None:
        """Move the virtual time forward to a moment."""
        self.tell("/control/clock", {"to": moment.isoformat()})

    def tell(self, path: str, wish: Mapping[str, Any]) -> Any:
        """Ask something of the control door; its answer."""
        answer = self._session.post(self.url + path, json=dict(wish))
        answer.raise_for_status()
        return answer.json()

    def mend(self) -> None:
        """Take all faults away."""
        self._session.delete(f"{self.url}/control/faults").raise_for_status()

    def texts_to(self, number: str) -> list[dict[str, Any]]:
        """Every text and WhatsApp message to a telephone number, oldest first."""
        return list(self._read(f"/twilio/phones/api/messages?to={quote(number)}"))

    def _read(self, path: str) -> Any:
        answer = self._session.get(self.url + path)
        answer.raise_for_status()
        return answer.json()
