"""Distributions given back, through its pages and the interface: drafted, approved, received, reversed, taken back."""

from datetime import date
from fractions import Fraction

from app.letters import ask_back
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from kernel.letters.queries import letters
from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send
from tests.app.world import World
from tests.app.world_pipeline import NOW
from tests.builders.capital import a_distribution, a_paid_call, committed, investment
from tests.builders.indemnities import MILLION

FUND, HOME = {"fund": "AF9"}, "/fund/indemnities"
PAID_IN, PAID_OUT = date(2026, 3, 2), date(2026, 8, 3)
TERM = {"giveback_cap": Fraction(1, 4), "giveback_months": 24}


def distributed(database: Database, **terms: object) -> int:
    """Ten million came back, 60 : 40."""
    with database.transaction(SYSTEM) as tx:
        fund = committed(tx, code="AF9", **terms)
        a_paid_call(tx, fund, investment(20 * MILLION), due_on=PAID_IN)
        a_distribution(tx, fund, pay_on=PAID_OUT, return_of_capital=10 * MILLION)
        return fund["LP01"]


def test_distributions_are_given_back_by_page(
    signed_in: Enter, world_database: Database, world: World
) -> None:
    partner = distributed(world_database, **TERM)
    client = signed_in("manager")
    assert "1,500,000.00" in client.get(f"{HOME}?fund=AF9").text
    form = FUND | {"amount": "3,000,000", "due_on": "2026-10-21", "why": "退出保证赔偿"}
    refused = send(client, HOME, **form)
    assert (refused.status_code, "最多返还 2,500,000.00" in refused.text) == (409, True)
    assert send(client, HOME, **(form | {"due_on": "soon"})).status_code == 422
    made = send(client, HOME, **(form | {"amount": "100万"}))
    assert made.status_code == 303
    path = made.headers["location"].partition("?")[0]
    assert "退出保证赔偿" in client.get(f"{path}?fund=AF9").text
    assert send(client, f"{path}/approve", **FUND).status_code == 403
    other = signed_in("accountant")
    assert send(other, f"{path}/approve", **FUND).status_code == 303
    paid = FUND | {"partner_id": str(partner), "amount": "600,000", "received_on": "2026-09-30"}
    assert send(other, f"{path}/receive", **paid, bank_reference="B-77").status_code == 303
    told = other.get("/api/v1/indemnities/LPG-001?fund=AF9", headers=world.headers["auditor"]).json()
    assert [line["outstanding"]["amount"] for line in told["lines"]] == ["0.00", "400000.00"]
    receipt = told["receipts"][0]["id"]
    why = FUND | {"reason": "入账错误", "on": "2026-09-30"}
    assert send(other, f"{path}/receipts/{receipt + 99}/reverse", **why).status_code == 404
    assert send(other, f"{path}/receipts/{receipt}/reverse", **why).status_code == 303
    assert "已冲销" in other.get(f"{path}?fund=AF9").text
    assert send(other, f"{path}/cancel", reason="late", **FUND).status_code == 409
    client = signed_in("manager", "en")
    assert send(client, f"{path}/undo", reason="claim withdrawn", on="2026-09-30", **FUND).status_code == 303
    page = client.get(f"{path}?fund=AF9").text
    assert ("Taken back" in page, "nothing less can be called after it" in page) == (True, True)
    with world_database.transaction(SYSTEM) as tx:
        assert ask_back(tx, int(path.rpartition("/")[2]), partner, NOW.isoformat()) == 0
        assert not letters(tx, actor=SYSTEM).items


def test_a_fund_without_the_term_says_so(signed_in: Enter, world_database: Database) -> None:
    distributed(world_database)
    client = signed_in("manager", "en")
    assert "has no term by which partners give distributions back" in client.get(f"{HOME}?fund=AF9").text
    form = FUND | {"amount": "1", "due_on": "2026-10-21", "why": "claim"}
    assert send(client, HOME, **form).status_code == 409
