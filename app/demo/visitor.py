"""A person with a browser, as far as links and forms go: opens pages, fills forms, presses buttons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from requests import Response

from app.kit.errors import DueMateError
from app.kit.http import new_session


class Lost(DueMateError):
    """The page is not what a person would have expected there."""


@dataclass
class Form:
    """A form with the values its fields have now. A name may have several values."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """(text, name, value) of each submit button."""


class _FormReader(HTMLParser):
    """Collects forms, links and the visible text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._button: tuple[str, str] | None = None
        self._link: str | None = None
        self._select: str | None = None
        self._caught: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "a":
            self._link, self._caught = given.get("href", ""), []
        elif self._form is not None:
            self._field(self._form, tag, given, {name for name, _ in attributes})

    def _field(self, form: Form, tag: str, given: Mapping[str, str], present: set[str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "button" or (tag == "input" and kind == "submit"):
            self._button, self._caught = (name, given.get("value", "")), []
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in present:
            form.fields.append((self._select, given.get("value", "")))
        elif tag in ("input", "textarea") and name and _counts(kind, present):
            form.fields.append((name, given.get("value", "on" if kind == "checkbox" else "")))

    def handle_endtag(self, tag: str) -> None:
        text = " ".join("".join(self._caught).split())
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "button" and self._button and self._form:
            self._form.buttons.append((text, *self._button))
            self._button = None
        elif tag == "a" and self._link is not None:
            self.links.append((text, self._link))
            self._link = None

    def handle_data(self, text: str) -> None:
        self.words.append(text)
        self._caught.append(text)


def _counts(kind: str, present: set[str]) -> bool:
    """Whether a browser would send a field with these attributes."""
    return "disabled" not in present and (kind not in ("checkbox", "radio") or "checked" in present)


class Visitor:
    """One browser session. Every step raises Lost with the page's address if it cannot be taken."""

    def __init__(self) -> None:
        self._session = new_session()
        self.address = ""
        self.status = 0
        self.text = ""
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []

    def open(self, address: str) -> "Visitor":
        """Go to an address, following redirects."""
        return self._arrive(self._session.get(urljoin(self.address, address)))

    def follow(self, words: str) -> "Visitor":
        """Click the first link whose text holds `words`."""
        for text, target in self.links:
            if words.lower() in text.lower():
                return self.open(target)
        raise Lost(f"No link {words!r} on {self._place()}.")

    def press(self, words: str, /, **values: str | list[str]) -> "Visitor":
        """Press the button whose text holds `words`, with `values` put into its form's fields."""
        for form in self.forms:
            for text, name, value in form.buttons:
                if words.lower() in text.lower():
                    return self._submit(form, (name, value), values)
        raise Lost(f"No button {words!r} on {self._place()}.")

    def has_button(self, words: str) -> bool:
        """Whether some form has a button whose text holds `words`."""
        return any(words.lower() in text.lower() for form in self.forms for text, *_ in form.buttons)

    def _submit(
        self, form: Form, button: tuple[str, str], values: Mapping[str, str | list[str]]
    ) -> "Visitor":
        filled = [(name, value) for name, value in form.fields if name not in values]
        for name, given in values.items():
            filled += [(name, value) for value in ([given] if isinstance(given, str) else given)]
        filled += [button] if button[0] else []
        target = urljoin(self.address, form.action or self.address)
        if form.method == "post":
            origin = f"{urlsplit(self.address).scheme}://{urlsplit(self.address).netloc}"
            headers = {"Referer": self.address, "Origin": origin}
            return self._arrive(self._session.post(target, data=filled, headers=headers))
        return self._arrive(self._session.get(target, params=filled))

    def _arrive(self, answer: Response) -> "Visitor":
        self.address, self.status = answer.url, answer.status_code
        page = _FormReader()
        page.feed(answer.text)
        self.forms, self.links = page.forms, page.links
        self.text = " ".join(" ".join(page.words).split())
        if answer.status_code >= 400:
            raise Lost(f"{self._place()} answered {answer.status_code}: {self.text[:300]}")
        return self

    def _place(self) -> str:
        parts = urlsplit(self.address)
        return f"{parts.netloc}{parts.path}"
