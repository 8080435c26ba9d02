"""Coming in, going out, the language, and refusals as pages."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.pages.entrance import inside
from app.pages.problems import came_from
from tests.app.pages.conftest import Enter
from tests.app.world import World
from tests.builders.people import PASSWORD


@pytest.mark.parametrize(
    ("path", "safe"),
    [
        ("/deals?stage=closing", "/deals?stage=closing"),
        ("//evil.example", "/today"),
        ("/\\evil.example", "/today"),
        ("https://evil.example/", "/today"),
        ("deals", "/today"),
        ("//[", "/today"),
        ("/\x5bhttp://[", "/[http://["),
    ],
)
def test_nobody_is_sent_away_by_a_link(path: str, safe: str) -> None:
    assert inside(path) == safe


def test_a_stranger_is_asked_to_sign_in_and_comes_back(world_client: TestClient) -> None:
    answer = world_client.get("/deals")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/deals")
    page = world_client.get("/sign-in?next=/deals")
    assert page.status_code == 200
    assert 'value="/deals"' in page.text
    form = {"login": "manager.person", "password": PASSWORD, "next": "/deals"}
    assert world_client.post("/sign-in", data=form).headers["location"] == "/deals"


def test_a_wrong_password_is_told_kindly_and_throttled_in_the_end(world_client: TestClient) -> None:
    form = {"login": "manager.person", "password": "wrong words entirely"}
    for _ in range(5):
        answer = world_client.post("/sign-in", data=form)
        assert answer.status_code == 403
        assert "wrong words" not in answer.text
    assert "15" in world_client.post("/sign-in", data=form | {"password": PASSWORD}).text


def test_another_site_cannot_sign_somebody_in(world_client: TestClient) -> None:
    form = {"login": "manager.person", "password": PASSWORD, "next": "/today"}
    sent = world_client.post("/sign-in", data=form, headers={"sec-fetch-site": "cross-site"})
    assert sent.status_code == 403
    assert not world_client.cookies
    own = world_client.post("/sign-in", data=form, headers={"sec-fetch-site": "same-origin"})
    assert own.status_code == 303


def test_signing_out_ends_the_session(signed_in: Enter) -> None:
    client = signed_in("manager")
    page = client.get("/today").text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    assert client.post("/sign-out", data={"csrf": csrf}).headers["location"] == "/sign-in"
    assert client.get("/today").status_code == 303


def test_a_form_without_the_pages_secret_is_refused(signed_in: Enter, world: World) -> None:
    client = signed_in("manager")
    answer = client.post(f"/deals/{world.ids['screened']}/hold", data={"reason": "forged"})
    assert answer.status_code == 403
    assert world.ids["screened"] not in answer.text


def test_the_language_is_kept_in_a_cookie(signed_in: Enter) -> None:
    client = signed_in("manager", "en")
    assert 'lang="en"' in client.get("/today").text
    csrf = client.get("/today").text.split('name="csrf" value="')[1].split('"')[0]
    form = {"language": "zh_CN", "back": "/deals", "csrf": csrf}
    client.cookies.delete("language")
    answer = client.post("/language", data=form)
    assert answer.headers["location"] == "/deals"
    assert 'lang="zh-CN"' in client.get("/today").text


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("manager", "/nowhere", 404),
        ("manager", "/deals/D00-000", 404),
        ("lp_user", "/fund", 403),
        ("lp_user", "/users", 403),
        ("committee", "/fund/books", 403),
        ("administrator", "/portal", 403),
        ("manager", "/fund?quarter=soon", 422),
        ("manager", "/deals?stage=moon", 422),
        ("manager", "/fund/books?as_of=soon", 422),
    ],
)
def test_refusals_are_pages_in_plain_words(signed_in: Enter, name: str, path: str, status: int) -> None:
    answer = signed_in(name).get(path)
    assert answer.status_code == status
    assert f'<p class="lede">{status}</p>' in answer.text
    assert 'href="/today"' in answer.text


def test_another_partners_call_is_as_unknown_as_a_missing_one(signed_in: Enter, world: World) -> None:
    client = signed_in("rival")
    for path in (
        "/fund/partners/LP01",
        f"/reports/{world.ids['report']}",
        "/fund/explain?figure=closing&partner=1",
    ):
        assert client.get(path).status_code in {403, 404}, path


class Asked:
    """A request as far as `came_from` looks at it."""

    def __init__(self, referer: str) -> None:
        self.headers: dict[str, str] = {"referer": referer} if referer else {}
        self.url: Any = type("Url", (), {"netloc": "fund.example", "path": "/deals/D1"})()


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("", "/today"),
        ("https://elsewhere.example/x", "/today"),
        ("https://fund.example/deals/D1", "/today"),
        ("https://fund.example/deals?late=yes", "/deals?late=yes"),
        ("https://fund.example//evil.example/x", "/today"),
        ("http://[", "/today"),
    ],
)
def test_the_way_back_stays_in_the_house(referer: str, back: str) -> None:
    asked: Any = Asked(referer)
    assert came_from(asked) == back
