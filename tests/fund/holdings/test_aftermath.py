"""What is written down late of a company held in two instruments leads to what it leads to by days."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from fund.capital.calls import approve_call, cancel_call
from fund.capital.returns import draft_return, pay_return
from fund.capital.shared_since import SharedSince
from fund.capital.unused_rules import Back
from fund.holdings.actions import receive_income, sell, write_off
from fund.holdings.aftermath import CameBackSince
from fund.holdings.queries import disposals
from fund.holdings.rules import InstrumentKind
from fund.holdings.undoing import undo_disposal, undo_income, undo_purchase
from fund.income.actions import earn, release_earned
from fund.income.rules import EarnedKind
from fund.ledger.queries import balances
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.builders.capital import ACCOUNTANT, MANAGER, CapitalFund, a_paid_call, committed, investment, noon
from tests.builders.holdings import a_holding, a_mark, bought
from tests.fund.capital.orderings import Book, M, a_fund_of_two, close
from tests.scenes import Scene

NOW = noon(date(2026, 10, 30))
LATE: dict[str, Any] = {"now": NOW, "reason": "milestones met"}
DAYS = [date(2026, 3, day) for day in (11, 12, 13, 14, 15, 16, 20, 24)]
Standing = dict[tuple[Any, ...], int]
Act = Callable[[Tx, int], object]


def standing(tx: Tx, fund: CapitalFund) -> Standing:
    """What stands on every account at the end of every day, by partner and holding."""
    return {
        (on, one.account, one.partner_id, one.holding_id): one.amount
        for on in DAYS
        for one in balances(tx, fund_id=fund.fund_id, as_of=on)
        if one.amount
    }


def written(tx: Tx, fund: CapitalFund, held: int, acts: Mapping[str, Act], order: str) -> Standing:
    """What stands once the acts are written down in an order of their letters; then they are forgotten."""
    with tx.begin_nested() as whole:
        for letter in order:
            acts[letter](tx, held)
        found = standing(tx, fund)
        whole.rollback()
    tx.expire_all()
    return found


def sale(day: int, instrument: str, quantity: int = 1_000_000, proceeds: int = 5) -> Act:
    facts: dict[str, Any] = {"sold_on": date(2026, 3, day), "quantity": quantity, "instrument": instrument}
    return lambda tx, held: sell(tx, SYSTEM, holding_id=held, proceeds=proceeds, now=NOW, **facts)


def mark(day: int, instrument: str, value: int) -> Act:
    facts: dict[str, Any] = {"on": date(2026, 3, day), "value": value, "instrument": instrument, **LATE}
    return lambda tx, held: a_mark(tx, held, **facts)


def test_sales_and_marks_of_two_instruments_say_the_same_in_any_order(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund_of_two)
    acts: dict[str, Act] = {
        # One gains what the other loses, and neither parts into 60,000,000.07 and 40 millions without a rest.
        "m": mark(11, "EQ", 11 * M + 5),
        "n": mark(12, "CB", 7),
        "c": sale(16, "CB"),
        "e": sale(14, "EQ", 333_333),
        "d": sale(14, "CB", 250_000),
    }
    assert len({str(written(tx, fund, held, acts, order)) for order in ("mnec", "cemn", "mnce")}) == 1
    assert written(tx, fund, held, acts, "mned") == written(tx, fund, held, acts, "demn")


def test_what_is_taken_back_of_one_changes_what_left_of_the_other_since(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund_of_two)

    def undo(tx: Tx, held: int) -> None:
        facts: dict[str, Any] = {"holding_id": held, "on": date(2026, 3, 20), "reason": "fell through"}
        made = disposals(tx, fund_id=fund.fund_id, holding_id=held, as_of=date.max)
        number = next(one.number for one in made if one.instrument == "EQ")
        undo_disposal(tx, MANAGER, number=number, now=NOW, **facts)

    acts = {
        "m": mark(11, "EQ", 11 * M + 5),
        "n": mark(12, "CB", M + 8),
        "e": sale(14, "EQ", 333_333),
        "u": undo,
        "d": sale(14, "CB", 250_000),
        "c": sale(24, "CB", 333_333),
    }
    first = written(tx, fund, held, acts, "mneduc")
    assert written(tx, fund, held, acts, "dceumn") == first
    for letter in "mndceu":
        acts[letter](tx, held)
    assert standing(tx, fund) == first
    assert prove(tx, fund_id=fund.fund_id) == []


def a_fund_with_named_money(tx: Tx) -> tuple[CapitalFund, int]:
    """70 : 30, of which 10m bought a holding; a million more was called for it by name, of LP01 alone."""
    fund = committed(tx, {"LP01": 70 * M + 7, "LP02": 30 * M}, newcomers=["LP03"])
    a_paid_call(tx, fund, investment(12 * M), due_on=date(2026, 3, 2))
    held = a_holding(tx, fund.fund_id)
    bought(tx, held.id, on=date(2026, 3, 9), cost=10 * M, now=noon(date(2026, 3, 9)))
    named = investment(M, holding_id=held.id, excused=frozenset([fund["LP02"]]))
    a_paid_call(tx, fund, named, due_on=date(2026, 3, 12))
    return fund, held.id


def purchase(tx: Tx, held: int) -> None:
    kind = InstrumentKind.CONVERTIBLE
    bought(tx, held, on=date(2026, 3, 12), cost=M, instrument="CB", kind=kind, now=NOW)


def test_a_mark_is_shared_anew_after_a_purchase_of_before(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund_with_named_money)
    acts: dict[str, Act] = {
        "b": purchase,
        "m": mark(13, "EQ", 11 * M + 5),
        # At cost, so that nothing is realised.
        "s": sale(16, "EQ", 500_000, proceeds=5 * M),
    }
    assert written(tx, fund, held, acts, "msb") == written(tx, fund, held, acts, "bms")


def test_past_shared_with_a_newcomer_follows_a_purchase_of_before(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund_with_named_money)
    joined = close(2, "LP03", 10 * M + 3, date(2026, 3, 13), date(2026, 3, 16))
    acts: dict[str, Act] = {
        "b": purchase,
        "m": mark(11, "EQ", 11 * M + 5),
        "c": lambda tx, held: joined.play(Book(tx, fund, held), NOW),
        "u": lambda tx, held: undo_purchase(
            tx, MANAGER, holding_id=held, number=2, on=date(2026, 3, 14), reason="fell through", now=NOW
        ),
    }
    first = written(tx, fund, held, acts, "mbc")
    assert written(tx, fund, held, acts, "mcb") == written(tx, fund, held, acts, "bcm") == first
    assert written(tx, fund, held, acts, "mcbu") == written(tx, fund, held, acts, "mbuc") != first


def test_of_one_day_purchases_come_before_sales(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund_with_named_money)
    acts = {"b": purchase, "s": sale(12, "EQ", 500_000, proceeds=5 * M), "m": mark(13, "EQ", 6 * M + 5)}
    assert written(tx, fund, held, acts, "bsm") == written(tx, fund, held, acts, "sbm")


def refused(tx: Tx, act: Callable[[], object], *says: str) -> None:
    """The act names what was shared since, and leaves nothing behind."""
    with tx.begin_nested() as whole:
        with pytest.raises(SharedSince) as found:
            act()
        assert [one.where for one in found.value.problems] == list(says)
        whole.rollback()
    tx.expire_all()


def test_what_may_be_with_the_partners_already_is_not_shared_anew(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund_with_named_money)
    of: dict[str, Any] = {"holding_id": held, "number": 1, "reason": "wrong", "now": NOW}
    earned: dict[str, Any] = {"fund_id": fund.fund_id, "reference": "E1", "now": NOW}
    sale(16, "EQ", 333_333)(tx, held)
    refused(tx, lambda: purchase(tx, held), "H01/SALE-1")
    # Until the day as of which it was taken back it counts.
    undo_disposal(tx, MANAGER, on=date(2026, 3, 20), **of)
    refused(tx, lambda: purchase(tx, held), "H01/SALE-1")
    receive_income(tx, SYSTEM, holding_id=held, received_on=date(2026, 3, 17), amount=M, now=NOW)
    refused(tx, lambda: purchase(tx, held), "H01/INCOME-1", "H01/SALE-1")
    undo_income(tx, MANAGER, on=date(2026, 3, 17), **of)
    facts: dict[str, Any] = {"kind": EarnedKind.DIVIDEND, "amount": M, "holding_id": held}
    earn(tx, MANAGER, earned_on=date(2026, 3, 11), **facts, **earned)
    # The newer way of sharing would be asked of what is released of it.
    release_earned(tx, MANAGER, amount=7, released_on=date(2026, 3, 18), reason="less", **earned)
    refused(tx, lambda: purchase(tx, held), "RECEIVABLE-E1.1", "H01/SALE-1")


def test_a_movement_on_the_day_on_which_a_sale_came_back_is_not_shared_anew(scene: Scene) -> None:
    tx, (_, held) = scene(a_fund_with_named_money)
    sale(14, "EQ", 500_000, proceeds=5 * M)(tx, held)
    of: dict[str, Any] = {"holding_id": held, "number": 1, "reason": "wrong", "now": NOW}
    undo_disposal(tx, MANAGER, on=date(2026, 3, 20), **of)
    mark(16, "EQ", 6 * M)(tx, held)
    with pytest.raises(CameBackSince, match="H01 is worth moved on 2026-03-20"):
        purchase(tx, held)


def a_fund_that_called_too_much(tx: Tx) -> tuple[CapitalFund, int]:
    """70 : 30; 8m was called by name for a holding that cost 10m, and 4m of LP01 alone, 2m more than it took."""
    fund = committed(tx, {"LP01": 70 * M, "LP02": 30 * M})
    held = a_holding(tx, fund.fund_id).id
    a_paid_call(tx, fund, investment(8 * M, holding_id=held), due_on=date(2026, 3, 2))
    named = investment(4 * M, holding_id=held, excused=frozenset([fund["LP02"]]))
    a_paid_call(tx, fund, named, due_on=date(2026, 3, 5))
    bought(tx, held, on=date(2026, 3, 9), cost=10 * M, now=noon(date(2026, 3, 9)))
    return fund, held


def test_money_called_by_name_does_not_go_back_before_what_was_shared_by_it(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund_that_called_too_much)
    mark(16, "EQ", 11 * M)(tx, held)

    def back(on: date) -> int:
        facts: dict[str, Any] = {"items": [Back("CALL-002", 1, 2 * M)], "pay_on": on, "purpose": "unused"}
        sheet = draft_return(tx, ACCOUNTANT, fund_id=fund.fund_id, now=NOW, **facts)
        approve_call(tx, MANAGER, call_id=sheet.id, now=NOW)
        return pay_return(tx, ACCOUNTANT, call_id=sheet.id, now=NOW).id

    refused(tx, lambda: back(date(2026, 3, 13)), "H01/MARK-1")
    of: dict[str, Any] = {"call_id": back(date(2026, 3, 17)), "reason": "wrong", "now": NOW}
    mark(20, "EQ", 12 * M)(tx, held)
    refused(tx, lambda: cancel_call(tx, MANAGER, cancelled_on=date(2026, 3, 18), **of), "H01/MARK-2")
    cancel_call(tx, MANAGER, cancelled_on=date(2026, 3, 24), **of)
    assert prove(tx, fund_id=fund.fund_id) == []


def test_all_of_it_leaves_where_a_gain_of_one_is_the_loss_of_another(scene: Scene) -> None:
    """Nothing is above cost in all, yet one partner carries a gain and another a loss."""
    tx, (fund, held) = scene(a_fund_with_named_money)
    mark(11, "EQ", 11 * M)(tx, held)
    purchase(tx, held)
    mark(13, "EQ", 10 * M)(tx, held)
    sale(14, "EQ", 500_000)(tx, held)
    write_off(tx, SYSTEM, holding_id=held, written_off_on=date(2026, 3, 16), reason="gone", now=NOW)
    found = standing(tx, fund)
    assert not [key for key in found if key[0] == date(2026, 3, 16) and key[1] == "1250"]
    assert [key for key in found if key[0] == date(2026, 3, 15) and key[1] == "1250"]
    assert prove(tx, fund_id=fund.fund_id) == []
