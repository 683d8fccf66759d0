"""The application on a port of its own, for a real browser that is signed in already."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from playwright.sync_api import Browser as Chromium
from werkzeug.serving import make_server

from tests.journeys.browser import Window, window
from tests.web.browser import Browser


@dataclass(frozen=True)
class LiveSite:
    """Where it answers, and the cookie of whoever is signed in."""

    url: str
    cookie_name: str
    cookie: str

    @contextmanager
    def window(self, chromium: Chromium, *, width: int = 1280, height: int = 900) -> Iterator[Window]:
        """A window of the person who is signed in."""
        with window(chromium, width=width, height=height) as opened:
            opened.page.context.add_cookies(
                [{"name": self.cookie_name, "value": self.cookie, "url": self.url}]
            )
            yield opened


@contextmanager
def live(app: Flask, visitor: Browser) -> Iterator[LiveSite]:
    """Serves until left; `visitor` is signed in at `app`."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = visitor.client.get_cookie(name)
    assert cookie is not None
    try:
        yield LiveSite(f"http://127.0.0.1:{server.server_port}", name, cookie.value)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
