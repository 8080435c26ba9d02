"""Income that is earned, by page and by API: booked, received in part, released, taken back, listed as of a day."""

import re

from fastapi.testclient import TestClient

from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send
from tests.app.world import World

HOME = "/fund/income"
DAY = "2026-09-30"
CNY = {"currency": "CNY"}


def test_interest_is_earned_received_in_part_and_released(signed_in: Enter) -> None:
    accountant = signed_in("accountant", "en")
    form = {
        "earned_on": "2026-09-29",
        "kind": "interest",
        "amount": "1000",
        "payer": "中国银行",
        "reference": "IN-7",
    }
    assert send(accountant, HOME, **form | {"kind": "dividend"}).status_code == 422
    assert "1300" in send(accountant, HOME, **form).text
    assert send(accountant, HOME, **form, confirmed="yes").status_code == 303
    own = f"{HOME}/IN-7"
    assert send(accountant, f"{own}/receive", amount="1001", received_on=DAY).status_code == 409
    assert (
        send(accountant, f"{own}/receive", amount="400", received_on=DAY, confirmed="yes").status_code == 303
    )
    release = {"amount": "100", "released_on": DAY, "reason": "less came", "confirmed": "yes"}
    assert send(accountant, f"{own}/release", **release).status_code == 303
    row = re.findall(r'id="earned-IN-7".*?</tr>', accountant.get(HOME).text, re.DOTALL)[0]
    for amount in ("1,000.00", "400.00", "100.00", "500.00"):
        assert amount in row
    assert 'id="earned-IN-7"' not in accountant.get(f"{HOME}?as_of=2026-09-28").text
    gone = {"reason": "returned", "on": DAY, "confirmed": "yes"}
    assert send(accountant, f"{own}/undo", **gone).status_code == 409
    for number in (1, 2):
        assert send(accountant, f"{own}/undo/{number}", **gone).status_code == 303
    assert send(accountant, f"{own}/undo", **gone).status_code == 303
    assert send(signed_in("auditor"), f"{own}/receive", amount="1", received_on=DAY).status_code == 403


def test_the_same_by_api(world_client: TestClient, world: World) -> None:
    headers = world.headers["manager"]
    home = "/api/v1/earned-income"

    def sent(path: str, key: str, **body: object) -> dict[str, object]:
        answer = world_client.post(f"{home}{path}", headers=headers | {"Idempotency-Key": key}, json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    dividend = {"reference": "IN-8", "kind": "dividend", "earned_on": "2026-09-29", "holding": "H09"}
    assert sent("", "a", **dividend, amount=CNY | {"amount": "10.00"})["holding"] == "H09"
    part = {"amount": CNY | {"amount": "4.00"}, "received_on": DAY}
    for _ in range(2):
        assert sent("/IN-8/receipts", "b", **part)["open"] == CNY | {"amount": "6.00"}
    rest = {"amount": CNY | {"amount": "6.00"}, "released_on": DAY, "reason": "较低"}
    assert sent("/IN-8/releases", "c", **rest)["released"] == CNY | {"amount": "6.00"}

    def listed(asked: str) -> list[str]:
        found = world_client.get(f"{home}?{asked}", headers=headers).json()
        return [one["open"]["amount"] for one in found if one["reference"] == "IN-8"]

    assert listed(f"as_of={DAY}") == []
    assert listed(f"as_of={DAY}&every=true") == ["0.00"]
    back = {"reason": "退汇", "on": DAY}
    assert sent("/IN-8/settlements/1/reversal", "d", **back)["undone_on"] == DAY
    assert listed(f"as_of={DAY}") == ["4.00"]
