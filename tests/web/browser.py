"""A person at the pages, as far as HTML goes: opens, reads, and sends forms with their token."""

from dataclasses import dataclass
from html.parser import HTMLParser
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_VOID = {"script", "style", "title"}


class Page(HTMLParser):
    """Tags with their attributes, and the text that people read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._words: list[str] = []
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attributes}))
        self._silent += tag in _VOID

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _VOID

    def handle_data(self, text: str) -> None:
        if not self._silent:
            self._words.append(text)

    @property
    def text(self) -> str:
        """All words, with single spaces."""
        return " ".join(" ".join(self._words).split())

    @property
    def inline(self) -> list[str]:
        """Whatever the content policy forbids: inline scripts, styles, handlers, addresses that run."""
        found = [
            tag for tag, given in self.tags if tag == "style" or (tag == "script" and "src" not in given)
        ]
        for tag, given in self.tags:
            found += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
            places = (given.get(name, "") for name in ("href", "src", "action", "formaction"))
            found += [f"{tag} {place}" for place in places if place.lower().startswith("javascript:")]
        return found

    @property
    def foreign(self) -> list[str]:
        """Addresses of another host that the page itself would load."""
        loading = {"script", "link", "img", "iframe", "source"}
        return [
            given.get("src") or given.get("href", "")
            for tag, given in self.tags
            if tag in loading and "//" in (given.get("src") or given.get("href", ""))
        ]

    def field(self, name: str) -> list[str]:
        """The values of all inputs of a name."""
        return [
            given.get("value", "") for tag, given in self.tags if tag == "input" and given.get("name") == name
        ]

    def has(self, tag: str, **attributes: str) -> bool:
        """Whether there is such a tag with these attributes."""
        wanted = attributes.items()
        return any(tag == found and wanted <= given.items() for found, given in self.tags)


@dataclass
class Browser:
    """One session at the application."""

    client: FlaskClient
    user_id: UUID | None = None

    def open(self, path: str) -> TestResponse:
        return self.client.get(path, buffered=True)

    def page(self, path: str, *, status: int = 200) -> Page:
        """Open a path that must answer with this status."""
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status, answer.text[:500])
        return Page(answer.text)

    def token(self) -> str:
        """This session's token against forged forms."""
        return self.page("/connect" if self.user_id else "/sign-in").field("csrf_token")[0]

    def post(self, path: str, **fields: object) -> TestResponse:
        """Send a form with its token. A list sends a field several times."""
        return self.client.post(path, data={"csrf_token": self.token(), **fields})


def browser(app: Flask, user_id: UUID | None = None, tenant_id: UUID | None = None) -> Browser:
    """A browser, signed in if a user is given."""
    client = app.test_client()
    if user_id is not None:
        with client.session_transaction() as cookie:
            cookie["user"], cookie["session"] = str(user_id), str(uuid4())
            if tenant_id is not None:
                cookie["tenant"] = str(tenant_id)
    return Browser(client, user_id)
