"""What has changed since: by API and on the page, of the fund and of a partner's own people."""

from decimal import Decimal

from fastapi.testclient import TestClient

from tests.app.world import World

ASKED = "/api/v1/results/comparison?as_of=2026-09-29&first=2026-01-01T00:00:00Z"


def test_two_instants_are_answered_with_what_was_recorded_in_between(
    rehearsal: TestClient, world: World
) -> None:
    told = rehearsal.get(ASKED, headers=world.headers["manager"])
    assert told.status_code == 200, told.text
    found = told.json()
    assert [one["code"] for one in found["totals"]] == ["assets", "liabilities", "net_assets", "operations"]
    for one in found["accounts"]:
        first, second, moved = (Decimal(one[name]["amount"]) for name in ("first", "second", "moved"))
        assert second - first == moved
    references = [one["reference"] for one in found["entries"]]
    assert "ADJ-1" in references
    backwards = rehearsal.get(ASKED + "&second=2025-12-31T00:00:00Z", headers=world.headers["manager"])
    assert (backwards.status_code, backwards.json()["code"]) == (422, "compared_backwards")


def test_without_a_report_or_a_lock_the_first_instant_is_asked_for(
    rehearsal: TestClient, world: World
) -> None:
    asked = rehearsal.get("/api/v1/results/comparison?as_of=2026-09-29", headers=world.headers["manager"])
    assert asked.status_code == 422
    assert asked.json()["code"] == "quarter_never_told"


def test_a_partners_people_read_their_own_account_and_no_whole(rehearsal: TestClient, world: World) -> None:
    whole = rehearsal.get(ASKED, headers=world.headers["lp_user"])
    assert (whole.status_code, whole.json()["code"]) == (403, "fund_figures_closed")
    own = rehearsal.get(ASKED + "&partner=LP01", headers=world.headers["lp_user"])
    assert own.status_code == 200, own.text
    assert own.json()["totals"] == []
    other = rehearsal.get(ASKED + "&partner=LP02", headers=world.headers["lp_user"])
    assert other.status_code == 404
