"""What every answer carries, and how a browser proves that a request is its own.

Cookies are HttpOnly and SameSite=Lax; every changing request of a signed-in browser must repeat the session's CSRF
secret in a form field or a header. Requests with a bearer token carry no cookie and need none.
"""

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SESSION_COOKIE = "afund_session"
CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
# Answers hold figures and names of one person's view: nobody in between may keep them.
PRIVATE = (b"cache-control", b"no-store")


class SecureHeaders:
    """Adds the protective headers to every answer; only static files may be cached."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the answer's headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_static = scope["path"].startswith("/static/")

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                known = {name.lower() for name, _ in message["headers"]}
                added = HEADERS if is_static else (*HEADERS, PRIVATE)
                message["headers"] = [*message["headers"], *(pair for pair in added if pair[0] not in known)]
            await send(message)

        await self.app(scope, receive, complete)


def is_ours(path: str) -> bool:
    """Whether an address leads nowhere but into this application."""
    try:
        parts = urlsplit(path)
    except ValueError:
        return False
    return path.startswith("/") and not path.startswith(("//", "/\\")) and not (parts.scheme or parts.netloc)


def is_foreign(headers: Headers) -> bool:
    """Whether a browser says that another site has sent this request."""
    return headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}


def client_of(request: Request) -> str:
    """The address that asks, as the server knows it: behind a proxy, the one the proxy names."""
    return request.client.host[:64] if request.client else ""


def same_secret(given: str | None, expected: str) -> bool:
    """Compare two secrets without telling by the time taken where they differ."""
    return given is not None and hmac.compare_digest(given.encode(), expected.encode())
