"""A later close by net asset value, chosen on the page and over the API after both bases were looked at."""

from datetime import date
from typing import Any

from kernel.db import Database
from kernel.identity.rules import SYSTEM
from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send
from tests.app.world import World
from tests.builders.capital import CapitalFund, a_paid_call, committed, investment, noon
from tests.builders.holdings import a_holding, a_mark, bought

MILLION = 1_000_000_00
FUND = {"fund": "AF9"}


def marked_up(database: Database, **terms: Any) -> CapitalFund:
    """A fund that has paid 18m for a holding, by now worth 48m, and whose charter may let a close go by value."""
    with database.transaction(SYSTEM) as tx:
        fund = committed(tx, newcomers=["LP09"], code="AF9", fee_rate=0, **terms)
        held = a_holding(tx, fund.fund_id)
        a_paid_call(tx, fund, investment(18 * MILLION, holding_id=held.id), due_on=date(2026, 3, 2))
        bought(tx, held.id, on=date(2026, 3, 9), cost=18 * MILLION)
        a_mark(tx, held.id, on=date(2026, 6, 30), value=48 * MILLION, now=noon(date(2026, 7, 20)))
    return fund


def test_both_bases_are_shown_and_the_one_chosen_is_made(
    signed_in: Enter, world_database: Database, world: World
) -> None:
    fund, client = marked_up(world_database, close_at_nav=True), signed_in("manager")
    assert 'name="basis"' in client.get("/fund/closes?fund=AF9").text
    form = {"partner1": str(fund["LP09"]), "amount1": "50000000", **FUND}
    form |= {"closed_on": "2026-09-21", "due_on": "2026-10-12"}
    page = send(client, "/fund/closes", **form)
    assert page.status_code == 200, page.text
    assert "改看按净值" in page.text
    assert "14,000,000.00" in page.text
    turned = send(client, "/fund/closes", **form, basis="nav", interest_rate="8")
    assert "改看按成本" in turned.text
    assert "8,000,000.00" in turned.text
    asked = {
        "newcomers": [{"partner_id": fund["LP09"], "amount": {"amount": "50000000.00", "currency": "CNY"}}],
        "closed_on": "2026-09-21",
        "due_on": "2026-10-12",
        "basis": "nav",
    }
    headers = world.headers["manager"]
    seen = client.post("/api/v1/closes/preview?fund=AF9", json=asked, headers=headers).json()
    assert seen["refused"] is None
    [newcomer] = [one for one in seen["beside"] if one["partner_id"] == fund["LP09"]]
    assert newcomer["nav"]["amount"] == "14000000.00"
    assert newcomer["cost"]["amount"] == "6294575.34"
    assert send(client, "/fund/closes", **form, basis="nav", confirmed="yes", key="c").status_code == 303
    assert "按净值入伙" in client.get("/fund/closes?fund=AF9").text
    [close] = client.get("/api/v1/closes?fund=AF9", headers=headers).json()[1:]
    assert close["basis"] == "nav"
    call = client.get(f"/api/v1/calls/{close['call']}?fund=AF9", headers=headers).json()
    [line] = [one for one in call["lines"] if one["partner_id"] == fund["LP09"]]
    assert line["premium"]["amount"] == "8000000.00"
    assert line["interest"]["amount"] == "0.00"


def test_where_the_charter_has_only_cost_the_page_says_why_there_is_no_choice(
    signed_in: Enter, world_database: Database
) -> None:
    fund, client = marked_up(world_database), signed_in("manager")
    assert 'name="basis"' not in client.get("/fund/closes?fund=AF9").text
    form = {"partner1": str(fund["LP09"]), "amount1": "50000000", **FUND}
    form |= {"closed_on": "2026-09-21", "due_on": "2026-10-12"}
    page = send(client, "/fund/closes", **form).text
    assert "未约定后续交割可按净值入伙" in page
    assert "改看按净值" not in page
    refused = send(client, "/fund/closes", **form, basis="nav", confirmed="yes", key="c")
    assert refused.status_code == 409
