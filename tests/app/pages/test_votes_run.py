"""What pages tell whoever runs a vote, and let be done: leavers, a deal that changed, a sale taken back."""

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from fastapi.testclient import TestClient

from fund.holdings.queries import holding
from kernel.clock import fixed_clock
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from pipeline.closing.queries import closings
from pipeline.committee.seating import unseat
from pipeline.deals.actions import edit
from pipeline.deals.queries import deal_by_code
from pipeline.deals.rules import Stage
from tests.app.world import World
from tests.app.world_pipeline import BEFORE, NOW
from tests.builders.apps import an_app
from tests.builders.people import PASSWORD

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def client(world_database: Database) -> Iterator[TestClient]:
    """The manager, signed in, a day later: the vote is still open."""
    app = an_app(world_database, clock=fixed_clock(TOMORROW))
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as asking:
        asking.post("/sign-in", data={"login": "manager.person", "password": PASSWORD, "next": "/today"})
        asking.cookies.set("language", "en")
        yield asking


def send(client: httpx.Client, page: str, path: str, **form: str) -> httpx.Response:
    """Send a form of a page with what it hides."""
    hidden = dict(re.findall(r'type="hidden" name="(csrf|fund)" value="([^"]+)"', client.get(page).text))
    return client.post(path, data={**hidden, "key": path, **form})


def test_a_leavers_seat_is_suspended_on_the_page(
    client: TestClient, world: World, world_database: Database
) -> None:
    page = f"/committee/{world.ids['motion']}"
    assert "Somebody has left" not in client.get(page).text
    with world_database.transaction(SYSTEM) as tx:
        unseat(tx, SYSTEM, seat_id=int(world.ids["seat"]), until_on=NOW.date(), now=NOW)
    assert "Somebody has left" in client.get(page).text
    assert send(client, page, f"{page}/suspend", seat="S5", reason="").status_code == 422
    sent = send(client, page, f"{page}/suspend", seat="S5", reason="Left on Wednesday.")
    assert sent.status_code == 303
    told = client.get(page).text
    assert "Left on Wednesday." in told
    assert "Somebody has left" not in told
    answer = client.get(f"/api/v1/motions/{world.ids['motion']}", headers=world.headers["manager"])
    assert [one["code"] for one in answer.json()["seats"] if one["is_suspended"]] == ["S5"]


def test_a_deal_that_changed_during_the_vote_is_told(
    client: TestClient, world: World, world_database: Database
) -> None:
    page = f"/committee/{world.ids['motion']}"
    assert "The deal has changed" not in client.get(page).text
    with world_database.transaction(SYSTEM) as tx:
        about = deal_by_code(tx, code=str(world.ids["deal"]))
        edit(tx, SYSTEM, deal_id=about.id, version=about.version, changes={"sector": "储能"}, now=NOW)
    told = client.get(page).text
    assert "The deal has changed" in told
    assert "No longer as the papers were locked for: Sector" in told


def test_a_write_off_taken_back_by_script_takes_the_exit_along(
    client: TestClient, world: World, world_database: Database
) -> None:
    code, headers = str(world.ids["exited"]), world.headers["manager"] | {"Idempotency-Key": "back"}
    assert client.get(f"/api/v1/deals/{code}/exit", headers=headers).status_code == 200
    with world_database.transaction(SYSTEM) as tx:
        (paid,) = closings(tx, deal_id=deal_by_code(tx, code=code).id)
        held = holding(tx, holding_id=paid.holding_id, as_of=NOW.date()).code
    body = {"reason": "The company lives.", "on": BEFORE.date().isoformat()}
    answer = client.post(f"/api/v1/holdings/{held}/sales/1/reversal", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert client.get(f"/api/v1/deals/{code}/exit", headers=headers).status_code == 404
    assert client.get(f"/api/v1/deals/{code}", headers=headers).json()["stage"] == Stage.HELD
    assert "The company lives." in client.get(f"/deals/{code}").text
    assert "Record the exit" in client.get(f"/deals/{code}/exit").text
