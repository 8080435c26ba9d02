"""Counters for the operator: requests, refusals, work and letters. No name of a person or a partner is in them."""

import time

from prometheus_client import Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.db import Tx
from kernel.letters.queries import counts as letter_counts
from kernel.progress import counts as work_counts

REQUESTS = Counter("afund_requests", "Requests answered.", ("method", "route", "status"))
SECONDS = Histogram("afund_request_seconds", "Time to the last byte of an answer.", ("method", "route"))
REFUSALS = Counter("afund_refusals", "Requests refused in plain words.", ("code",))
WORK = Gauge("afund_work", "Durable work by its state.", ("job", "state"))
LETTERS = Gauge("afund_letters", "Letters by what became of them.", ("state",))
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Measured:
    """Counts and times every request under the template of its route, so that no id becomes a label."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; an answer that never began counts as 500."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, told)
        finally:
            method = scope["method"] if scope["method"] in METHODS else "other"
            route = template(scope)
            REQUESTS.labels(method, route, str(status)).inc()
            SECONDS.labels(method, route).observe(time.perf_counter() - begun)


def template(scope: Scope) -> str:
    """The route's path with its places in braces; what met no route is one label, whatever was asked for."""
    route = scope.get("route")
    path = getattr(route, "path", None)
    if isinstance(path, str):
        return path
    return "/static" if scope["path"].startswith("/static/") else "none"


def take_stock(tx: Tx) -> None:
    """Set the gauges from the database, so that it does not matter which process is asked."""
    WORK.clear()
    for job, state, count in work_counts(tx):
        WORK.labels(job, state).set(count)
    for state, count in letter_counts(tx).items():
        LETTERS.labels(state).set(count)
