"""What every answer carries: a strict content policy, no caching of pages, forgery-proof forms."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request
from flask_wtf.csrf import CSRFProtect

from app.connectors.registry import LEDGERS
from app.kit.settings import Settings
from app.portal.telling import LARGEST_BODIES

LARGEST_BODY = 256 * 1024
IDLE_UNTIL_SIGNED_OUT = timedelta(hours=12)

# A form that leads to a vendor's page is redirected there, and browsers hold redirects against `form-action`.
_CARD_PAGES = "https://*.stripe.com"

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


def content_policy(settings: Settings) -> str:
    """Own files only; nothing inline; forms post to us and may lead on to consent and card pages."""
    onward = {_CARD_PAGES, *(page for connector in LEDGERS.values() for page in connector.pages)}
    if not settings.is_production:
        onward |= {
            _origin(address) for address in settings.vendor_addresses
        }  # where stand-ins show their pages
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "frame-src 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            f"form-action 'self' {' '.join(sorted(onward))}",
        )
    )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def secure(app: Flask, settings: Settings, *, csrf_exempt: list[str]) -> None:
    """Put cookies, headers and forgery protection on `app`. Exempt blueprints must not read the cookie."""
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SESSION_COOKIE_NAME="__Host-duemate" if settings.is_production else "duemate",
        SESSION_COOKIE_SECURE=settings.is_production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=IDLE_UNTIL_SIGNED_OUT,
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        WTF_CSRF_TIME_LIMIT=None,  # a form left open over lunch must not lose what was typed
        WTF_CSRF_SSL_STRICT=False,  # the token is enough; proxies and privacy settings drop the Referer
    )
    app.before_request(_let_files_in)  # before anything reads the form
    app.before_request(_refuse_zero_bytes)
    guard = CSRFProtect(app)
    for name in csrf_exempt:
        guard.exempt(app.blueprints[name])
    policy = content_policy(settings)

    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Referrer-Policy", "same-origin")
        if request.endpoint not in ("static", "portal.static"):
            response.headers["Cache-Control"] = "no-store"
        if settings.is_production:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response

    app.after_request(add_headers)


def _let_files_in() -> None:
    """The forms that take a file may be larger than the others."""
    if request.endpoint in LARGEST_BODIES:
        request.max_content_length = LARGEST_BODIES[request.endpoint]


def _refuse_zero_bytes() -> None:
    """No browser sends them from a form, and the database cannot hold them. The machines' doors read raw bodies."""
    if request.path.startswith("/webhooks/"):
        return
    for given in (request.args, request.form):
        if any("\0" in text for texts in given.listvalues() for text in texts):
            abort(400)
