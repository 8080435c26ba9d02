from datetime import date
from fractions import Fraction

import pytest

from fund.holdings.position import Lot, Position, Valued
from fund.holdings.rules import (
    AmountInvalid,
    ChangeBehindMark,
    ChangeInFuture,
    ChangeOutOfOrder,
    HelpTooLong,
    HoldingInvalid,
    NobodyParticipates,
    QuantityInvalid,
    SaleAboveQuantity,
    WriteOffReasonMissing,
    check_change,
    check_disposal,
    check_help,
    check_holding,
    check_purchase,
    check_write_off,
    split,
)

BOUGHT, MARKED, TODAY = date(2026, 1, 15), date(2026, 3, 31), date(2026, 9, 30)
HELD = Position(lots=(Lot(1, BOUGHT, Fraction(100), 1_000),))


def test_a_holding_needs_a_name_and_its_labels() -> None:
    check_holding(name="氢材科技", labels={"sector": "hydrogen"})
    with pytest.raises(HoldingInvalid) as refused:
        check_holding(name=" ", labels={"sector": "hydrogen", "stage": ""})
    assert [problem.where for problem in refused.value.problems] == ["name", "stage"]


def test_changes_come_in_the_order_of_their_days() -> None:
    check_change(Position(), on=TODAY, today=TODAY)
    check_change(HELD, on=BOUGHT, today=TODAY)
    with pytest.raises(ChangeInFuture, match="2026-10-01 is still to come; today is 2026-09-30"):
        check_change(HELD, on=date(2026, 10, 1), today=TODAY)
    with pytest.raises(ChangeOutOfOrder, match="was on 2026-01-15"):
        check_change(HELD, on=date(2026, 1, 14), today=TODAY)


def test_a_day_that_an_approved_mark_covers_is_closed() -> None:
    marked = HELD.with_mark(Valued(1, MARKED, 1_200))
    check_change(marked, on=date(2026, 4, 1), today=TODAY)
    with pytest.raises(ChangeBehindMark, match="The value on 2026-03-31 is approved"):
        check_change(marked, on=MARKED, today=TODAY)


def test_a_purchase_buys_something_and_may_be_free() -> None:
    check_purchase(quantity=Fraction(1, 3), cost=0)
    with pytest.raises(QuantityInvalid):
        check_purchase(quantity=Fraction(0), cost=5)
    with pytest.raises(AmountInvalid, match=r"purchase is \(0\.01\); it may not be below 0\.00"):
        check_purchase(quantity=Fraction(1), cost=-1)


def test_no_more_is_sold_than_is_held() -> None:
    check_disposal(HELD, quantity=Fraction(100), proceeds=0)
    with pytest.raises(SaleAboveQuantity, match="101 cannot be sold: 100 is held"):
        check_disposal(HELD, quantity=Fraction(101), proceeds=0)
    with pytest.raises(QuantityInvalid):
        check_disposal(HELD, quantity=Fraction(-1), proceeds=0)
    with pytest.raises(AmountInvalid):
        check_disposal(HELD, quantity=Fraction(1), proceeds=-5)


def test_a_write_off_says_why() -> None:
    check_write_off(reason="insolvent")
    with pytest.raises(WriteOffReasonMissing):
        check_write_off(reason="  ")


def test_a_gain_is_split_by_the_partners_parts() -> None:
    assert split(100, {7: 60, 8: 25, 9: 15}, on=TODAY) == {7: 60, 8: 25, 9: 15}
    assert split(-1, {7: 1, 8: 1, 9: 0}, on=TODAY) == {7: -1}
    assert split(0, {7: 1}, on=TODAY) == {}
    with pytest.raises(NobodyParticipates, match="2026-09-30"):
        split(1, {7: 0}, on=TODAY)
    with pytest.raises(NobodyParticipates):
        split(1, {}, on=TODAY)


def test_wishes_are_lines_and_few() -> None:
    assert check_help(" 中试场地 \n\n首批订单\n") == ("中试场地", "首批订单")
    assert check_help("一\n" * 6) == ("一",) * 6
    for says in ("一\n" * 7, "长" * 201):
        with pytest.raises(HelpTooLong):
            check_help(says)
