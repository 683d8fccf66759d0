"""The answers every payer's page shares: who speaks, what headers, and what to say when there is nothing to pay."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request

from app.kit.errors import NotFound
from app.kit.ground import Ground
from app.payments.links import LinkPlace, find_link
from app.portal.formats import roughly
from app.portal.guessing import Misses, is_token
from app.portal.speech import Speech, speech_to_payer, speech_to_stranger
from app.portal.words import say

_AGAIN = timedelta(minutes=1)

# As everywhere, nothing inline and nothing foreign; but a form may lead to any secure page, because a business
# can have its own address for the processor's payment page and browsers hold redirects against `form-action`.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self' https:"
)


@dataclass(frozen=True, slots=True)
class Payer:
    """Who holds a link, and how to speak to them."""

    place: LinkPlace
    speech: Speech


class Answers:
    """Makes the pages of one site."""

    def __init__(self, ground: Ground, misses: Misses) -> None:
        self._ground, self._misses = ground, misses
        vendor = urlsplit(ground.settings.stripe_api_url)
        is_stand_in = not ground.settings.is_production
        self._policy = f"{_POLICY} {vendor.scheme}://{vendor.netloc}" if is_stand_in else _POLICY

    def seal(self, response: Response) -> Response:
        """No referrer, no index, nothing kept; and never a cookie."""
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Content-Security-Policy"] = self._policy
        if request.endpoint != "portal.static":
            response.headers["Cache-Control"] = "no-store"
        return response

    def payer(self, token: str) -> Payer | None:
        """Whose the token of this request is."""
        place = find_link(self._ground, token) if is_token(token) else None
        try:
            return Payer(place, speech_to_payer(self._ground, place)) if place else None
        except NotFound:
            return None

    def unknown(self) -> Response:
        """404; 429 for an address that tries many. In the browser's language: nobody knows who asks."""
        speech = speech_to_stranger(request.accept_languages)
        if self._misses.is_too_many(request.remote_addr or "", now=self._ground.clock.now()):
            answer = self.page("unknown", speech, status=429)
            answer.headers["Retry-After"] = str(int(_AGAIN.total_seconds()))
            return answer
        return self.page("unknown", speech, status=404)

    def cannot_check(self, speech: Speech, after: timedelta | None, **frame: object) -> Response:
        """503: no amount is better than a stale one. `after` is when to come back; None: nobody knows."""
        answer = self.page("cannot_check", speech, status=503, when=roughly(after, speech), **frame)
        answer.headers["Retry-After"] = str(int(max(after or _AGAIN, _AGAIN).total_seconds()))
        return answer

    def page(self, name: str, speech: Speech, *, status: int = 200, **values: object) -> Response:
        """One of the templates beside this file, in the payer's words."""
        shown = render_template(f"portal/{name}.html", **spoken(speech), **values)
        return make_response(shown, status)


def spoken(speech: Speech) -> dict[str, object]:
    """What every payer's template speaks with."""
    return {"language": speech.language, "w": speech.words, "say": say}
