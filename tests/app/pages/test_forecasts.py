"""Forecasts by page: played, edited, kept, and closed to everybody outside the house."""

import re
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from tests.app.access_forecasts import SCENARIO, USUAL
from tests.app.pages.conftest import Enter
from tests.app.pages.test_exposure import csrf_of
from tests.app.world import World

TYPED = {
    "name": "Slow exits",
    "plays": "200",
    "quarters": "12",
    "market_share": "30",
    "seed": "7",
    "general-growth": "10",
    "general-volatility": "50",
    "general-failure": "5",
    "general-exit_from": "4",
    "general-exit_to": "12",
    "own-failure-H01": "20",
    "planned-name-1": "Hydrogen",
    "planned-amount-1": "8000 万",
    "planned-quarter-1": "2",
}


def test_the_usual_assumptions_are_played_at_once(signed_in: Enter) -> None:
    page = signed_in("manager", "en").get("/fund/forecasts?as_of=2026-01-31").text
    assert "Usual assumptions" in page
    assert "<polygon" in page
    assert "They end below the hurdle" in page
    assert "Takahashi and Alexander" in page


def test_a_scenario_is_typed_kept_and_played_again_to_the_same_figures(signed_in: Enter) -> None:
    client = signed_in("analyst", "en")
    answer = client.post("/fund/forecasts", data=TYPED | {"csrf": csrf_of(client.get("/password").text)})
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith("/fund/forecasts?scenario=2")
    pages = [client.get("/fund/forecasts?scenario=2&as_of=2026-01-31").text for _ in range(2)]
    outcome = [page.split('id="outcome"')[1].split("</section>")[0] for page in pages]
    assert outcome[0] == outcome[1]
    assert "Slow exits" in outcome[0]
    assert 'value="20"' in pages[0]
    assert "80,000,000.00" in pages[0]
    assert "the commitments do not reach" in pages[0]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("plays", "many", "Expected a whole number"),
        ("general-growth", "x", "Expected a percentage"),
        ("general-growth", "900", "expected from -90 % to 300 %, got 900 %"),
        ("general-growth", "-91", "expected from -90 % to 300 %, got -91 %"),
        ("planned-quarter-1", "13", "expected a whole number from 1 to 12"),
        ("planned-amount-1", "", "Expected an amount in yuan"),
        ("name", "", "This is needed."),
    ],
)
def test_what_cannot_be_played_is_shown_again(signed_in: Enter, field: str, value: str, said: str) -> None:
    client = signed_in("manager", "en")
    # Any page of the session carries what a form must; this one plays no forecast.
    answer = client.post(
        "/fund/forecasts", data=TYPED | {"csrf": csrf_of(client.get("/password").text), field: value}
    )
    assert answer.status_code == 422
    assert said in answer.text
    assert "Hydrogen" in answer.text
    assert "Slow exits" in answer.text or field == "name"


def test_a_decline_is_kept_by_api_and_a_refusal_names_the_bounds(
    world_client: TestClient, world: World
) -> None:
    def kept(**changes: str) -> Response:
        body = SCENARIO | {"general": USUAL | changes}
        return world_client.post("/api/v1/forecasts", json=body, headers=world.headers["manager"])

    assert kept(growth="-0.2").json()["general"]["growth"] == "-0.2"
    for changes, bounds in (
        ({"growth": "-0.95"}, "应在 -90 % 至 300 % 之间，现为 -95 %"),
        ({"volatility": "-0.1"}, "应在 0 % 至 300 % 之间"),
    ):
        answer = kept(**changes)
        assert answer.status_code == 422
        assert bounds in answer.text


def test_pacing_by_api_is_told_in_money(world_client: TestClient, world: World) -> None:
    query = {"as_of": "2026-01-31"}
    answer = world_client.get("/api/v1/forecasts/pacing", params=query, headers=world.headers["manager"])
    found = answer.json()
    amounts = [year[name] for year in found["years"] for name in ("called", "distributed", "nav")]
    assert all(re.fullmatch(r"-?\d+\.\d\d", one["amount"]) for one in [*amounts, found["booked_called"]])


def test_what_if_by_api_names_what_no_holding_carries(world_client: TestClient, world: World) -> None:
    def asked(sector: str) -> list[dict[str, str]]:
        query = {"deal_amount": "1000", "deal_sector": sector}
        answer = world_client.get("/api/v1/exposure", params=query, headers=world.headers["manager"])
        return list(answer.json()["unheld"])

    assert asked("hydrogen ") == []
    assert asked("Hydrogen") == [{"dimension": "sector", "value": "Hydrogen"}]


def test_nobody_outside_the_house_reads_one(signed_in: Enter) -> None:
    for name in ("lp_user", "committee", "technology_manager"):
        assert signed_in(name).get("/fund/forecasts").status_code == 403, name
    assert "预测" in signed_in("auditor").get("/fund/forecasts").text
    assert signed_in("manager").get("/fund/forecasts?scenario=99").status_code == 404


def test_a_reserve_is_planned_by_form_and_read_by_no_partner(signed_in: Enter) -> None:
    client = signed_in("analyst")
    assert "尚未为任何企业预留" in client.get("/fund/reserves").text
    typed = {"csrf": csrf_of(client.get("/fund/reserves").text), "holding": "H01", "note": "B 轮"}
    answer = client.post("/fund/reserves", data=typed | {"amount": "5,000,000", "expected": "soon"})
    assert answer.status_code == 422
    assert "2027Q2" in answer.text
    answer = client.post("/fund/reserves", data=typed | {"amount": "5,000,000", "expected": "2027Q1"})
    assert answer.headers["location"] == "/fund/reserves?done=reserve.planned"
    page = client.get("/fund/reserves").text
    assert "5,000,000.00" in page
    assert "2027Q1" in page
    for name in ("lp_user", "committee"):
        assert signed_in(name).get("/fund/reserves").status_code == 403, name


def test_an_estimate_is_published_by_form_and_the_partner_reads_its_part(
    signed_in: Enter, world_client: TestClient, world: World
) -> None:
    client = signed_in("manager", "en")
    page = client.get("/fund/forecasts?as_of=2026-01-31").text
    assert "does not reach over all four quarters" in page
    typed = {"csrf": csrf_of(page), "quarter": "2025Q4", "method": "plan", "number": "", "note": "why"}
    refused = client.post("/fund/forecasts/estimate", data=typed)
    assert refused.status_code == 422
    assert "name one that was kept" in refused.text
    answer = client.post("/fund/forecasts/estimate", data=typed | {"number": "1"})
    assert answer.headers["location"] == "/fund/forecasts?done=estimate.published"
    shown = client.get("/fund/forecasts?scenario=1&as_of=2026-01-31").text
    section = shown.split('id="estimate"')[1].split("</section>")[0]
    assert "Published: no. 2" in section
    # The commitment period ends in the third quarter: from then on the fee is one on what is invested.
    plan = ["500000.00", "500000.00", "495108.70", "485000.00"]
    assert [section.count(f">{Decimal(amount):,}<") for amount in plan] == [6, 6, 3, 3]

    def told(name: str) -> dict[str, Any]:
        return dict(world_client.get("/api/v1/call-estimates", headers=world.headers[name]).json()[0])

    ours, theirs = told("manager"), told("lp_user")
    assert (ours["note"], theirs["note"]) == ("why", None)
    assert [one["total"]["amount"] for one in ours["calls"]] == plan
    assert 0 < Decimal(theirs["calls"][0]["total"]["amount"]) < 500000
    assert "The fund's estimate no. 2" in signed_in("lp_user", "en").get("/portal").text
    query = {"quarter": "2025Q4"}
    ways = world_client.get("/api/v1/forecasts/1/calls", params=query, headers=world.headers["manager"])
    assert [one["method"] for one in ways.json()["ways"]] == ["plan", "simulation", "pacing", "trend"]
