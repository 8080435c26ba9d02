"""Every list of the API is paged by key: page by page it gives exactly what it gives whole."""

import pytest
from fastapi.testclient import TestClient

from tests.app.world import World

LISTS = (
    "partners",
    "commitments",
    "calls",
    "calls/due?as_of=2030-01-01",
    "holdings",
    "holdings/H01/marks",
    "fees",
    "scorecards",
    "workstreams",
    "matches",
    "funds",
    "tokens",
    "entries",
    "deals",
    "demands",
    "achievements",
    "spinouts",
    "motions",
    "reports",
    "parties",
)


@pytest.mark.parametrize("path", LISTS)
def test_pages_join_to_the_whole(path: str, rehearsal: TestClient, world: World) -> None:
    headers, joint = world.headers["manager"], "&" if "?" in path else "?"
    whole = rehearsal.get(f"/api/v1/{path}{joint}limit=500", headers=headers).json()
    assert whole["next"] is None
    assert whole["items"]
    found: list[object] = []
    after = ""
    for _ in whole["items"]:
        page = rehearsal.get(f"/api/v1/{path}{joint}limit=1{after}", headers=headers).json()
        assert len(page["items"]) == 1
        found += page["items"]
        after = f"&after={page['next']}"
    assert found == whole["items"]
    assert page["next"] is None


@pytest.mark.parametrize("path", ["partners", "matches", "workstreams", "fees", "tokens"])
@pytest.mark.parametrize("after", ["nothing", "-1", "%00", "9999999"])
def test_a_place_that_no_page_gave_is_refused(
    path: str, after: str, rehearsal: TestClient, world: World
) -> None:
    answer = rehearsal.get(f"/api/v1/{path}?after={after}", headers=world.headers["manager"])
    assert answer.status_code in {404, 422}
