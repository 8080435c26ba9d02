"""The ILPA Performance Template by API: read in both forms until one is chosen, then in that one alone."""

import pytest
from fastapi.testclient import TestClient

from tests.app.world import World

ADDRESS = "/api/v1/results/performance-template"
ASKED = f"{ADDRESS}?quarter=2026Q2"


def test_every_type_opens_its_entries(rehearsal: TestClient, world: World) -> None:
    headers = world.headers["auditor"]
    for form in ("granular", "gross_up"):
        found = rehearsal.get(f"{ASKED}&form={form}", headers=headers).json()
        assert (found["form"], found["is_chosen"]) == (form, False)
        assert found["subscription_facility"] == "not_used"
        assert [one["stage"] for one in found["stages"]] == ["gross", "after_fees", "after_expenses", "net"]
        for one in found["types"]:
            opened = rehearsal.get(
                f"{ADDRESS}/entries?quarter=2026Q2&transaction_type={one['code']}", headers=headers
            ).json()
            assert opened["amount"] == one["amount"]
            assert opened["entries"]


def test_the_form_is_chosen_once(world_client: TestClient, world: World) -> None:
    headers = world.headers["manager"]
    chosen = world_client.post(
        "/api/v1/performance-form", headers=headers, json={"form": "gross_up", "note": "决议"}
    )
    assert (chosen.status_code, chosen.json()["form"]) == (201, "gross_up")
    found = world_client.get(ASKED, headers=headers).json()
    assert (found["form"], found["is_chosen"]) == ("gross_up", True)
    again = world_client.post("/api/v1/performance-form", headers=headers, json={"form": "granular"})
    other = world_client.get(f"{ASKED}&form=granular", headers=headers)
    book = world_client.get("/api/v1/performance-template.xlsx?quarter=2026Q2&form=granular", headers=headers)
    for refused in (again, other, book):
        assert (refused.status_code, refused.json()["code"]) == (409, "performance_form_fixed")


@pytest.mark.parametrize(
    "asked",
    [
        "results/performance-template?",
        "results/capital-account?",
        "results/bridge?",
        "results/progression?",
        "fees/offsets?",
        "quarters/assertions?",
        "exposure/history?dimension=sector&",
    ],
)
def test_a_quarter_to_come_has_no_figures(rehearsal: TestClient, world: World, asked: str) -> None:
    found = rehearsal.get(f"/api/v1/{asked}quarter=2099Q4", headers=world.headers["manager"])
    assert (found.status_code, found.json()["code"]) == (422, "quarter_to_come"), found.text


@pytest.mark.parametrize(
    "asked",
    [
        "results/performance?",
        "results/groups?by=sector&",
        "exposure?",
        "exposure/readiness?",
        "forecasts/1?",
        "reserves?",
        "returns.xlsx?",
    ],
)
def test_nothing_is_told_of_a_day_to_come(rehearsal: TestClient, world: World, asked: str) -> None:
    found = rehearsal.get(f"/api/v1/{asked}as_of=2026-10-01", headers=world.headers["manager"])
    assert (found.status_code, found.json()["code"]) == (422, "day_to_come"), found.text


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_ends_of_the_calendar_are_refused(rehearsal: TestClient, world: World, at: str) -> None:
    found = rehearsal.get(f"/api/v1/returns.xlsx?known_at={at}", headers=world.headers["manager"])
    assert found.status_code == 422, found.text


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("?quarter=2026Q5", 422),
        ("?quarter=2026Q2&form=other", 422),
        ("/entries?quarter=2026Q2&transaction_type=loan", 404),
        ("?quarter=2026Q2&known_at=soon", 422),
        ("?quarter=1900Q1&known_at=1900-01-01T00:00:00Z", 200),
    ],
)
def test_odd_questions(rehearsal: TestClient, world: World, asked: str, status: int) -> None:
    assert rehearsal.get(f"{ADDRESS}{asked}", headers=world.headers["manager"]).status_code == status
