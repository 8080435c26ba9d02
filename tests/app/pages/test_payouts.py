"""Tax withheld, shares distributed and unused money given back, from their forms to their undoing."""

import re

from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send
from tests.app.world import World

DAY = "2026-09-30"


def test_tax_is_withheld_paid_and_taken_back(signed_in: Enter, world: World) -> None:
    manager, home = signed_in("manager", "en"), "/fund/withholding"
    form = {"income": "20", "gain": "20%", "effective_on": DAY, "reason": "treaty"}
    assert send(manager, f"{home}/rate", **form).status_code == 422
    assert send(manager, f"{home}/rate", **form | {"party_kind": "organisation"}).status_code == 303
    assert send(signed_in("accountant"), f"{home}/rate", **form | {"party_kind": "person"}).status_code == 403
    assert "treaty" in manager.get(home).text
    code, accountant = world.ids["taxed_distribution"], signed_in("accountant", "en")
    shown = send(accountant, f"{home}/pay/{code}", paid_on=DAY)
    assert "Tax withheld, payable" in shown.text
    assert send(accountant, f"{home}/pay/{code}", paid_on=DAY, confirmed="yes").status_code == 303
    assert "TAX-002" in accountant.get(home).text
    back = {"reason": "returned", "on": DAY, "confirmed": "yes"}
    assert send(accountant, f"{home}/undo/TAX-002", **back).status_code == 303
    assert send(accountant, f"{home}/undo/TAX-009", **back).status_code == 404
    income = {"source": "interest", "income": "5,000", "pay_on": DAY}
    made = send(accountant, "/fund/distributions", **income).headers["location"].split("?")[0]
    assert "20.0% of income" in accountant.get(made).text


def test_shares_are_distributed_by_page(signed_in: Enter, world: World) -> None:
    accountant, path = signed_in("accountant", "en"), "/fund/distributions/in-kind"
    assert "Price a unit" in accountant.get(path).text
    form = {
        "holding_id": str(world.ids["shares"]),
        "units": "100",
        "price": "0.05",
        "price_source": "closing price",
        "pay_on": DAY,
        "source": "shares",
    }
    assert send(accountant, path, **form | {"units": "half"}).status_code == 422
    assert send(accountant, path, **form | {"units": "1000000"}).status_code == 409
    made = send(accountant, path, **form)
    assert made.status_code == 303
    home = made.headers["location"].split("?")[0]
    manager = signed_in("manager", "en")
    assert send(manager, f"{home}/approve").status_code == 303
    assert send(manager, f"{home}/pay").status_code == 303
    page = manager.get(home).text
    assert "EQ at 0.05 yuan a unit (closing price)" in page
    assert send(manager, f"{home}/undo", reason="not registered", on=DAY).status_code == 303
    assert signed_in("committee").get(path).status_code == 403


def test_unused_money_goes_back_by_page(signed_in: Enter) -> None:
    accountant, path = signed_in("accountant", "en"), "/fund/calls/unused"
    page = accountant.get(path).text
    [field, *_] = re.findall(r'name="(back-\d+)"', page)[::-1]
    form = {"purpose": "not needed", "pay_on": DAY}
    assert send(accountant, path, **form).status_code == 422
    assert send(accountant, path, **form | {field: "9,000万"}).status_code == 409
    made = send(accountant, path, **form | {field: "2,000"})
    assert made.status_code == 303
    home = made.headers["location"].split("?")[0]
    manager = signed_in("manager", "en")
    assert "What goes back" in manager.get(home).text
    assert send(manager, f"{home}/pay-back").status_code == 409
    assert send(manager, f"{home}/approve").status_code == 303
    assert "Pay it back" in manager.get("/today").text
    assert send(manager, f"{home}/issue").status_code == 409
    assert send(manager, f"{home}/pay-back").status_code == 303
    assert "2,000.00" in manager.get(home).text
    assert send(manager, f"{home}/cancel", reason="the bank returned it").status_code == 303
    assert signed_in("committee").get(path).status_code == 403
