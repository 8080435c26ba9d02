"""A valuation file as it is answered: money as money, and what was read can be sent back."""

from fastapi.testclient import TestClient

from tests.app.access_valuations import FILE
from tests.app.world import World


def test_a_file_is_answered_in_the_form_in_which_it_is_sent(world_client: TestClient, world: World) -> None:
    path = f"/api/v1/marks/{world.ids['mark']}/file"
    headers = world.headers["analyst"]
    option = {"name": "pool", "shares": "10", "strike": "1.5", "multiple": "0"}
    preferred = {"name": "A", "shares": "10", "invested": {"amount": "5"}}
    rights = {
        "method": "fully_diluted",
        "classes": [{"name": "common", "shares": "980"}, preferred, option],
        "held": "common",
        "held_shares": "100",
        "equity": {"amount": "330000000.00"},
        "priced": "common",
        "price": "7.25",
    }
    scenario = {"name": "sale", "probability": "1", "proceeds": {"amount": "9.50"}, "years": "1/3"}
    typed = {"technique": "multiples", "weight": "0.001", "value": {"amount": "33000000"}, "why": "peers"}
    techniques = [{**FILE["techniques"][0], "weight": "0.999"}, typed]
    body = FILE | {"techniques": techniques, "rights": rights, "scenarios": [scenario], "quoted": []}
    sent = world_client.post(path, headers=headers | {"Idempotency-Key": "file"}, json=body)
    assert sent.status_code == 201, sent.text
    told = world_client.get(path, headers=headers).json()
    assert told == sent.json()
    content = told["content"]
    cny = {"currency": "CNY"}
    assert [one["value"] for one in content["techniques"]] == [None, cny | {"amount": "33000000.00"}]
    assert content["scenarios"][0]["proceeds"] == cny | {"amount": "9.50"}
    assert content["scenarios"][0]["years"] == "1/3"
    asked = content["rights"]
    assert (asked["equity"], asked["price"]) == (cny | {"amount": "330000000.00"}, "7.25")
    assert asked["classes"][1]["invested"] == cny | {"amount": "5.00"}
    assert asked["classes"][2]["strike"] == "1.5"
    # Sent back as it was read it says the same.
    again = {name: part for name, part in content.items() if part is not None}
    again["rights"] = {name: part for name, part in asked.items() if part is not None}
    back = world_client.post(path, headers=headers | {"Idempotency-Key": "back"}, json=again)
    assert back.status_code == 201, back.text
    assert back.json()["content"] == content
    assert back.json()["number"] == told["number"] + 1
