"""The application as `afund serve` runs it: with the worker and the timers inside."""

from datetime import datetime

from fastapi.testclient import TestClient

from app.main import create_app
from kernel import work
from kernel.clock import fixed_clock
from kernel.db import Database
from tests.builders.seals import a_seal


def test_it_serves_works_and_stops(database: Database, now: datetime) -> None:
    app = create_app(database, seal=a_seal(), clock=fixed_clock(now), embedded_worker=True)
    with TestClient(app) as client:
        assert work.is_working()
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").json() == {"status": "ok"}
        assert "# HELP" in client.get("/metrics").text
    assert not work.is_working()


def test_without_a_worker_it_is_alive_but_says_so_when_one_was_promised(
    database: Database, now: datetime
) -> None:
    app = create_app(database, seal=a_seal(), clock=fixed_clock(now))
    with TestClient(app) as client:
        assert client.get("/readyz").status_code == 200
        app.state.embedded_worker = True
        assert client.get("/readyz").json()["code"] == "not_ready"
