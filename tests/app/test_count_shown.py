"""A vote that could not be counted is told to those who can have it counted again, and is counted by their click."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from app import due
from kernel import work
from kernel.clock import fixed_clock
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from pipeline.committee.queries import motion_sheet
from pipeline.committee.uncounted import PATIENCE, count_key, uncounted
from tests.app.world import World
from tests.app.world_pipeline import BEFORE, NOW
from tests.builders.apps import an_app
from tests.builders.people import PASSWORD

OVER = BEFORE + timedelta(days=3)
LATER = OVER + timedelta(minutes=5)


@pytest.fixture
def failed(world_database: Database, world: World) -> int:
    """The open motion, whose count was asked for too early and so has failed."""
    motion_id = int(world.ids["motion"])
    work.start_worker(world_database)
    try:
        with world_database.transaction(SYSTEM) as tx:
            facts = {"motion_id": motion_id, "at": NOW.isoformat()}
            work.enqueue(tx, job="motion_close", key=count_key(motion_id), **facts)
        with pytest.raises(work.WorkFailed):
            work.wait(count_key(motion_id))
    finally:
        work.stop_worker()
    return motion_id


@pytest.fixture
def client(world_database: Database) -> Iterator[TestClient]:
    """The application once the vote is over."""
    app = an_app(world_database, clock=fixed_clock(LATER))
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as asking:
        yield asking


def enter(client: TestClient, name: str) -> TestClient:
    client.cookies.clear()
    client.post("/sign-in", data={"login": f"{name}.person", "password": PASSWORD, "next": "/today"})
    client.cookies.set("language", "en")
    return client


@pytest.mark.parametrize("who", ["manager", "committee"])
def test_it_is_told_and_counted_by_a_click(
    failed: int, client: TestClient, world_database: Database, who: str
) -> None:
    entered = enter(client, who)
    assert "The vote was not counted" in entered.get("/today").text
    page = entered.get(f"/committee/{failed}").text
    assert "is open until" in page
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    once = re.search(r'name="key" value="([^"]+)"', page)
    assert csrf
    assert once
    form = {"csrf": csrf[1], "key": once[1], "fund": "AF1"}
    assert entered.post(f"/committee/{failed}/close", data=form).status_code == 303
    with world_database.transaction(SYSTEM) as tx:
        assert motion_sheet(tx, actor=SYSTEM, motion_id=failed, now=LATER).decision is not None
        assert uncounted(tx, actor=SYSTEM, now=LATER) == []
    assert "The vote was not counted" not in entered.get("/today").text


def test_nobody_else_is_told(failed: int, client: TestClient, world: World) -> None:
    for who in ("accountant", "auditor", "lp_user"):
        assert "The vote was not counted" not in enter(client, who).get("/today").text


def test_a_vote_that_no_worker_has_counted_is_told_after_a_while(
    client: TestClient, world_database: Database, world: World
) -> None:
    def told(now: datetime) -> list[object]:
        with world_database.transaction(SYSTEM) as tx:
            return [one.failure for one in uncounted(tx, actor=SYSTEM, now=now)]

    assert told(OVER - timedelta(minutes=1)) == []
    assert told(OVER + PATIENCE) == []
    assert told(OVER + PATIENCE + timedelta(minutes=1)) == [None]
    with world_database.transaction(SYSTEM) as tx:
        assert due.votes(tx, now=LATER) == [count_key(int(world.ids["motion"]))]
