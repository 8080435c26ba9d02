"""Expenses that are owed, by page and by API: booked, paid in part, released, taken back, listed as of a day."""

import re

from fastapi.testclient import TestClient

from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send
from tests.app.world import World

HOME = "/fund/costs"
DAY = "2026-09-30"
CNY = {"currency": "CNY"}


def test_a_bill_is_owed_paid_in_part_and_released(signed_in: Enter) -> None:
    accountant = signed_in("accountant", "en")
    form = {
        "incurred_on": "2026-09-29",
        "payee": "京华会计师事务所",
        "amount": "1000",
        "ilpa_row": "41",
        "reference": "AU-7",
    }
    shown = send(accountant, f"{HOME}/owed", **form).text
    assert "2000" in shown
    assert send(accountant, f"{HOME}/owed", **form, confirmed="yes").status_code == 303
    owed = f"{HOME}/owed/AU-7"
    above = send(accountant, f"{owed}/pay", amount="1001", paid_on=DAY, confirmed="yes")
    assert above.status_code == 409
    assert send(accountant, f"{owed}/pay", amount="400", paid_on=DAY, confirmed="yes").status_code == 303
    release = {"amount": "100", "released_on": DAY, "confirmed": "yes"}
    assert send(accountant, f"{owed}/release", **release, reason="").status_code == 422
    assert send(accountant, f"{owed}/release", **release, reason="lower bill").status_code == 303
    row = re.findall(r'id="payable-AU-7".*?</tr>', accountant.get(HOME).text, re.DOTALL)[0]
    for amount in ("1,000.00", "400.00", "100.00", "500.00"):
        assert amount in row
    assert "lower bill" in accountant.get(HOME).text
    before = accountant.get(f"{HOME}?owed_on=2026-09-29").text
    assert "400.00" not in re.findall(r'id="payable-AU-7".*?</tr>', before, re.DOTALL)[0]
    assert 'id="payable-AU-7"' not in accountant.get(f"{HOME}?owed_on=2026-09-28").text
    gone = {"reason": "returned", "on": DAY, "confirmed": "yes"}
    assert send(accountant, f"{HOME}/undo-expense/AU-7", **gone).status_code == 409
    for number in (1, 2):
        assert send(accountant, f"{owed}/undo/{number}", **gone).status_code == 303
    assert send(accountant, f"{HOME}/undo-expense/AU-7", **gone).status_code == 303
    assert send(signed_in("auditor"), f"{owed}/pay", amount="1", paid_on=DAY).status_code == 403


def test_the_same_by_api(world_client: TestClient, world: World) -> None:
    headers = world.headers["manager"]

    def sent(path: str, key: str, **body: object) -> dict[str, object]:
        answer = world_client.post(f"/api/v1/{path}", headers=headers | {"Idempotency-Key": key}, json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    bill = {"reference": "AU-8", "ilpa_row": 41, "incurred_on": "2026-09-29", "payee": "审计"}
    made = sent("expenses", "a", **bill, amount=CNY | {"amount": "10.00"}, is_accrued=True)
    assert made["is_accrued"] is True
    part = {"amount": CNY | {"amount": "4.00"}, "paid_on": DAY}
    for _ in range(2):
        assert sent("expenses/AU-8/payments", "b", **part)["open"] == CNY | {"amount": "6.00"}
    rest = {"amount": CNY | {"amount": "6.00"}, "released_on": DAY, "reason": "较低"}
    assert sent("expenses/AU-8/releases", "c", **rest)["released"] == CNY | {"amount": "6.00"}

    def listed(asked: str) -> list[str]:
        found = world_client.get(f"/api/v1/payables?{asked}", headers=headers).json()
        return [one["open"]["amount"] for one in found if one["expense"]["reference"] == "AU-8"]

    assert listed(f"as_of={DAY}") == []
    assert listed(f"as_of={DAY}&every=true") == ["0.00"]
    assert listed("as_of=2026-09-29") == ["10.00"]
    back = {"reason": "退汇", "on": DAY}
    assert sent("expenses/AU-8/settlements/1/reversal", "d", **back)["undone_on"] == DAY
    assert listed(f"as_of={DAY}") == ["4.00"]
