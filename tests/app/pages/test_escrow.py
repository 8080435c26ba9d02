"""Carry in escrow through its page: promised by the terms, kept by a distribution, released, taken back."""

from datetime import date
from fractions import Fraction

from fund.charter.carry_rules import EscrowTest
from fund.holdings.actions import sell
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send
from tests.app.world import World
from tests.builders.capital import a_distribution, noon
from tests.fund.capital.test_clawbacks import MILLION, two_deals

FUND, SOLD = {"fund": "AF9"}, date(2026, 6, 1)
HOME = "/fund/carry/escrow"


def kept(database: Database) -> None:
    """Four million of carry, of which a quarter is kept; the partners have all that they paid in."""
    with database.transaction(SYSTEM) as tx:
        terms = {"carry_escrow": Fraction(1, 4), "escrow_test": EscrowTest.HURDLE, "carry": Fraction(1, 10)}
        fund, steel, _ = two_deals(tx, code="AF9", **terms)
        facts = {"sold_on": SOLD, "quantity": 1_000_000, "proceeds": 95 * MILLION, "now": noon(SOLD)}
        sell(tx, SYSTEM, holding_id=steel, **facts)
        parts = {"return_of_capital": 50 * MILLION, "gain": 45 * MILLION}
        a_distribution(tx, fund, pay_on=SOLD, holding_id=steel, **parts)


def test_escrow_is_released_by_page(signed_in: Enter, world_database: Database, world: World) -> None:
    kept(world_database)
    client = signed_in("manager")
    page = client.get("/fund/carry?fund=AF9").text
    assert "留存于专户，作为回拨的保证" in page
    assert "600,000.00" in page
    form = FUND | {"released_on": "2026-09-29", "released": "5,000,000", "why": ""}
    refused = send(client, HOME, **form)
    assert (refused.status_code, "不能释放" in refused.text) == (409, True)
    assert send(client, HOME, **(form | {"released_on": "soon"})).status_code == 422
    assert send(client, HOME, **(form | {"released": "400,000"})).status_code == 303
    told = client.get("/api/v1/carry/escrow/releases?fund=AF9", headers=world.headers["auditor"]).json()
    assert [one["amount"]["amount"] for one in told["items"]] == ["400000.00"]
    path = f"{HOME}/{_number(client.get('/fund/carry?fund=AF9').text)}"
    assert send(client, f"{path}/approve", **FUND).status_code == 403
    other = signed_in("accountant")
    assert "批准并支付" in other.get("/fund/carry?fund=AF9").text
    assert send(other, f"{path}/approve", **FUND).status_code == 303
    held = other.get(
        "/api/v1/carry/escrow?fund=AF9&as_of=2026-09-29", headers=world.headers["auditor"]
    ).json()
    assert (held["held"]["amount"], held["share"]) == ("600000.00", "0.25")
    assert send(other, f"{path}/cancel", reason="late", **FUND).status_code == 409
    client = signed_in("manager", "en")
    assert send(client, f"{path}/undo", reason="wrong", on="2026-09-30", **FUND).status_code == 303
    assert "Held, by who bore the carry" in client.get("/fund/carry?fund=AF9").text


def _number(page: str) -> str:
    """The id of the release on the page, read from where its acts are sent."""
    return page.split('action="/fund/carry/escrow/')[1].split("/", maxsplit=1)[0]
