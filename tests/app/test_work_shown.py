"""How durable work is shown to people and to scripts: what is asked for, how far it is, and why it was refused."""

from collections.abc import Callable

import httpx
import pytest
from fastapi.testclient import TestClient

from fund.charter.queries import fund_by_code
from kernel import work
from kernel.beats.actions import beat
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from lp_reports.requests import close_when_due
from tests.app.pages.conftest import signed_in
from tests.app.world import World
from tests.app.world_pipeline import NOW

__all__ = ["signed_in"]

NEXT = Quarter(2025, 1)


@pytest.fixture
def refused(world_database: Database) -> str:
    """The key of a close that the timer asked for and the worker refused."""
    work.start_worker(world_database)
    try:
        with world_database.transaction(SYSTEM) as tx:
            key = close_when_due(tx, fund=fund_by_code(tx, code="AF1"), quarter=NEXT, now=NOW)
        with pytest.raises(work.WorkFailed):
            work.wait(key)
    finally:
        work.stop_worker()
    return key


def test_a_script_reads_why_a_close_was_refused(world_client: TestClient, world: World, refused: str) -> None:
    headers = world.headers["accountant"]
    [job] = world_client.get(f"/api/v1/jobs/{refused}", headers=headers | {"Accept-Language": "en"}).json()
    assert (job["state"], job["done"], job["total"], job["step"]) == ("failed", 2, 5, "marks")
    [reason] = job["reasons"]
    assert reason["code"] == "quarter_marks_missing"
    assert reason["detail"].startswith("2025Q1 cannot be closed")
    assert reason["problems"][0]["what"].startswith("there is no mark of 2025-03-31; the last is of")
    listed = world_client.get("/api/v1/jobs?limit=1", headers=headers | {"Accept-Language": "zh"}).json()
    assert listed["items"][0]["key"] == refused
    assert listed["items"][0]["reasons"][0]["detail"].startswith("2025Q1 不能关账")
    beyond = world_client.get(f"/api/v1/jobs?after={refused}", headers=headers)
    assert beyond.json() == {"items": [], "next": None}
    assert world_client.get("/api/v1/jobs?after=nothing", headers=headers).status_code == 422


def test_work_that_nobody_does_stands_still_and_says_so(
    signed_in: Callable[..., httpx.Client], world_database: Database
) -> None:
    with world_database.transaction(SYSTEM) as tx:
        close_when_due(tx, fund=fund_by_code(tx, code="AF1"), quarter=NEXT, now=NOW)
    client = signed_in("accountant")
    assert "近期没有后台进程报到" in client.get("/reports/work").text
    with world_database.transaction(SYSTEM) as tx:
        beat(tx, worker="here:1", now=NOW)
    assert "近期没有后台进程报到" not in client.get("/reports").text


def test_people_read_it_on_their_pages(signed_in: Callable[..., httpx.Client], refused: str) -> None:
    client = signed_in("accountant")
    page = client.get("/reports").text
    assert "2025Q1 不能关账" in page
    assert "没有 2025-03-31 的估值" in page
    assert "已完成 2 / 5 步" in page
    assert "关账未通过" in client.get("/today").text
    assert "2025Q1 cannot be closed" in signed_in("accountant", "en").get("/reports/work").text


def test_a_close_out_of_order_is_refused_in_its_form(signed_in: Callable[..., httpx.Client]) -> None:
    client = signed_in("accountant")
    page = client.get("/reports").text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    answer = client.post("/reports/close", data={"csrf": csrf, "quarter": "2025Q3"})
    assert answer.status_code == 409
    assert "之前尚未关账的有：2025Q1, 2025Q2" in answer.text


def test_lp_people_are_told_nothing_of_it(
    world_client: TestClient, world: World, signed_in: Callable[..., httpx.Client], refused: str
) -> None:
    for who in ("lp_user", "administrator", "committee"):
        assert world_client.get("/api/v1/jobs", headers=world.headers[who]).status_code == 403
    assert refused not in signed_in("lp_user").get("/reports").text
    assert signed_in("lp_user").get("/reports/work").status_code == 403
