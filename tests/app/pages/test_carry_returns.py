"""Carry given back through pages and API: tested by one, approved by another, received, paid on, taken back."""

from datetime import date

from fastapi.testclient import TestClient

from fund.holdings.actions import sell, write_off
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send
from tests.app.world import World
from tests.builders.capital import CapitalFund, a_distribution, noon
from tests.fund.capital.test_clawbacks import MILLION, two_deals

FUND = {"fund": "AF9"}
SOLD, LOST = date(2026, 6, 1), date(2026, 9, 1)
FORM = FUND | {
    "kind": "final",
    "tested_on": "2026-09-01",
    "due_on": "2026-10-09",
    "amount": "",
    "note": "清算",
}


def lost(database: Database) -> CapitalFund:
    """Steel paid 8m of carry, then pumps were written off: 5m are owed back."""
    with database.transaction(SYSTEM) as tx:
        fund, steel, pumps = two_deals(tx, code="AF9")
        facts = {"sold_on": SOLD, "quantity": 1_000_000, "proceeds": 95 * MILLION, "now": noon(SOLD)}
        sell(tx, SYSTEM, holding_id=steel, **facts)
        parts = {"return_of_capital": 50 * MILLION, "gain": 45 * MILLION}
        a_distribution(tx, fund, pay_on=SOLD, holding_id=steel, **parts)
        write_off(tx, SYSTEM, holding_id=pumps, written_off_on=LOST, reason="liquidated", now=noon(LOST))
        return fund


def test_carry_is_given_back_by_page(signed_in: Enter, world_database: Database) -> None:
    lost(world_database)
    client = signed_in("manager")
    assert "发起回拨测试" in client.get("/fund/carry?fund=AF9").text
    refused = send(client, "/fund/carry/returns", **(FORM | {"amount": "6,000,000", "kind": "interim"}))
    assert refused.status_code == 409
    assert "应回拨 5,000,000.00" in refused.text
    assert send(client, "/fund/carry/returns", **(FORM | {"tested_on": "soon"})).status_code == 422
    made = send(client, "/fund/carry/returns", **FORM)
    assert made.status_code == 303, made.text
    home = made.headers["location"].split("?")[0]
    page = client.get(f"{home}?fund=AF9").text
    assert "3,000,000.00" in page
    assert "须由他人批准" in page or "他人" in page
    assert send(client, f"{home}/approve", **FUND).status_code == 403
    other = signed_in("accountant")
    assert "批准超额收益回拨" in other.get("/today?fund=AF9").text
    assert send(other, f"{home}/approve", **FUND).status_code == 303
    receipt = FUND | {"received_on": "2026-09-28", "bank_reference": "GP-1"}
    assert send(other, f"{home}/pay", paid_on="2026-09-29", **FUND).status_code == 409
    assert send(other, f"{home}/receive", **(receipt | {"received_on": "2026-08-28"})).status_code == 422
    assert send(other, f"{home}/receive", **receipt).status_code == 303
    assert "将回拨款付给合伙人" in other.get("/today?fund=AF9").text
    assert send(other, f"{home}/pay", paid_on="2026-09-29", **FUND).status_code == 303
    english = signed_in("auditor", "en")
    assert "Paid to partners" in english.get(f"{home}?fund=AF9").text
    assert "CLAW-001" in english.get("/fund/carry?fund=AF9").text
    assert (
        "Carry and distributions given back"
        in english.get("/fund/books/statements?fund=AF9&since=2026-01-01&as_of=2026-09-29").text
    )
    client = signed_in("manager")
    assert send(client, f"{home}/cancel", reason="late", **FUND).status_code == 409
    assert send(client, f"{home}/undo", reason="wrong", on="2026-09-30", **FUND).status_code == 303
    assert "已撤回" in client.get(f"{home}?fund=AF9").text
    again = send(client, "/fund/carry/returns", **(FORM | {"tested_on": "2026-09-30"})).headers["location"]
    assert send(client, f"{again.split('?')[0]}/cancel", reason="not now", **FUND).status_code == 303


def test_carry_is_given_back_by_api(world_client: TestClient, world: World, world_database: Database) -> None:
    lost(world_database)
    manager, accountant = (world.headers[who] for who in ("manager", "accountant"))
    address, query = "/api/v1/carry/returns", {"fund": "AF9"}
    body = {"kind": "final", "tested_on": "2026-09-01", "due_on": "2026-10-09"}

    def ask(path: str, headers: dict[str, str], json: dict[str, object], key: str) -> dict[str, object]:
        sent = headers | {"Idempotency-Key": key}
        answer = world_client.post(f"{address}{path}", headers=sent, json=json, params=query)
        return {"status": answer.status_code} | answer.json()

    made = ask("", manager, body, "k1")
    assert (made["status"], made["code"], made["state"]) == (201, "CLAW-001", "draft")
    own = {"reason": "wrong", "on": "2026-09-30"}
    assert ask("/CLAW-001/approval", manager, {}, "k2")["code"] == "approver_is_preparer"
    assert ask("/CLAW-001/approval", accountant, {}, "k3")["state"] == "approved"
    came = {"received_on": "2026-09-28", "bank_reference": "GP-1"}
    assert ask("/CLAW-001/receipt", accountant, came, "k4")["state"] == "received"
    assert ask("/CLAW-001/payment", accountant, {"paid_on": "2026-09-29"}, "k5")["state"] == "paid"
    found = world_client.get(f"{address}/CLAW-001", headers=manager, params=query).json()
    assert [one["amount"]["amount"] for one in found["lines"]] == ["3000000.00", "2000000.00"]
    assert ask("/CLAW-001/reversal", manager, own, "k6")["state"] == "cancelled"
