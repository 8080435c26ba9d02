"""The general partner gives carry back: tested, owed, received, paid on, taken back, and what follows from each."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import text

from fund.capital.carry import accrue_carry
from fund.capital.carry_returns import (
    approve_return,
    cancel_return,
    draft_return,
    pay_return,
    receive_return,
    undo_return,
)
from fund.capital.clawbacks import clawbacks
from fund.capital.distributions import draft_distribution, undo_distribution
from fund.capital.payable import CarryReturnedSince, LaterDistribution
from fund.capital.rules import SamePerson, SharesMoved, WrongState
from fund.givebacks.queries import CarryReturnSheet, carry_return_by_code, carry_returns, owed_back, returned
from fund.givebacks.rules import (
    CarryReturnOpen,
    CarryReturnState,
    CarryReturnUnknown,
    ClawbackTest,
    NotAtItsEnd,
    Returned,
    ReturnOvertaken,
    ReturnRestedOn,
)
from fund.holdings.actions import write_off
from fund.ledger.queries import balances, total
from fund.ledger.rules import Account
from fund.results.carry import carry_account
from fund.results.ilpa import breaks, tables
from fund.results.performance import performance
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import ACCOUNTANT, MANAGER, YUAN, CapitalFund, a_distribution, noon
from tests.builders.holdings import a_mark
from tests.builders.transfers import a_transfer
from tests.fund.capital.test_clawbacks import MILLION, steel_sold, two_deals
from tests.scenes import Scene

SOLD, END = date(2027, 3, 2), date(2028, 3, 2)
DUE, CAME, PAID, LATER = date(2028, 4, 2), date(2028, 3, 20), date(2028, 3, 27), date(2028, 5, 8)
QUARTER = Quarter.containing(END)


def ended(tx: Tx, **terms: Any) -> CapitalFund:
    """Steel paid 8m of carry, then pumps were lost: of 15m profit 3m are carry, and 5m are owed back, 3 : 2."""
    fund, steel, pumps = two_deals(tx, carry_tax=Fraction(1, 4), **terms)
    steel_sold(tx, fund, steel)
    write_off(tx, SYSTEM, holding_id=pumps, written_off_on=END, reason="liquidated", now=noon(END))
    return fund


def drafted(tx: Tx, fund: CapitalFund, *, on: date = END, **facts: Any) -> CarryReturnSheet:
    usual: dict[str, Any] = {"kind": ClawbackTest.FINAL, "tested_on": on, "due_on": DUE, "now": noon(on)}
    return draft_return(tx, ACCOUNTANT, fund_id=fund.fund_id, **usual | facts)


def approved(tx: Tx, fund: CapitalFund, **facts: Any) -> CarryReturnSheet:
    return approve_return(tx, MANAGER, return_id=drafted(tx, fund, **facts).id, now=noon(CAME))


def received(tx: Tx, sheet: CarryReturnSheet) -> CarryReturnSheet:
    facts = {"received_on": CAME, "bank_reference": "GP-1", "now": noon(CAME)}
    return receive_return(tx, ACCOUNTANT, return_id=sheet.id, **facts)


def paid(tx: Tx, fund: CapitalFund) -> CarryReturnSheet:
    sheet = received(tx, approved(tx, fund))
    return pay_return(tx, ACCOUNTANT, return_id=sheet.id, paid_on=PAID, now=noon(PAID))


def capital(tx: Tx, fund: CapitalFund, on: date) -> dict[str, int]:
    by = balances(tx, fund_id=fund.fund_id, as_of=on, by=("partner",))
    names = {key: code for code, key in fund.partners.items()}
    return {names[one.partner_id]: one.amount for one in by if one.partner_id is not None and one.amount}


def stands(tx: Tx, fund: CapitalFund) -> object:
    return balances(tx, fund_id=fund.fund_id, as_of=date.max), clawbacks(
        tx, fund_id=fund.fund_id, as_of=LATER
    )


def test_what_is_owed_comes_in_and_is_paid_on(scene: Scene) -> None:
    tx, fund = scene(ended)
    before = capital(tx, fund, PAID)
    draft = drafted(tx, fund)
    one = draft.line(fund["LP01"])
    assert (draft.code, draft.amount, one.owed, one.amount) == (
        "CLAW-001",
        5 * MILLION,
        3 * MILLION,
        3 * MILLION,
    )
    assert (one.received, one.entitled, one.excess) == (4_800_000 * YUAN, 1_800_000 * YUAN, 3 * MILLION)
    assert capital(tx, fund, PAID) == before
    sheet = approve_return(tx, MANAGER, return_id=draft.id, now=noon(CAME))
    lacking = {"LP01": 3 * MILLION, "LP02": 2 * MILLION, "GP": -5 * MILLION}
    owed = {code: before.get(code, 0) + lacking[code] for code in lacking}
    assert capital(tx, fund, END) == owed
    assert clawbacks(tx, fund_id=fund.fund_id, as_of=END).actual == 0
    received(tx, sheet)
    assert capital(tx, fund, CAME) == {code: owed[code] for code in ("LP01", "LP02")}
    told = pay_return(tx, ACCOUNTANT, return_id=sheet.id, paid_on=PAID, now=noon(PAID))
    assert told.state is CarryReturnState.PAID
    assert capital(tx, fund, PAID) == before
    assert total(tx, fund_id=fund.fund_id, accounts=[Account.CASH], as_of=PAID) == -8 * MILLION
    assert not prove(tx, fund_id=fund.fund_id)
    assert owed_back(tx, fund_id=fund.fund_id, as_of=CAME) == {
        fund["LP01"]: 3 * MILLION,
        fund["LP02"]: 2 * MILLION,
    }
    assert owed_back(tx, fund_id=fund.fund_id, as_of=PAID) == {}
    assert owed_back(tx, fund_id=fund.fund_id, as_of=PAID, known_at=noon(CAME)) != {}


def test_the_template_the_report_and_the_return_tell_of_it(scene: Scene) -> None:
    tx, fund = scene(ended)
    plain = performance(tx, fund_id=fund.fund_id, as_of=PAID, partner_id=fund["LP01"])
    paid(tx, fund)
    assert not breaks(tx, fund_id=fund.fund_id, quarter=QUARTER)
    rows = tables(tx, fund_id=fund.fund_id, quarter=QUARTER)
    own, general, whole = (rows[key]["qtd"] for key in (fund["LP01"], fund["GP"], None))
    assert [own[row] for row in (96, 98, 101, 102, 103)] == [0, 3 * MILLION, 0, -3 * MILLION, 0]
    assert [general[row] for row in (14, 98, 102, 103)] == [5 * MILLION, -5 * MILLION, 5 * MILLION, 0]
    assert [whole[row] for row in (14, 98, 102)] == [0, 0, 0]
    account = carry_account(tx, fund_id=fund.fund_id, partner_id=fund["LP01"], quarter=QUARTER)
    assert (account.paid.itd, account.returned.itd) == (4_800_000 * YUAN, 3 * MILLION)
    told = performance(tx, fund_id=fund.fund_id, as_of=PAID, partner_id=fund["LP01"])
    assert (told.distributed - plain.distributed, told.nav) == (3 * MILLION, plain.nav)


def test_until_it_is_paid_row_103_says_what_is_owed(scene: Scene) -> None:
    tx, fund = scene(ended)
    sheet = approved(tx, fund)
    rows = tables(tx, fund_id=fund.fund_id, quarter=QUARTER)[fund["LP01"]]["qtd"]
    assert (rows[102], rows[103]) == (0, 3 * MILLION)
    facts = {"received_on": LATER, "bank_reference": "GP-1", "now": noon(LATER)}
    receive_return(tx, ACCOUNTANT, return_id=sheet.id, **facts)
    later = tables(tx, fund_id=fund.fund_id, quarter=QUARTER.next)[fund["LP01"]]["qtd"]
    assert (later[96], later[102], later[103]) == (3 * MILLION, -3 * MILLION, 0)
    assert not breaks(tx, fund_id=fund.fund_id, quarter=QUARTER.next)
    assert not prove(tx, fund_id=fund.fund_id)


def test_an_interim_test_counts_what_is_held_and_later_profit_makes_carry_again(scene: Scene) -> None:
    tx, (fund, steel, pumps) = scene(two_deals)
    steel_sold(tx, fund, steel)
    a_mark(tx, pumps, on=END, value=20 * MILLION, now=noon(END))
    with pytest.raises(NotAtItsEnd):
        drafted(tx, fund)
    # A fifth of 21m is 4.2m of the 4.8m received: 0.6m and 0.4m are owed, of which a half is asked for.
    sheet = approved(tx, fund, kind=ClawbackTest.INTERIM, amount=500_000 * YUAN)
    assert [line.amount for line in sheet.lines] == [300_000 * YUAN, 200_000 * YUAN]
    held = clawbacks(tx, fund_id=fund.fund_id, as_of=END).partners[0]
    assert (held.value, held.potential.received, held.potential.due) == (
        16_800_000 * YUAN,
        4_500_000 * YUAN,
        300_000 * YUAN,
    )
    assert not accrue_carry(tx, ACCOUNTANT, fund_id=fund.fund_id, on=END, now=noon(END))
    a_mark(tx, pumps, on=CAME, value=30 * MILLION, now=noon(CAME))
    accrued = accrue_carry(tx, ACCOUNTANT, fund_id=fund.fund_id, on=CAME, now=noon(CAME))
    # At cost the profit is 27m, its fifth 5.4m; 4.5m are held.
    assert {one.partner_id: one.target for one in accrued}[fund["LP01"]] == 900_000 * YUAN


@pytest.mark.parametrize("step", [approved, lambda tx, fund: received(tx, approved(tx, fund)), paid])
def test_taken_back_every_balance_is_what_it_was(
    tx: Tx, step: Callable[[Tx, CapitalFund], CarryReturnSheet]
) -> None:
    fund = ended(tx)
    before = stands(tx, fund)
    sheet = step(tx, fund)
    facts: dict[str, Any] = {"reason": "wrong test", "undone_on": PAID, "now": noon(LATER)}
    gone = undo_return(tx, MANAGER, return_id=sheet.id, **facts)
    assert (gone.state, gone.undone_on) == (CarryReturnState.CANCELLED, PAID)
    assert stands(tx, fund) == before
    assert not prove(tx, fund_id=fund.fund_id)
    assert not breaks(tx, fund_id=fund.fund_id, quarter=QUARTER)
    # It counted until that day: the next test is made then, and comes to the same.
    assert drafted(tx, fund, on=PAID, now=noon(LATER)).amount == sheet.amount


def test_two_persons_their_order_and_a_test_that_still_holds(scene: Scene) -> None:
    tx, fund = scene(ended)
    draft = drafted(tx, fund)
    with pytest.raises(SamePerson):
        approve_return(tx, ACCOUNTANT, return_id=draft.id, now=noon(CAME))
    with pytest.raises(WrongState):
        received(tx, draft)
    gone = cancel_return(tx, ACCOUNTANT, return_id=draft.id, reason="again", now=noon(CAME))
    assert (gone.state, gone.undone_on) == (CarryReturnState.CANCELLED, None)
    draft = drafted(tx, fund)
    facts = {"fund_id": fund.fund_id, "pay_on": END, "income": 1 * MILLION}
    a_distribution(tx, fund, **{key: value for key, value in facts.items() if key != "fund_id"})
    with pytest.raises(SharesMoved):
        approve_return(tx, MANAGER, return_id=draft.id, now=noon(CAME))
    with pytest.raises(CarryReturnUnknown):
        carry_return_by_code(tx, fund_id=fund.fund_id, code="CLAW-009")
    assert [one.code for one in carry_returns(tx, fund_id=fund.fund_id).items] == ["CLAW-002", "CLAW-001"]


def test_distributions_and_tests_follow_in_the_order_of_their_days(scene: Scene) -> None:
    tx, fund = scene(ended)
    sheet = paid(tx, fund)
    asked: dict[str, Any] = {"fund_id": fund.fund_id, "source": "rest", "income": 1 * MILLION}
    with pytest.raises(CarryReturnedSince):
        draft_distribution(tx, ACCOUNTANT, pay_on=END, now=noon(LATER), **asked)
    with pytest.raises(ReturnOvertaken):
        drafted(tx, fund, on=SOLD, kind=ClawbackTest.INTERIM)
    first = {"distribution_id": 1, "reason": "wrong", "undone_on": LATER, "now": noon(LATER)}
    first["distribution_id"] = tx.execute(text("SELECT min(id) FROM distribution")).scalar_one()
    with pytest.raises(LaterDistribution):
        undo_distribution(tx, MANAGER, **first)
    later = a_distribution(tx, fund, pay_on=LATER, income=1 * MILLION)
    assert later.line(fund["LP01"]).gross == 600_000 * YUAN
    with pytest.raises(ReturnRestedOn):
        undo_return(tx, MANAGER, return_id=sheet.id, reason="wrong", undone_on=LATER, now=noon(LATER))
    assert not prove(tx, fund_id=fund.fund_id)


def test_an_interest_takes_its_part_of_what_came_back_along(scene: Scene) -> None:
    tx, fund = scene(ended, fee_rate=Fraction(0))
    sheet = approved(tx, fund)
    half = {"seller": "LP01", "buyer": "LP02", "commitment": 30 * MILLION, "on": LATER}
    with pytest.raises(CarryReturnOpen):
        a_transfer(tx, fund, **half)
    received(tx, sheet)
    pay_return(tx, ACCOUNTANT, return_id=sheet.id, paid_on=PAID, now=noon(PAID))
    a_transfer(tx, fund, **half)
    found = returned(tx, fund_id=fund.fund_id, as_of=LATER)
    assert found == {
        fund["LP01"]: (Returned(END, 1_500_000 * YUAN),),
        fund["LP02"]: (Returned(END, 2 * MILLION), Returned(END, 1_500_000 * YUAN)),
    }
    assert clawbacks(tx, fund_id=fund.fund_id, as_of=LATER).actual == 0
    assert not prove(tx, fund_id=fund.fund_id)
