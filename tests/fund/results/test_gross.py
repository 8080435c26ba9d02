"""Gross returns by holding, deal source, sector and vintage: they sum to the fund, and each figure to its entries."""

from datetime import date
from fractions import Fraction

import pytest

from fund.holdings.actions import receive_income, sell, write_off
from fund.holdings.rules import IncomeKind
from fund.holdings.undoing import undo_disposal, undo_income, undo_purchase
from fund.results.gross_rules import GroupUnknown
from fund.results.queries import (
    GrossFigure,
    Grouping,
    gross,
    group_entries,
    grouped_returns,
    holding_returns,
)
from fund.results.rules import FundFiguresClosed
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.holdings import a_holding, bought
from tests.builders.results import M, Played, a_played_fund, at
from tests.scenes import Scene
from valuation.irr import RateStatus

END = date(2026, 6, 30)


def with_trades(tx: Tx) -> Played:
    """A part of H01 sold, a dividend of H02, H03 written off, and of each kind of trade one that was taken back."""
    found = a_played_fund(tx)
    one, two = found.holdings["H01"], found.holdings["H02"]
    day, later = date(2026, 2, 10), date(2026, 3, 10)
    three = a_holding(tx, found.fund_id, code="H03", name_zh="催化科技有限公司", origin="alumni_firm").id
    bought(tx, three, on=date(2026, 1, 12), cost=M, now=at(date(2026, 1, 12)))
    sell(tx, SYSTEM, holding_id=one, quantity=250_000, proceeds=12 * M, sold_on=day, now=at(day))
    for number in (1, 2):
        receive_income(
            tx,
            SYSTEM,
            holding_id=two,
            kind=IncomeKind.DIVIDEND,
            received_on=day,
            amount=number * M,
            now=at(day),
        )
    undo_income(tx, SYSTEM, holding_id=two, number=2, reason="twice", on=later, now=at(later))
    sell(tx, SYSTEM, holding_id=two, quantity=100_000, proceeds=M, sold_on=later, now=at(later))
    undo_disposal(tx, SYSTEM, holding_id=two, number=1, reason="fell through", on=later, now=at(later))
    bought(tx, two, on=later, quantity=10_000, cost=M, now=at(later))
    undo_purchase(tx, SYSTEM, holding_id=two, number=2, reason="fell through", on=later, now=at(later))
    gone = date(2026, 5, 20)
    write_off(tx, SYSTEM, holding_id=three, written_off_on=gone, reason="insolvent", now=at(gone))
    return Played(found.fund_id, found.partners, {**found.holdings, "H03": three})


@pytest.fixture
def staged(scene: Scene) -> tuple[Tx, Played]:
    return scene(with_trades)


@pytest.mark.parametrize("by", list(Grouping))
@pytest.mark.parametrize("as_of", [date(2024, 6, 30), date(2025, 12, 31), date(2026, 2, 28), END])
def test_groups_sum_to_the_fund_and_each_figure_to_its_entries(
    tx: Tx, played: Played, by: Grouping, as_of: date
) -> None:
    found = grouped_returns(tx, fund_id=played.fund_id, by=by, as_of=as_of)
    assert found.whole == gross(tx, fund_id=played.fund_id, as_of=as_of)
    codes = sorted(sheet.code for group in found.groups for sheet in group.holdings)
    assert codes == sorted(
        one.holding.code for one in holding_returns(tx, fund_id=played.fund_id, as_of=as_of)
    )
    for figure in GrossFigure:
        parts = 0
        for group in found.groups:
            told = group_entries(tx, fund_id=played.fund_id, by=by, key=group.key, figure=figure, as_of=as_of)
            assert told.amount == getattr(group.gross, figure), (group.key, figure)
            parts += told.amount
        whole = group_entries(tx, fund_id=played.fund_id, by=by, key=None, figure=figure, as_of=as_of)
        assert whole.amount == parts == getattr(found.whole, figure)
    assert sum(group.gross.gain for group in found.groups) == found.whole.gain


def test_keys_multiples_and_rates(tx: Tx, played: Played) -> None:
    keys = {
        by: [group.key for group in grouped_returns(tx, fund_id=played.fund_id, by=by, as_of=END).groups]
        for by in Grouping
    }
    assert keys == {
        Grouping.HOLDING: ["H01", "H02", "H03"],
        Grouping.ORIGIN: ["laboratory", "alumni_firm"],
        Grouping.SECTOR: ["hydrogen", "manufacturing"],
        Grouping.VINTAGE: ["2024", "2026"],
    }
    by_origin = grouped_returns(tx, fund_id=played.fund_id, by=Grouping.ORIGIN, as_of=END)
    labs, alumni = (group.gross for group in by_origin.groups)
    # 30m paid; 12m and 1m came back; 22.5m and 6m are still there.
    assert (labs.invested, labs.realised, labs.value) == (30 * M, 13 * M, M * 285 // 10)
    assert labs.multiple == Fraction(415, 300)
    assert labs.irr.status is RateStatus.UNIQUE
    assert (alumni.multiple, alumni.irr.status, alumni.is_full_year) == (0, RateStatus.TOTAL_LOSS, False)


def test_as_known_before_the_sale(tx: Tx, played: Played) -> None:
    then = at(date(2026, 1, 20))
    found = grouped_returns(tx, fund_id=played.fund_id, by=Grouping.HOLDING, as_of=END, known_at=then)
    assert [group.gross.realised for group in found.groups] == [0, 0, 0]
    for group in found.groups:
        for figure in GrossFigure:
            told = group_entries(
                tx,
                fund_id=played.fund_id,
                by=Grouping.HOLDING,
                key=group.key,
                figure=figure,
                as_of=END,
                known_at=then,
            )
            assert told.amount == getattr(group.gross, figure), (group.key, figure)


def test_nothing_bought_has_no_groups_and_an_unknown_key_is_refused(tx: Tx, played: Played) -> None:
    early = date(2024, 1, 31)
    found = grouped_returns(tx, fund_id=played.fund_id, by=Grouping.VINTAGE, as_of=early)
    assert (found.groups, found.whole.multiple) == ((), None)
    with pytest.raises(GroupUnknown, match="H01"):
        group_entries(
            tx,
            fund_id=played.fund_id,
            by=Grouping.HOLDING,
            key="H01",
            figure=GrossFigure.VALUE,
            as_of=early,
        )


def test_only_who_reads_the_whole_fund_reads_them(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        played = a_played_fund(tx)
    lp = Actor(11, "LP", frozenset({Role.LP_USER}), frozenset({played.partners["LP01"]}))
    member = Actor(12, "Member", frozenset({Role.COMMITTEE}))
    for who in (lp, member):
        with database.transaction(who) as tx:
            with pytest.raises(FundFiguresClosed):
                grouped_returns(tx, fund_id=played.fund_id, by=Grouping.SECTOR, as_of=END)
            with pytest.raises(FundFiguresClosed):
                group_entries(
                    tx,
                    fund_id=played.fund_id,
                    by=Grouping.SECTOR,
                    key=None,
                    figure=GrossFigure.VALUE,
                    as_of=END,
                )
