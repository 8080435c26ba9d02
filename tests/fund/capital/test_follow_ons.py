"""Who pays for the follow-on of a deal, and for its expenses: those who have a part in it."""

from datetime import date

import pytest

from fund.capital.calls import approve_call, issue_call
from fund.capital.commitments import later_close as join_later
from fund.capital.inflows import call_sheet
from fund.capital.passing_on import pay_equalisation
from fund.capital.rules import AboveRemaining, Item, ItemKind
from kernel.db import Tx
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    a_call,
    a_draft,
    a_paid_call,
    a_receipt,
    committed,
    fee,
    investment,
    noon,
)
from tests.builders.deal_shares import APRIL, MARCH, MILLION, by_code, parts_of, seventy_thirty
from tests.builders.holdings import a_holding, bought
from tests.builders.transfers import a_transfer
from tests.scenes import Scene


def test_who_was_excused_from_a_deal_pays_neither_its_follow_on_nor_its_expenses(tx: Tx) -> None:
    fund = committed(tx, {"LP01": 50 * MILLION, "LP02": 30 * MILLION, "LP03": 20 * MILLION})
    held = a_holding(tx, fund.fund_id, now=noon(MARCH))
    first = investment(7 * MILLION, holding_id=held.id, excused=frozenset([fund["LP02"]]))
    a_paid_call(tx, fund, first, due_on=MARCH)
    costs = Item(ItemKind.EXPENSE, 70_000 * YUAN, holding_id=held.id)
    again = a_call(tx, fund, investment(14 * MILLION, holding_id=held.id), costs, due_on=APRIL)
    found = by_code(fund, {line.partner_id: line.investment for line in again.lines})
    assert found == {"LP01": 10 * MILLION, "LP03": 4 * MILLION}
    spent = by_code(fund, {line.partner_id: line.expense for line in again.lines})
    assert spent == {"LP01": 50_000 * YUAN, "LP03": 20_000 * YUAN}


def test_a_follow_on_beyond_what_its_partners_have_left_is_refused(scene: Scene) -> None:
    tx, fund = scene(seventy_thirty)
    held = a_holding(tx, fund.fund_id, now=noon(MARCH))
    first = investment(5 * MILLION, holding_id=held.id, excused=frozenset([fund["LP02"]]))
    a_paid_call(tx, fund, first, due_on=MARCH)
    with pytest.raises(AboveRemaining):
        a_draft(tx, fund, investment(66 * MILLION, holding_id=held.id), due_on=APRIL)


def test_a_drafted_follow_on_is_issued_by_the_deal_s_shares_too(scene: Scene) -> None:
    tx, fund = scene(seventy_thirty)
    held = a_holding(tx, fund.fund_id, now=noon(MARCH))
    first = investment(5 * MILLION, holding_id=held.id, excused=frozenset([fund["LP02"]]))
    a_paid_call(tx, fund, first, due_on=MARCH)
    draft = a_draft(tx, fund, investment(9 * MILLION, holding_id=held.id), due_on=date(2026, 6, 1))
    at = noon(date(2026, 5, 4))
    approve_call(tx, MANAGER, call_id=draft.id, now=at)
    issued = issue_call(tx, ACCOUNTANT, call_id=draft.id, now=at)
    assert by_code(fund, {line.partner_id: line.amount for line in issued.lines}) == {"LP01": 9 * MILLION}


def test_a_follow_on_goes_by_the_deal_and_not_by_what_is_left_of_commitments(scene: Scene) -> None:
    """Nobody was excused from this deal, but LP02 from another: it has more left, and no larger part in this one."""
    tx, fund = scene(seventy_thirty)
    held = a_holding(tx, fund.fund_id, now=noon(MARCH))
    a_paid_call(tx, fund, investment(10 * MILLION, holding_id=held.id), due_on=MARCH)
    other = a_holding(tx, fund.fund_id, name_zh="钢材科技有限公司", now=noon(MARCH))
    excused = frozenset([fund["LP02"]])
    a_paid_call(tx, fund, investment(7 * MILLION, holding_id=other.id, excused=excused), due_on=APRIL)
    costs = Item(ItemKind.EXPENSE, MILLION, holding_id=held.id)
    again = a_draft(tx, fund, investment(10 * MILLION, holding_id=held.id), costs, due_on=date(2026, 6, 1))
    assert by_code(fund, {line.partner_id: line.investment for line in again.lines}) == parts_of(
        7_000_000, 3_000_000
    )
    assert by_code(fund, {line.partner_id: line.expense for line in again.lines}) == parts_of(
        700_000, 300_000
    )


def test_a_follow_on_of_what_general_money_bought_goes_by_who_paid_that(scene: Scene) -> None:
    tx, fund = scene(seventy_thirty)
    a_paid_call(tx, fund, investment(14 * MILLION), due_on=MARCH)
    held = a_holding(tx, fund.fund_id, now=noon(MARCH))
    first = a_draft(tx, fund, investment(7 * MILLION, holding_id=held.id), due_on=date(2026, 6, 1))
    assert by_code(fund, {line.partner_id: line.amount for line in first.lines}) == parts_of(
        4_900_000, 2_100_000
    )
    bought(tx, held.id, on=date(2026, 3, 5), cost=14 * MILLION, now=noon(date(2026, 3, 5)))
    a_paid_call(tx, fund, investment(7 * MILLION, excused=frozenset([fund["LP02"]])), due_on=APRIL)
    again = a_draft(tx, fund, investment(7 * MILLION, holding_id=held.id), due_on=date(2026, 6, 1))
    assert by_code(fund, {line.partner_id: line.amount for line in again.lines}) == parts_of(
        4_900_000, 2_100_000
    )


def test_after_a_later_close_and_a_transfer_a_follow_on_goes_by_the_new_shares(tx: Tx) -> None:
    fund = committed(tx, {"LP01": 60 * MILLION, "LP02": 20 * MILLION}, newcomers=("LP03", "LP04"))
    held = a_holding(tx, fund.fund_id, now=noon(MARCH))
    a_paid_call(tx, fund, investment(8 * MILLION, holding_id=held.id), due_on=MARCH)
    joining, day = {fund["LP03"]: 20 * MILLION}, date(2026, 4, 7)
    joined = join_later(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers=joining,
        closed_on=day,
        due_on=date(2026, 4, 20),
        now=noon(day),
    )
    assert joined.call_id is not None
    ten = investment(10 * MILLION, holding_id=held.id)
    before = a_draft(tx, fund, ten, due_on=date(2026, 7, 1))
    million = {line.partner_id: line.amount // MILLION for line in before.lines}
    assert by_code(fund, million) == {"LP01": 6, "LP02": 2, "LP03": 2}
    a_receipt(tx, call_sheet(tx, call_id=joined.call_id), fund["LP03"], on=date(2026, 4, 20))
    pay_equalisation(
        tx, ACCOUNTANT, call_id=joined.call_id, paid_on=date(2026, 4, 21), now=noon(date(2026, 4, 21))
    )
    a_transfer(tx, fund, seller="LP01", buyer="LP04", commitment=30 * MILLION, on=date(2026, 5, 15))
    after = a_draft(tx, fund, ten, due_on=date(2026, 7, 1))
    million = {line.partner_id: line.amount // MILLION for line in after.lines}
    assert by_code(fund, million) == {"LP01": 3, "LP02": 2, "LP03": 2, "LP04": 3}


def test_what_a_partner_has_no_room_for_falls_to_the_others_in_the_deal(tx: Tx) -> None:
    fund = committed(tx, {"LP01": 50 * MILLION, "LP02": 30 * MILLION, "LP03": 10 * MILLION})
    held = a_holding(tx, fund.fund_id, now=noon(MARCH))
    a_paid_call(tx, fund, investment(9 * MILLION, holding_id=held.id), due_on=MARCH)
    a_paid_call(tx, fund, fee({fund["LP02"]: 25 * MILLION}), due_on=APRIL)
    again = a_draft(tx, fund, investment(9 * MILLION, holding_id=held.id), due_on=date(2026, 6, 1))
    assert by_code(fund, {line.partner_id: line.amount for line in again.lines}) == {
        "LP01": 583_333_333,
        "LP02": 2 * MILLION,
        "LP03": 116_666_667,
    }
