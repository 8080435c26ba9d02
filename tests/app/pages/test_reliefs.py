"""Offsets, waivers and rebates by page: one prepares, another sees the figures and approves, either takes back."""

import httpx

from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send
from tests.app.world import World

HOME = "/fund/costs/reliefs"
DAY = "2026-09-30"


def test_an_offset_from_its_form_to_the_roll_forward(signed_in: Enter) -> None:
    accountant = signed_in("accountant")
    form = {
        "kind": "monitoring",
        "received": "12万",
        "received_on": DAY,
        "reference": "O-31",
        "reason": "投后监督费",
    }
    assert send(accountant, f"{HOME}/offset", **form | {"received": "0"}).status_code == 422
    assert send(accountant, f"{HOME}/offset", **form).status_code == 303
    own = accountant.get(HOME).text
    assert "须由他人批准" in own
    assert f'action="{HOME}/approve/O-31"' not in own
    assert send(accountant, f"{HOME}/approve/O-31", confirmed="yes").status_code == 403
    manager = signed_in("manager", "en")
    assert "The books do not move." in send(manager, f"{HOME}/approve/O-31").text
    assert send(manager, f"{HOME}/approve/O-31", confirmed="yes").status_code == 303
    page = manager.get(HOME).text
    assert "Monitoring (ILPA row 68): 120,000.00 received, 100" in page
    gone = send(manager, f"{HOME}/undo/O-31", reason="by mistake", on=DAY, confirmed="yes")
    assert gone.status_code == 303
    assert "taken back" in manager.get(HOME).text
    assert signed_in("committee").get(HOME).status_code == 403


def test_a_waiver_shows_what_it_books(signed_in: Enter) -> None:
    accountant = signed_in("accountant")
    costs = accountant.get("/fund/costs").text
    assert HOME in costs
    page = accountant.get(HOME).text
    field = page.split('name="part-')[1].split('"')[0]
    form = {
        "kind": "waiver",
        "quarter": "2024Q4",
        "effective_on": DAY,
        f"part-{field}": "1000",
        "reference": "W-31",
        "reason": "减免",
    }
    assert send(accountant, f"{HOME}/relief", **form | {f"part-{field}": "9,000万"}).status_code == 409
    odd = {"part-²": "1", f"part-{'9' * 5000}": "1"}
    assert send(accountant, f"{HOME}/relief", **form | odd).status_code == 303
    shown = send(signed_in("manager"), f"{HOME}/approve/W-31").text
    assert "管理费减免" in shown
    assert "1,000.00" in shown
    assert send(signed_in("manager"), f"{HOME}/refuse/W-31").status_code == 303
    assert "已驳回" in accountant.get(HOME).text


def test_a_partner_named_twice_is_refused_and_not_summed(world_client: httpx.Client, world: World) -> None:
    part = {"partner": "LP01", "amount": {"amount": "1.00", "currency": "CNY"}}
    body = {"reference": "W-32", "kind": "waiver", "quarter": "2024Q4", "effective_on": DAY, "reason": "减免"}
    headers = world.headers["accountant"] | {"Idempotency-Key": "twice"}
    refused = world_client.post("/api/v1/fees/reliefs", json=body | {"parts": [part, part]}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "relief_invalid")
