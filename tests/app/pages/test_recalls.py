"""What may be called again, by page and API, beside row 112."""

from datetime import date

from kernel.db import Database
from kernel.identity.rules import SYSTEM
from tests.app.pages.conftest import Enter
from tests.app.world import World
from tests.builders.capital import YUAN, a_distribution, a_paid_call, committed, investment

M = 1_000_000 * YUAN


def test_what_expired_is_told_by_partner(signed_in: Enter, world_database: Database, world: World) -> None:
    with world_database.transaction(SYSTEM) as tx:
        fund = committed(tx, code="AF9", recall_expires_months=3)
        a_paid_call(tx, fund, investment(100 * M), due_on=date(2026, 3, 2))
        a_distribution(tx, fund, pay_on=date(2026, 4, 1), return_of_capital=10 * M, recallable=True)
    page = signed_in("manager").get("/fund/distributions/recallable?fund=AF9&quarter=2026Q3").text
    assert "与 ILPA 模板第 112 行逐合伙人一致" in page
    assert "6,000,000.00" in page
    answer = signed_in("manager").get(
        "/api/v1/recallable?fund=AF9&quarter=2026Q3", headers=world.headers["auditor"]
    )
    assert [(one["expired"]["amount"], one["released"]["amount"]) for one in answer.json()] == [
        ("6000000.00", "-6000000.00"),
        ("4000000.00", "-4000000.00"),
    ]
    empty = signed_in("manager", "en").get("/fund/distributions/recallable?fund=AF9&quarter=2026Q1").text
    assert "Nothing may be called again in this quarter" in empty
