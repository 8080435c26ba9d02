"""Nobody makes the application read more than it could use."""

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import Headers

from app.uploads import LARGEST_FORM, LARGEST_OF_STRANGERS, LARGEST_WORDS, most_of
from tests.app.world import World

FORM = "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("headers", "most"),
    [
        ({}, LARGEST_OF_STRANGERS),
        ({"content-type": FORM}, LARGEST_OF_STRANGERS),
        ({"cookie": "a=b", "content-type": FORM}, LARGEST_FORM),
        ({"authorization": "Bearer x", "content-type": FORM}, LARGEST_FORM),
        ({"authorization": "Bearer x", "content-type": "application/json"}, LARGEST_WORDS),
    ],
)
def test_how_much_is_read_depends_on_who_asks_and_for_what(headers: dict[str, str], most: int) -> None:
    assert most_of(Headers(headers)) == most


def test_a_longer_request_is_refused(world_client: TestClient, world: World) -> None:
    login = {"login": "x" * LARGEST_OF_STRANGERS, "password": "x", "label": "x"}
    assert world_client.post("/api/v1/tokens", json=login).json()["code"] == "too_large"
    page = world_client.post("/sign-in", data={"login": "x", "password": "y" * LARGEST_OF_STRANGERS})
    assert page.status_code == 422
    long = {"code": "D1", "name_zh": "x" * LARGEST_WORDS}
    answer = world_client.post("/api/v1/deals", json=long, headers=world.headers["manager"])
    assert answer.json()["code"] == "too_large"
