"""The sandbox as its tests see it: an address and a control door."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import requests


@dataclass
class SandboxClient:
    """Plain HTTP to one running `python -m sandbox`."""

    url: str
    smtp_port: int
    clock_file: Path
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(f"{self.url}{path}", timeout=60, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> requests.Response:
        return self.session.post(f"{self.url}{path}", json=json, timeout=60, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        return self.session.delete(f"{self.url}{path}", timeout=60, **options)

    def control(self, path: str, **wishes: Any) -> Any:
        """POST to the control API and return its answer; fails unless that is a 2xx."""
        answer = self.post(f"/control/{path}", wishes)
        assert answer.ok, answer.text
        return answer.json()

    def fault(self, vendor: str, kind: str, **more: Any) -> str:
        return str(self.control("faults", vendor=vendor, kind=kind, **more)["id"])

    def advance(self, **by: float) -> datetime:
        """Move virtual time by days= or seconds=; timers that fell due have run when this returns."""
        return datetime.fromisoformat(self.control("clock", **by)["now"])

    def now(self) -> datetime:
        return datetime.fromisoformat(self.get("/control/clock").json()["now"])

    def reset(self, **wishes: Any) -> None:
        self.control("reset", **wishes)


def wait_until(condition: Callable[[], Any], within_seconds: float = 60) -> Any:
    """The condition's first true value; AssertionError if there is none in time."""
    give_up_at = time.monotonic() + within_seconds
    while not (value := condition()):
        assert time.monotonic() < give_up_at, "the condition never became true"
        time.sleep(0.01)
    return value
