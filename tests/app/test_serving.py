"""The application as `afund serve` runs it: with the worker and the timers inside; health and counters."""

from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from kernel import work
from kernel.beats.actions import beat
from kernel.clock import fixed_clock
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from tests.app.world import World
from tests.builders.seals import a_seal

HERE = ("127.0.0.1", 50000)


def test_it_serves_works_and_stops(database: Database, now: datetime) -> None:
    app = create_app(database, seal=a_seal(), clock=fixed_clock(now), embedded_worker=True)
    with TestClient(app) as client:
        assert work.is_working()
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").json() == {"status": "ok"}
    assert not work.is_working()


@pytest.mark.parametrize(("minutes", "status"), [(0, 200), (2, 200), (4, 503)])
def test_a_worker_elsewhere_makes_it_ready_while_it_is_heard_of(
    database: Database, now: datetime, minutes: int, status: int
) -> None:
    client = TestClient(create_app(database, seal=a_seal(), clock=fixed_clock(now)))
    assert client.get("/readyz").json()["code"] == "not_ready"
    with database.transaction(SYSTEM) as tx:
        beat(tx, worker="elsewhere:1", now=now - timedelta(minutes=minutes))
    assert client.get("/readyz").status_code == status


def test_counters_speak_of_routes_and_never_of_partners(world_database: Database, world: World) -> None:
    app = create_app(
        world_database, seal=a_seal(), clock=fixed_clock(datetime.fromisoformat("2026-09-30T08:00:00+00:00"))
    )
    client = TestClient(app, client=HERE)
    client.get("/api/v1/partners/LP01", headers=world.headers["rival"])
    client.get("/no/such/page-of-LP01")
    text = client.get("/metrics").text
    assert 'afund_requests_total{method="GET",route="/api/v1/partners/{code}",status="404"}' in text
    assert 'route="none",status="404"' in text
    assert 'afund_refusals_total{code="partner_unknown"}' in text
    assert 'afund_letters{state="waiting"} 0.0' in text
    assert 'afund_request_seconds_bucket{le="0.1",method="GET",route="/api/v1/partners/{code}"}' in text
    assert "LP01" not in text


def test_counters_are_for_this_machine_or_the_token(database: Database, now: datetime) -> None:
    app = create_app(database, seal=a_seal(), clock=fixed_clock(now))
    assert TestClient(app, client=HERE).get("/metrics").status_code == 200
    through = {"X-Forwarded-For": "203.0.113.9"}
    assert TestClient(app, client=HERE).get("/metrics", headers=through).status_code == 403
    assert TestClient(app, client=("203.0.113.9", 1)).get("/metrics").json()["code"] == "metrics_closed"
    app = create_app(database, seal=a_seal(), clock=fixed_clock(now), metrics_token="of the collector")
    assert TestClient(app, client=HERE).get("/metrics").status_code == 403
    brought = {"Authorization": "Bearer of the collector"}
    assert TestClient(app, client=("203.0.113.9", 1)).get("/metrics", headers=brought).status_code == 200
