"""Purchases, sales and income taken back: every balance and every holding stands as before, and the fund proves."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fund.holdings.actions import receive_income, sell, write_off
from fund.holdings.position import Status
from fund.holdings.queries import cash_flows, disposals, holding, income, lots
from fund.holdings.rules import ChangedSince, ChangeOutOfOrder, LeftThatDay, PurchaseSold, TradeUnknown
from fund.holdings.undoing import undo_disposal, undo_income, undo_purchase
from fund.ledger.cash import CashShort
from fund.ledger.queries import balances
from fund.ledger.rules import Account
from fund.ledger.undo_rules import AlreadyUndone
from fund.results.proof import prove
from kernel.db import Tx
from tests.builders.holdings import a_mark, bought
from tests.builders.results import APPROVER, M, Played, a_played_fund, at
from tests.scenes import Scene

TODAY = date(2026, 3, 2)
NOW = at(TODAY)
WHY: dict[str, Any] = {"reason": "booked by mistake", "now": NOW}


@pytest.fixture
def staged(scene: Scene) -> tuple[Tx, Played]:
    return scene(a_played_fund)


@pytest.fixture
def played(staged: tuple[Tx, Played]) -> Played:
    return staged[1]


def stands(tx: Tx, fund: Played) -> tuple[object, ...]:
    """Every balance and both holdings, as of the end of all days."""
    found = [holding(tx, holding_id=key, as_of=date.max) for key in fund.holdings.values()]
    return (
        balances(tx, fund_id=fund.fund_id, as_of=date.max),
        found,
        cash_flows(tx, fund_id=fund.fund_id, as_of=date.max),
    )


def test_a_purchase_taken_back_leaves_nothing_behind(tx: Tx, played: Played) -> None:
    before, key = stands(tx, played), played.holdings["H01"]
    bought(tx, key, on=date(2026, 2, 2), quantity=500_000, cost=2 * M, now=at(date(2026, 2, 2)))
    assert stands(tx, played) != before
    undo_purchase(tx, APPROVER, holding_id=key, number=2, on=date(2026, 2, 2), **WHY)
    assert stands(tx, played) == before
    assert [lot.number for lot in lots(tx, holding_id=key, as_of=TODAY)] == [1]
    assert prove(tx, fund_id=played.fund_id) == []
    with pytest.raises(AlreadyUndone):
        undo_purchase(tx, APPROVER, holding_id=key, number=2, on=date(2026, 2, 3), **WHY)
    with pytest.raises(TradeUnknown):
        undo_purchase(tx, APPROVER, holding_id=key, number=3, on=date(2026, 2, 3), **WHY)


def test_a_purchase_that_was_valued_takes_its_unrealised_part_along(tx: Tx, played: Played) -> None:
    key = played.holdings["H01"]
    sheet = undo_purchase(tx, APPROVER, holding_id=key, number=1, on=TODAY, **WHY)
    assert (sheet.invested, sheet.cost, sheet.value, sheet.acquired_on) == (0, 0, 0, None)
    then = holding(tx, holding_id=key, as_of=date(2026, 3, 1))
    assert (then.invested, then.value, then.status) == (20 * M, 30 * M, Status.HELD)
    assert prove(tx, fund_id=played.fund_id) == []


def test_a_purchase_of_which_some_has_left_waits_for_the_sale(tx: Tx, played: Played) -> None:
    key, day = played.holdings["H02"], date(2026, 2, 10)
    sell(tx, APPROVER, holding_id=key, sold_on=day, quantity=1, proceeds=100, now=NOW)
    with pytest.raises(PurchaseSold, match="2024-09-20"):
        undo_purchase(tx, APPROVER, holding_id=key, number=1, on=TODAY, **WHY)


@settings(
    max_examples=5, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    acts=st.lists(
        st.tuples(st.sampled_from(["buy", "sell", "income", "write_off"]), st.integers(1, 40)), max_size=4
    )
)
def test_whatever_is_done_and_taken_back_restores_every_balance(
    tx: Tx, played: Played, acts: list[tuple[str, int]]
) -> None:
    with tx.begin_nested() as tried:
        key, before = played.holdings["H01"], stands(tx, played)
        history = [(before, "", 0)]
        for after, (act, size) in enumerate(acts):
            number = _do(tx, key, act, size, date(2026, 2, 2 + after))
            if number:
                history.append((stands(tx, played), act, number))
        while len(history) > 1:
            _, act, number = history.pop()
            undo = {"buy": undo_purchase, "income": undo_income}.get(act, undo_disposal)
            undo(tx, APPROVER, holding_id=key, number=number, on=TODAY, **WHY)
            assert stands(tx, played) == history[-1][0]
        assert prove(tx, fund_id=played.fund_id) == []
        tried.rollback()
    tx.expire_all()


def _do(tx: Tx, key: int, act: str, size: int, on: date) -> int:
    """Do one thing on a day, if it can be done, and return its number."""
    held = holding(tx, holding_id=key, as_of=TODAY).instruments[0].quantity
    if act == "buy":
        bought(tx, key, on=on, quantity=size * 1000, cost=size * 1_000_01, now=NOW)
        return lots(tx, holding_id=key, as_of=TODAY)[-1].number
    if act == "income":
        receive_income(tx, APPROVER, holding_id=key, received_on=on, amount=size * 7, now=NOW)
        return income(tx, holding_id=key, as_of=TODAY)[-1].number
    if not held:
        return 0
    if act == "sell":
        quantity = held * size / 41
        sell(tx, APPROVER, holding_id=key, sold_on=on, quantity=quantity, proceeds=size * M, now=NOW)
    else:
        write_off(tx, APPROVER, holding_id=key, written_off_on=on, reason="gone", now=NOW)
    fund_id = holding(tx, holding_id=key, as_of=TODAY).fund_id
    return max(one.number for one in disposals(tx, fund_id=fund_id, as_of=TODAY, holding_id=key))


def test_a_sale_is_not_taken_back_behind_what_followed(tx: Tx, played: Played) -> None:
    key = played.holdings["H01"]
    sell(tx, APPROVER, holding_id=key, sold_on=date(2026, 1, 20), quantity=1000, proceeds=M, now=NOW)
    with tx.begin_nested() as tried:
        a_mark(tx, key, on=date(2026, 2, 28), value=30 * M, reason="on plan", now=NOW)
        with pytest.raises(ChangedSince, match="2026-01-20"):
            undo_disposal(tx, APPROVER, holding_id=key, number=1, on=TODAY, **WHY)
        tried.rollback()
    tx.expire_all()
    sell(tx, APPROVER, holding_id=key, sold_on=date(2026, 1, 20), quantity=1000, proceeds=M, now=NOW)
    with pytest.raises(ChangedSince):
        undo_disposal(tx, APPROVER, holding_id=key, number=1, on=TODAY, **WHY)
    for number in (2, 1):
        undo_disposal(tx, APPROVER, holding_id=key, number=number, on=TODAY, **WHY)
    assert holding(tx, holding_id=key, as_of=TODAY).status is Status.HELD
    assert holding(tx, holding_id=key, as_of=date(2026, 2, 1)).status is Status.PARTLY_REALISED


def test_income_that_is_spent_is_not_taken_back(tx: Tx, played: Played) -> None:
    key = played.holdings["H01"]
    receive_income(tx, APPROVER, holding_id=key, received_on=TODAY, amount=50 * M, now=NOW)
    bought(tx, key, on=TODAY, quantity=1, cost=50 * M, now=NOW)
    with pytest.raises(CashShort):
        undo_income(tx, APPROVER, holding_id=key, number=1, on=TODAY, **WHY)
    with pytest.raises(TradeUnknown):
        undo_income(tx, APPROVER, holding_id=key, number=2, on=TODAY, **WHY)
    with pytest.raises(TradeUnknown):
        undo_disposal(tx, APPROVER, holding_id=key, number=9, on=TODAY, **WHY)


def test_nothing_is_bought_on_the_day_on_which_some_left(tx: Tx, played: Played) -> None:
    key, day = played.holdings["H01"], date(2026, 2, 2)
    sell(tx, APPROVER, holding_id=key, sold_on=day, quantity=1000, proceeds=M, now=NOW)
    with pytest.raises(LeftThatDay, match="2026-02-02"):
        bought(tx, key, on=day, quantity=1, cost=M, now=NOW)
    bought(tx, key, on=date(2026, 2, 3), quantity=1, cost=M, now=NOW)
    undo_purchase(tx, APPROVER, holding_id=key, number=2, on=TODAY, **WHY)
    bought(tx, key, on=TODAY, quantity=1, cost=M, now=NOW)
    assert prove(tx, fund_id=played.fund_id) == []


def test_nothing_is_changed_on_days_on_which_what_was_taken_back_still_counts(tx: Tx, played: Played) -> None:
    """On those days more would have left than was held, and nothing could say what it was worth."""
    key, sold_on, back_on = played.holdings["H01"], date(2026, 2, 2), date(2026, 2, 20)
    most = lots(tx, holding_id=key, as_of=sold_on)[0].quantity * 3 / 4
    for day in (sold_on, date(2026, 2, 6)):
        sell(tx, APPROVER, holding_id=key, sold_on=day, quantity=most / 3, proceeds=M, now=NOW)
    undo_disposal(tx, APPROVER, holding_id=key, number=2, on=back_on, **WHY)
    with pytest.raises(ChangeOutOfOrder, match="2026-02-20"):
        undo_disposal(tx, APPROVER, holding_id=key, number=1, on=sold_on, **WHY)
    undo_disposal(tx, APPROVER, holding_id=key, number=1, on=back_on, **WHY)
    between = date(2026, 2, 19)
    with pytest.raises(ChangeOutOfOrder, match="2026-02-20"):
        sell(tx, APPROVER, holding_id=key, sold_on=between, quantity=most, proceeds=M, now=NOW)
    with pytest.raises(ChangeOutOfOrder, match="2026-02-20"):
        undo_purchase(tx, APPROVER, holding_id=key, number=1, on=between, **WHY)
    with pytest.raises(ChangeOutOfOrder, match="2026-02-20"):
        bought(tx, key, on=between, quantity=1, cost=1, now=NOW)
    sell(tx, APPROVER, holding_id=key, sold_on=back_on, quantity=most, proceeds=M, now=NOW)
    assert prove(tx, fund_id=played.fund_id) == []


def test_what_is_left_is_written_off_on_the_day_on_which_a_purchase_was_taken_back(
    tx: Tx, played: Played
) -> None:
    key, day = played.holdings["H01"], date(2026, 2, 20)
    bought(tx, key, on=date(2026, 2, 2), quantity=500_000, cost=M, now=NOW)
    undo_purchase(tx, APPROVER, holding_id=key, number=2, on=day, **WHY)
    write_off(tx, APPROVER, holding_id=key, written_off_on=day, reason="gone", now=NOW)
    assert holding(tx, holding_id=key, as_of=day).value == 0
    assert prove(tx, fund_id=played.fund_id) == []


def test_a_sale_gives_back_what_a_mark_written_down_later_made_it_take(tx: Tx, played: Played) -> None:
    """The mark of a quarter is often approved once something has been sold after it."""
    key, sold_on, back_on = played.holdings["H01"], date(2026, 2, 2), date(2026, 2, 20)
    stood = holding(tx, holding_id=key, as_of=sold_on)
    quantity = lots(tx, holding_id=key, as_of=sold_on)[0].quantity / 4
    part: dict[str, Any] = {"quantity": quantity, "proceeds": M, "now": at(sold_on)}
    sell(tx, APPROVER, holding_id=key, sold_on=sold_on, **part)
    marked_on = date(2026, 1, 31)
    first = a_mark(tx, key, on=marked_on, value=stood.value + 4 * M + 3, reason="as reported", now=NOW)

    def books(on: date) -> int:
        account = [Account.UNREALISED_APPRECIATION]
        return -sum(one.amount for one in balances(tx, fund_id=played.fund_id, as_of=on, accounts=account))

    def held(on: date) -> int:
        found = [holding(tx, holding_id=one, as_of=on) for one in played.holdings.values()]
        return sum(one.value - one.cost for one in found)

    assert books(sold_on) == held(sold_on)
    undo_disposal(tx, APPROVER, holding_id=key, number=1, on=back_on, **WHY)
    assert holding(tx, holding_id=key, as_of=TODAY).value == first.value
    assert books(back_on) == held(back_on)
    # And the other way round: corrected once the sale has come and gone.
    again = {"value": first.value + M, "reason": "audited", "supersedes_id": first.id}
    a_mark(tx, key, on=marked_on, now=NOW, **again)
    for day in (marked_on, sold_on, back_on, TODAY):
        assert books(day) == held(day)
    assert prove(tx, fund_id=played.fund_id) == []
