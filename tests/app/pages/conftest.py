"""The pages under test: signed-in browsers on a copy of the small world, simulated and real."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest
import sqlalchemy as sa
import uvicorn
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, sync_playwright

from app.main import create_app
from app.migrations.run import app_url
from kernel.clock import fixed_clock
from kernel.db import Database
from tests.app.world_pipeline import NOW
from tests.builders.people import PASSWORD as WORDS
from tests.builders.seals import a_seal
from tests.conftest import PASSWORD, clone, known

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}

Enter = Callable[..., httpx.Client]
Open = Callable[..., Page]


@dataclass(frozen=True)
class Live:
    """A server that really listens."""

    url: str
    database: Database


@pytest.fixture
def signed_in(world_client: TestClient) -> Enter:
    """Signs somebody of the small world in; the client then carries the session's cookie."""

    def enter(name: str, language: str = "zh_CN") -> httpx.Client:
        world_client.cookies.clear()
        form = {"login": f"{name}.person", "password": WORDS, "next": "/today"}
        answer = world_client.post("/sign-in", data=form)
        assert answer.status_code == 303, answer.text
        world_client.cookies.set("language", language)
        return world_client

    return enter


@pytest.fixture
def live(server: sa.URL, worker_name: str, played: object) -> Iterator[Live]:
    """The application on a private copy of the small world, behind a real socket."""
    name = getattr(played, "name", "")
    database = known(app_url(clone(server, f"afund_live_{worker_name}", name), PASSWORD))
    config = uvicorn.Config(
        create_app(database, seal=a_seal(), clock=fixed_clock(NOW)), port=0, log_level="error", lifespan="off"
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield Live(f"http://127.0.0.1:{port}", database)
    running.should_exit = True
    thread.join(timeout=10)
    database.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, for one module only: while it is driven, this thread counts as running an event loop,
    and what must not run inside one (a worker of durable work, a property test) would be refused.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(live: Live, chromium: Browser) -> Iterator[Open]:
    """Opens a page of somebody who has signed in, on a screen of the size given, with or without scripts."""
    contexts = []

    def opened(
        name: str,
        path: str,
        *,
        size: dict[str, int] | None = None,
        scripts: bool = True,
        language: str = "zh_CN",
    ) -> Page:
        context = chromium.new_context(viewport=size or DESK, java_script_enabled=scripts, locale="zh-CN")
        contexts.append(context)
        context.add_cookies([{"name": "language", "value": language, "url": live.url}])
        page = context.new_page()
        page.goto(f"{live.url}/sign-in?next={path}")
        page.fill("#login", f"{name}.person")
        page.fill("#password", WORDS)
        page.press("#password", "Enter")
        page.wait_for_url(f"**{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
