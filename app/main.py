"""The web application, put together."""

import importlib
import pkgutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from types import ModuleType

from anyio import to_thread
from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles

from app import api, errors, pages
from app.clockwork import Clockwork
from app.metrics import Measured
from app.pages.problems import problem_page
from app.security import SecureHeaders
from app.uploads import BoundedRequests
from app.wiring import begin_to_work
from kernel import work
from kernel.clock import Clock, system_clock
from kernel.db import Database
from lp_reports.seal import Seal

STATIC = Path(__file__).parent / "static"
DESCRIPTION = """
The interface of an achievement transformation fund: channel, deals, committee, books, results and reports.

* Money is `{"amount": "123.45", "currency": "CNY"}`; a rate is `{"status", "value", "roots"}`, with `log_roots`
  and, beside several roots, `modified`.
* Send `Authorization: Bearer <token>`; make a token with `POST /api/v1/tokens`.
* Requests that move money or cast votes need an `Idempotency-Key`; repeat the key to retry safely.
* Lists are paged by key: pass `next` of one page as `after` of the next.
* Errors are `application/problem+json` with a stable `code`.
"""


def create_app(
    database: Database,
    *,
    seal: Seal,
    clock: Clock = system_clock,
    embedded_worker: bool = False,
    secure_cookies: bool = False,
    metrics_token: str | None = None,
) -> FastAPI:
    """The application on `database`, told the time by `clock`, putting `seal` on what it publishes.

    `metrics_token` is what the operator's collector brings; without one only this machine reads the counters.
    With `embedded_worker` it works off durable work and fires the timers in this process too.
    """
    app = FastAPI(
        title="Achievement Fund",
        version="0.1.0",
        description=DESCRIPTION,
        lifespan=_lifespan(database, clock) if embedded_worker else None,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.database, app.state.clock, app.state.seal = database, clock, seal
    app.state.secure_cookies, app.state.metrics_token = secure_cookies, metrics_token
    app.add_middleware(SecureHeaders)
    app.add_middleware(BoundedRequests)
    app.add_middleware(Measured)
    errors.install(app, problem_page)
    # A router that is included has each of its routes taken apart a second time, for prefixes and the like that
    # ours do not have: seconds before the first answer.
    for router in (*routers(api), *routers(pages)):
        app.router.routes.extend(router.routes)
    app.mount("/static", StaticFiles(directory=STATIC, check_dir=False), name="static")
    return app


def _lifespan(database: Database, clock: Clock) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What works and keeps time as long as the application serves."""
    clockwork = Clockwork(database, clock)

    def start() -> None:
        begin_to_work(database)
        clockwork.start()

    def stop() -> None:
        clockwork.stop()
        work.stop_worker()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # The worker has threads and a loop of its own and may not be started from inside the server's.
        await to_thread.run_sync(start)
        yield
        await to_thread.run_sync(stop)

    return lifespan


def routers(package: ModuleType) -> list[APIRouter]:
    """The `router` of every module in a package that has one, in the order of their names."""
    names = sorted(found.name for found in pkgutil.iter_modules(package.__path__))
    modules = (importlib.import_module(f"{package.__name__}.{name}") for name in names)
    return [module.router for module in modules if hasattr(module, "router")]
