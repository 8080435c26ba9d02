"""The page of class rights, the same through the API, and the form of a valuation file that begins with them."""

from datetime import date

from fastapi.testclient import TestClient

from tests.app.pages.conftest import Enter
from tests.app.pages.test_exposure import csrf_of
from tests.app.world import World

DAY = date(2026, 6, 30)
PAGE, HELD = "/fund/portfolio/H02/rights", "/api/v1/holdings/H02/class-rights"


def test_rights_are_kept_once_and_begin_every_file(
    signed_in: Enter, world_client: TestClient, world: World
) -> None:
    client = signed_in("analyst", "en")
    empty = client.get(PAGE).text
    assert "No class rights are on record." in empty
    typed = {
        "csrf": csrf_of(empty),
        "effective_on": "2026-06-01",
        "source": "Articles, clause 5",
        "class1": "common",
        "kind1": "common",
        "shares1": "700",
        "class2": "B",
        "kind2": "preferred",
        "shares2": "300",
        "participating2": "yes",
        "cap2": "3",
        "seniority2": "2",
        "conversion2": "1.5",
        "dilution2": "full_ratchet",
    }
    refused = client.post(PAGE, data=typed)
    assert refused.status_code == 422
    assert "expected what was paid in for preferred shares" in refused.text
    assert 'value="1.5"' in refused.text
    answer = client.post(PAGE, data=typed | {"invested2": "1,000,000"}, follow_redirects=False)
    assert answer.headers["location"] == f"{PAGE}?done=valuation.rights_kept"
    shown = client.get(PAGE).text
    for text in ("Articles, clause 5", "1,000,000.00", "3.00", "Full ratchet"):
        assert text in shown
    [told] = world_client.get(HELD, headers=world.headers["analyst"]).json()
    assert told["classes"][1]["invested"] == {"amount": "1000000.00", "currency": "CNY"}
    assert (told["classes"][1]["conversion"], told["source"]) == ("1.5", "Articles, clause 5")
    form = client.get(f"/fund/portfolio/H02/valuation?as_of={DAY}").text
    assert "Rights on record from 2026-06-01 (Articles, clause 5)." in form
    assert 'value="450"' in form
    before = client.get("/fund/portfolio/H02/valuation?as_of=2026-05-31").text
    assert 'value="450"' not in before


def test_what_goes_out_comes_in_again(world_client: TestClient, world: World) -> None:
    headers = world.headers["manager"] | {"Idempotency-Key": "rights-1"}
    a_class = {"name": "A", "kind": "options", "shares": "1000", "strike": "1.25"}
    body = {"effective_on": "2026-06-01", "source": "Plan of options", "classes": [a_class]}
    assert world_client.post(HELD, headers=headers, json=body).status_code == 201
    book = world_client.get("/api/v1/class-rights.xlsx", headers=world.headers["manager"])
    file = {"file": ("rights.xlsx", book.content)}
    again = headers | {"Idempotency-Key": "rights-2"}
    told = world_client.post("/api/v1/imports?fund=AF1", headers=again, files=file)
    assert told.status_code == 201, told.text
    first, *_, last = world_client.get(HELD, headers=headers).json()
    assert last["number"] > first["number"]
    assert last["classes"] == first["classes"]
    assert last["classes"][0]["strike"] == "1.25"
