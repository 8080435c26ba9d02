"""What passed with an interest since its transfer, by corrections of days before: on its page and over the API."""

from datetime import date

from fund.fees.actions import record_expense
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from tests.app.pages.conftest import Enter
from tests.app.world import World
from tests.builders.capital import a_paid_call, committed, expense, noon
from tests.builders.transfers import a_transfer

MILLION = 1_000_000_00


def test_a_transfer_shows_what_passed_since_by_corrections(
    signed_in: Enter, world_database: Database, world: World
) -> None:
    on, later = date(2026, 8, 14), date(2026, 8, 31)
    with world_database.transaction(SYSTEM) as tx:
        fund = committed(tx, newcomers=["LP03"], code="AF9", fee_rate=0)
        a_paid_call(tx, fund, expense(MILLION), due_on=date(2026, 3, 2))
        sheet = a_transfer(tx, fund, commitment=60 * MILLION, on=on)
        record_expense(
            tx,
            SYSTEM,
            fund_id=fund.fund_id,
            reference="EXP-LATE",
            ilpa_row=41,
            amount=100_000_00,
            incurred_on=date(2026, 8, 4),
            payee="auditors",
            now=noon(later),
        )
    page = signed_in("manager").get(f"/fund/transfers/{sheet.id}?fund=AF9").text
    assert "转让后因补记或更正此前账目而转移" in page
    assert "TRF-001/5041/after-1" in page
    headers = world.headers["accountant"]
    told = signed_in("accountant").get("/api/v1/interest-transfers/TRF-001?fund=AF9", headers=headers).json()
    [one] = told["corrections"]
    assert one["amount"]["amount"] == "-60000.00"
    assert (one["account"], one["effective_on"]) == ("5041", "2026-08-14")
