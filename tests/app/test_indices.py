"""The levels of a market index, read and put on record through the API."""

from fastapi.testclient import TestClient

from tests.app.world import World

LEVELS = "/api/v1/indices/SH300/levels"


def test_what_is_put_on_record_is_read_again(world_client: TestClient, world: World) -> None:
    ask = {"headers": world.headers["accountant"]}
    days = [{"on": f"2025-06-{day:02d}", "level": f"10{day:02d}.25"} for day in range(2, 7)]
    nameless = world_client.post(LEVELS, json={"levels": days}, **ask)
    assert (nameless.status_code, nameless.json()["code"]) == (422, "index_unnamed")
    body = {"name": "沪深三百指数", "source": "交易所", "levels": days}
    assert world_client.post(LEVELS, json=body, **ask).json() == {"new": 5, "corrected": 0, "known": 0}
    assert world_client.post(LEVELS, json=body, **ask).json() == {"new": 0, "corrected": 0, "known": 5}
    page = world_client.get(f"{LEVELS}?limit=2&since=2025-06-03", **ask).json()
    assert [one["level"] for one in page["items"]] == ["1003.25", "1004.25"]
    rest = world_client.get(f"{LEVELS}?since=2025-06-03&after={page['next']}", **ask).json()
    assert ([one["on"] for one in rest["items"]], rest["next"]) == (["2025-06-05", "2025-06-06"], None)
    other = {"levels": [{"on": "2025-06-02", "level": "999"}]}
    assert world_client.post(LEVELS, json=other, **ask).json()["code"] == "index_level_known"
    other["levels"][0]["corrects"] = True
    assert world_client.post(LEVELS, json=other, **ask).json()["corrected"] == 1
    for odd in ("after=June", "limit=0", "since=June"):
        assert world_client.get(f"{LEVELS}?{odd}", **ask).status_code == 422, odd
    assert world_client.get("/api/v1/indices/NONE/levels", **ask).status_code == 404
    assert world_client.post(LEVELS, json={"levels": []}, **ask).status_code == 422
