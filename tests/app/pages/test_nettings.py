"""A call and a distribution in one notice, by page and API: joined, approved, told, seen by its partner, settled."""

from datetime import date, timedelta

from fund.capital.distributions import draft_distribution
from fund.capital.nettings import approve_netting, issue_netting, join
from kernel.db import Database
from kernel.identity.actions import grant
from kernel.identity.queries import user_by_login
from kernel.identity.rules import SYSTEM, Role
from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send
from tests.app.world import World
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    CapitalFund,
    a_draft,
    a_paid_call,
    committed,
    investment,
    noon,
)
from tests.builders.nettings import M

FUND, HOME = {"fund": "AF9"}, "/fund/nettings"
DAY = date(2026, 9, 28)
TOLD = DAY - timedelta(days=40)


def a_fund_with_a_pair(database: Database) -> tuple[CapitalFund, int, int]:
    """Thirty million to be called and twenty to be distributed on one day that has come."""
    with database.transaction(SYSTEM) as tx:
        fund = committed(tx, {"LP01": 120 * M, "LP02": 80 * M}, code="AF9")
        a_paid_call(tx, fund, investment(40 * M), due_on=date(2026, 3, 2))
        call = a_draft(tx, fund, investment(30 * M), due_on=DAY)
        facts = {"return_of_capital": 12 * M, "income": 8 * M, "source": "转让所得 / Sale"}
        paid = draft_distribution(tx, ACCOUNTANT, fund_id=fund.fund_id, pay_on=DAY, now=noon(TOLD), **facts)
        return fund, call.id, paid.id


def test_joined_and_parted_by_page(signed_in: Enter, world_database: Database, world: World) -> None:
    _, call_id, distribution_id = a_fund_with_a_pair(world_database)
    client = signed_in("manager")
    assert "合并缴款与分配" in client.get(f"{HOME}?fund=AF9").text
    form = FUND | {"call_id": call_id, "distribution_id": distribution_id}
    assert send(client, HOME, **(form | {"call_id": "soon"})).status_code == 422
    made = send(client, HOME, **form)
    assert made.status_code == 303
    path = made.headers["location"].partition("?")[0]
    page = client.get(path).text
    assert "缴款与分配通知书" in page
    assert "投资款 18,000,000.00" in page
    assert send(client, HOME, **form).status_code == 409
    assert send(client, f"{path}/approve", **FUND).status_code == 403
    assert "NET-001" in client.get(f"/fund/calls/{call_id}").text
    assert send(client, f"/fund/calls/{call_id}/cancel", reason="no", **FUND).status_code == 409
    assert "批准轧差" in signed_in("accountant").get("/today?fund=AF9").text
    other = signed_in("accountant")
    assert send(other, f"{path}/approve", **FUND).status_code == 303
    refused = send(other, f"{path}/issue", **FUND)
    assert refused.status_code == 422, "the day has passed by now"
    assert send(other, f"{path}/part", reason="", **FUND).status_code == 422
    assert send(other, f"{path}/part", reason="各自办理", **FUND).status_code == 303
    assert "各自办理" in signed_in("manager", "en").get(path).text


def _own_notice(signed_in: Enter, database: Database, fund: CapitalFund, path: str) -> str:
    """The notice as a partner's person reads it: one above the other, what is called, distributed and left."""
    with database.transaction(SYSTEM) as tx:
        person = user_by_login(tx, login="lp_user.person")
        assert person is not None
        facts = {"role": Role.LP_USER, "partner_id": fund["LP01"], "now": noon(DAY)}
        grant(tx, SYSTEM, user_id=person.key, **facts)
    return signed_in("lp_user", "en").get(f"{path}?fund=AF9").text


def test_told_settled_and_taken_back(signed_in: Enter, world_database: Database, world: World) -> None:
    fund, call_id, distribution_id = a_fund_with_a_pair(world_database)
    with world_database.transaction(SYSTEM) as tx:
        sheet = join(tx, ACCOUNTANT, call_id=call_id, distribution_id=distribution_id, now=noon(TOLD))
        approve_netting(tx, MANAGER, netting_id=sheet.id, now=noon(TOLD))
        issue_netting(tx, ACCOUNTANT, netting_id=sheet.id, now=noon(TOLD))
    reads = world.headers["auditor"]
    client, path = signed_in("manager"), f"{HOME}/{sheet.id}"
    due = client.get("/api/v1/calls/due?fund=AF9&as_of=2026-09-28", headers=reads).json()["items"]
    assert [one["to_pay"]["amount"] for one in due] == ["6000000.00", "4000000.00"]
    assert "结算轧差" in client.get("/today?fund=AF9").text
    assert send(client, f"{path}/settle", **FUND).status_code == 303
    told = client.get("/api/v1/nettings/NET-001?fund=AF9", headers=reads).json()
    assert (told["state"], told["set_off"]["amount"]) == ("settled", "20000000.00")
    came = client.get("/api/v1/calls/CALL-002/receipts?fund=AF9", headers=reads).json()
    assert [one["is_set_off"] for one in came] == [True, True]
    own = _own_notice(signed_in, world_database, fund, path)
    assert own.count("To be paid out") == 1, "what is left is to be paid by the partner"
    assert "Investment 18,000,000.00" in own
    assert "Return of capital 7,200,000.00" in own
    assert ">6,000,000.00</td>" in own
    assert "LP02" not in own
    client = signed_in("manager")
    assert "以分配款抵销" in client.get(f"/fund/calls/{call_id}").text
    assert "抵销" in client.get(f"/fund/distributions/{sheet.distribution_id}").text
    assert fund.partners
    assert send(client, f"{path}/undo", reason="wrong", on="2026-09-29", **FUND).status_code == 303
    assert "Taken back" in signed_in("manager", "en").get(path).text
