"""Transfers of interests through pages, API and a list: prepared by one, approved by another, taken back."""

from datetime import date

from kernel.db import Database
from kernel.identity.actions import grant
from kernel.identity.rules import SYSTEM, Role
from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send
from tests.app.world import World
from tests.app.world_pipeline import NOW
from tests.builders.capital import CapitalFund, a_paid_call, committed, investment
from tests.builders.transfers import a_transfer

FUND = {"fund": "AF9"}


def another_fund(database: Database) -> CapitalFund:
    """A fund of two partners that have paid in, and a third without a commitment."""
    with database.transaction(SYSTEM) as tx:
        fund = committed(tx, newcomers=["LP03"], code="AF9")
        a_paid_call(tx, fund, investment(10_000_000_00), due_on=date(2026, 3, 2))
        return fund


def test_an_interest_passes_by_page_and_is_taken_back(signed_in: Enter, world_database: Database) -> None:
    fund, client = another_fund(world_database), signed_in("manager")
    form = FUND | {
        "seller_id": str(fund["LP01"]),
        "buyer_id": str(fund["LP03"]),
        "commitment": "20,000,000",
        "price": "3,100,000",
        "effective_on": "2026-09-29",
        "consent": "同意函",
        "consented_on": "2026-09-01",
        "reason": "重组",
    }
    assert "拟定份额转让" in client.get("/fund/transfers/new?fund=AF9").text
    refused = send(
        client, "/fund/transfers", **(form | {"commitment": "900,000,000", "buyer_id": form["seller_id"]})
    )
    assert refused.status_code == 422
    assert "不能既是转让方又是受让方" in refused.text
    assert send(client, "/fund/transfers", **(form | {"price": "x"})).status_code == 422
    made = send(client, "/fund/transfers", **form)
    assert made.status_code == 303, made.text
    home = made.headers["location"].split("?")[0]
    page = client.get(f"{home}?fund=AF9").text
    assert "按当前账面将转让的权益" in page
    assert "2,000,000.00" in page
    assert send(client, f"{home}/approve", **FUND).status_code == 403
    other = signed_in("accountant")
    assert "批准份额转让" in other.get("/today?fund=AF9").text
    done = send(other, f"{home}/approve", **FUND)
    assert done.status_code == 303, done.text
    assert "已入账" in other.get("/fund/transfers?fund=AF9").text
    assert send(other, f"{home}/cancel", reason="late", **FUND).status_code == 409
    again = send(other, "/fund/transfers", **form).headers["location"].split("?")[0]
    assert send(other, f"{again}/cancel", reason="not now", **FUND).status_code == 303
    client = signed_in("manager")
    assert send(client, f"{home}/undo", on="2026-09-30", reason="撤回同意", **FUND).status_code == 303
    assert "撤回同意" in client.get(f"{home}?fund=AF9").text


def test_by_api_and_list_with_the_sellers_whole_hidden_from_the_buyer(
    signed_in: Enter, world_database: Database, world: World
) -> None:
    fund, client = another_fund(world_database), signed_in("accountant")
    rival = world.actors["rival"]
    assert rival.user_id is not None
    with world_database.transaction(SYSTEM) as tx:
        grant(tx, SYSTEM, user_id=rival.user_id, role=Role.LP_USER, partner_id=fund["LP03"], now=NOW)
        sheet = a_transfer(tx, fund, commitment=20_000_000_00, on=date(2026, 9, 21))
    path = f"/api/v1/interest-transfers/{sheet.code}?fund=AF9"
    whole = client.get(path, headers=world.headers["accountant"]).json()
    assert whole["passes"]["contributed"] == {"amount": "2000000.00", "currency": "CNY"}
    assert (whole["committed"]["amount"], whole["share"]) == ("60000000.00", "1/3")
    bought = client.get(path, headers=world.headers["rival"]).json()
    assert (bought["committed"], bought["share"]) == (None, None)
    assert bought["passes"] == whole["passes"]
    listed = client.get("/api/v1/interest-transfers?fund=AF9", headers=world.headers["lp_user"]).json()
    assert listed["items"] == []
    heads = (
        "转让方",
        "受让方",
        "转让日",
        "转让认缴额",
        "转让价款",
        "转让事由",
        "普通合伙人同意文件",
        "同意日期",
    )
    row = ("LP01", "LP03", "2026-09-29", "1000000", "1100000", "重组", "同意函", "2026-09-01")
    content = "\n".join(",".join(line) for line in (heads, row)).encode()
    brought = client.post(
        "/api/v1/imports?fund=AF9",
        files={"file": ("list.csv", content)},
        headers=world.headers["accountant"] | {"Idempotency-Key": "one"},
    )
    assert brought.status_code == 201, brought.text
    found = client.get("/api/v1/interest-transfers?fund=AF9&state=draft", headers=world.headers["accountant"])
    assert [one["commitment"]["amount"] for one in found.json()["items"]] == ["1000000.00"]
