"""A real Chromium, and what its pages complained about."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, sync_playwright

from tools.browser import find_chromium

# A page has this long for whatever it is waited for: the machine may be busy.
PATIENCE_MS = 20_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine, headless."""
    path = find_chromium()
    assert path is not None, "there is no Chromium here; `python -m tools.browser` installs one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Window:
    """One visitor's window, with every complaint of its console: a blocked script or style is one."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def press(self, words: str) -> None:
        """Click the button whose name holds these words."""
        self.page.get_by_role("button", name=words).first.click()

    def go_to(self, place: str) -> None:
        """Follow the entry of the navigation."""
        self.page.get_by_role("navigation", name="Main").get_by_role("link", name=place).click()

    def shows(self, words: str) -> None:
        """Wait until the page shows these words."""
        self.page.get_by_text(words).first.wait_for()

    def fits(self) -> bool:
        """Whether nothing is wider than the window, once all of the page is there: its styles, too."""
        self.page.wait_for_load_state()
        return bool(
            self.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        )


@contextmanager
def window(
    browser: Browser, *, width: int = 1280, height: int = 900, script: bool = True
) -> Iterator[Window]:
    """A fresh visitor: no cookies of anyone else."""
    context = browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=script)
    context.set_default_timeout(PATIENCE_MS)
    opened = Window(context.new_page())
    opened.page.on(
        "console",
        lambda said: opened.complaints.append(said.text) if said.type in ("error", "warning") else None,
    )
    opened.page.on("pageerror", lambda fault: opened.complaints.append(str(fault)))
    yield opened
    context.close()
