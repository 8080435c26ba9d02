"""The terms of carry and the clawback by API."""

from typing import Any

from fastapi.testclient import TestClient

from tests.app.world import World


def terms(**changes: Any) -> dict[str, Any]:
    usual = {
        "size": {"amount": "500000000.00", "currency": "CNY"},
        "first_close_on": "2024-01-15",
        "final_close_on": "2025-01-15",
        "commitment_period_ends_on": "2029-01-15",
        "term_ends_on": "2033-01-15",
    }
    return usual | changes


def test_the_form_and_its_tiers_by_api(rehearsal: TestClient, world: World) -> None:
    headers = world.headers["manager"] | {"If-Match": '"1"'}
    further = [{"measure": "multiple", "threshold": "2", "carry": "0.25"}]
    body = {"effective_on": "2026-10-01", "note": "decided"}
    wanted = terms(carry_form="deal_by_deal", carry_tax="1/5", further=further)
    address = "/api/v1/funds/AF1/terms"
    lower = terms(further=[{"measure": "multiple", "threshold": "2", "carry": "0.1"}])
    refused = rehearsal.post(address, headers=headers, json=body | {"terms": lower})
    assert (refused.status_code, refused.json()["code"]) == (422, "terms_invalid")
    written = rehearsal.post(address, headers=headers, json=body | {"terms": wanted})
    assert written.status_code == 201, written.text
    told = written.json()
    assert (told["carry_form"], told["carry_tax"]) == ("deal_by_deal", "0.2")
    assert told["further"] == further


def test_the_clawback_by_api(rehearsal: TestClient, world: World) -> None:
    headers = world.headers["auditor"]
    told = rehearsal.get("/api/v1/carry/clawback?as_of=2026-09-29", headers=headers).json()
    assert {one["partner"] for one in told["partners"]} >= {"LP01", "LP02"}
    assert told["is_ended"] is False
    assert told["actual"]["amount"] == "0.00"
    for one in told["partners"]:
        parts = {name: float(part["amount"]) for name, part in one["potential"].items()}
        assert parts["due"] == min(max(parts["excess"], parts["shortfall"]), parts["cap"])
    assert rehearsal.get("/api/v1/carry/clawback?as_of=2001-01-01", headers=headers).status_code == 404
