"""The value bridge read off the books, company by company and quarter by quarter."""

from collections import Counter
from datetime import date

import pytest

from fund.holdings.actions import receive_income, sell
from fund.holdings.rules import IncomeKind
from fund.ledger.chart import CAPITAL_ACCOUNTS, Account
from fund.partners.rules import PartnerUnknown
from fund.results.bridge_rules import FIGURES, step_of
from fund.results.queries import bridges, capital_account, explain
from fund.results.rules import NO_HOLDING, FundFiguresClosed, Period
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.periods import Quarter
from tests.builders.holdings import a_mark
from tests.builders.ledger import a_posting, booked
from tests.builders.results import M, Played, a_played_fund, at
from tests.scenes import Scene
from valuation.bridge import GAINS, Step, joined

LAST = Quarter(2026, 2)
EARLY = at(date(2025, 1, 2))


def with_gains(tx: Tx) -> Played:
    """The played fund, a quarter of H01 sold for 12m and 1m of dividend in 2026, and bank interest that names none."""
    found, day = a_played_fund(tx), date(2026, 2, 10)
    one, two = (found.holdings[code] for code in ("H01", "H02"))
    sell(tx, SYSTEM, holding_id=one, quantity=250_000, proceeds=12 * M, sold_on=day, now=at(day))
    receive_income(
        tx, SYSTEM, holding_id=two, kind=IncomeKind.DIVIDEND, received_on=day, amount=M, now=at(day)
    )
    a_mark(tx, two, on=date(2026, 3, 31), value=3 * M, reason="a plant is late", now=at(date(2026, 3, 31)))
    interest = a_posting(
        debit=Account.CASH,
        credit=Account.INTEREST_INCOME,
        credit_partner_id=found.partners["LP01"],
        amount=7_00,
        effective_on=date(2026, 4, 1),
        reference="INTEREST-1",
        holding_id=None,
    )
    booked(tx, found.fund_id, [interest])
    return found


@pytest.fixture
def staged(scene: Scene) -> tuple[Tx, Played]:
    return scene(with_gains)


def whose(played: Played) -> list[int | None]:
    return [None, *played.partners.values()]


def test_every_account_of_capital_is_a_step_of_the_bridge() -> None:
    assert {step_of(account) for account in CAPITAL_ACCOUNTS} == set(Step) == set(FIGURES)


@pytest.mark.parametrize("period", list(Period))
def test_it_is_the_capital_account_for_everybody_and_over_every_period(
    tx: Tx, played: Played, period: Period
) -> None:
    for partner_id in whose(played):
        for quarter in (Quarter(2024, 1), Quarter(2024, 4), Quarter(2026, 1), LAST):
            found = bridges(tx, fund_id=played.fund_id, partner_id=partner_id, quarter=quarter, period=period)
            account = capital_account(tx, fund_id=played.fund_id, partner_id=partner_id, quarter=quarter)
            assert found.whole.opening == account.row("opening").of(period)
            assert found.whole.closing == account.closing
            for step, figure in FIGURES.items():
                assert found.whole.steps[step] == account.row(figure).of(period), (figure, partner_id)
            assert joined(found.quarters) == found.whole


def test_partners_sum_to_the_fund_in_every_step_and_company(tx: Tx, played: Played) -> None:
    parts = [
        bridges(tx, fund_id=played.fund_id, partner_id=key, quarter=LAST, period=Period.ITD)
        for key in played.partners.values()
    ]
    whole = bridges(tx, fund_id=played.fund_id, quarter=LAST, period=Period.ITD)
    for step in Step:
        assert sum(part.whole.steps[step] for part in parts) == whole.whole.steps[step]
    summed: Counter[tuple[str, str]] = Counter()
    for part in parts:
        for one in part.companies:
            for kind in ("income", "realised", "unrealised"):
                summed[one.code, kind] += getattr(one.gains, kind)
    assert summed == {
        (one.code, kind): getattr(one.gains, kind)
        for one in whole.companies
        for kind in ("income", "realised", "unrealised")
    }


def test_companies_sum_to_the_gains_and_what_names_none_stands_apart(tx: Tx, played: Played) -> None:
    found = bridges(tx, fund_id=played.fund_id, quarter=LAST, period=Period.ITD)
    assert sum(one.gains.total for one in found.companies) == sum(found.whole.steps[step] for step in GAINS)
    assert {one.gains.holding_id: one.gains.total for one in found.companies} == {
        int(name): amount for name, amount in found.whole.gains.items()
    }
    by_code = {one.code: one.gains for one in found.companies}
    # A quarter of H01 left: 12m for a cost of 5m; the rest is worth 22.5m and cost 15m.
    assert (by_code["H01"].realised, by_code["H01"].unrealised, by_code["H01"].income) == (
        7 * M,
        M * 75 // 10,
        0,
    )
    assert (by_code["H02"].realised, by_code["H02"].unrealised, by_code["H02"].income) == (0, -7 * M, M)
    assert (by_code[""].holding_id, by_code[""].income) == (NO_HOLDING, 7_00)
    assert [one.code for one in found.companies] == ["H01", "", "H02"]


def test_each_companys_part_is_the_sum_of_its_entries(tx: Tx, played: Played) -> None:
    for partner_id in whose(played):
        found = bridges(
            tx, fund_id=played.fund_id, partner_id=partner_id, quarter=Quarter(2026, 1), period=Period.YTD
        )
        for one in found.companies:
            for figure in ("income", "realised", "unrealised"):
                told = explain(
                    tx,
                    fund_id=played.fund_id,
                    figure=figure,
                    quarter=found.quarter,
                    period=Period.YTD,
                    partner_id=partner_id,
                    holding_id=one.gains.holding_id,
                )
                assert told.amount == getattr(one.gains, figure)
                assert sum(part for _, part in told.entries) == told.amount
                assert {(entry.holding_id or NO_HOLDING) for entry, _ in told.entries} <= {
                    one.gains.holding_id
                }


def test_as_known_before_the_last_marks_and_sales(tx: Tx, played: Played) -> None:
    found = bridges(tx, fund_id=played.fund_id, quarter=LAST, period=Period.ITD, known_at=EARLY)
    assert found.whole.steps[Step.REALISED] == 0
    assert found.whole.steps[Step.UNREALISED] == 6 * M
    assert [one.code for one in found.companies] == ["H01"]
    account = capital_account(tx, fund_id=played.fund_id, quarter=LAST, known_at=EARLY)
    assert found.whole.closing == account.closing


def test_before_anything_moved_it_is_nothing(tx: Tx, played: Played) -> None:
    found = bridges(tx, fund_id=played.fund_id, quarter=Quarter(2023, 4), period=Period.ITD)
    assert (found.whole.opening, found.whole.closing, found.companies) == (0, 0, ())
    assert [str(Quarter.containing(one.closes_on)) for one in found.quarters] == ["2023Q4"]


def test_a_partner_reads_its_own_bridge_and_no_other(database: Database) -> None:
    """The same figures as staff see, through the walls of the database; not the fund's, not another's."""
    with database.transaction(SYSTEM) as tx:
        played = with_gains(tx)
        mine, other = played.partners["LP01"], played.partners["LP02"]
        seen = bridges(tx, fund_id=played.fund_id, partner_id=mine, quarter=LAST, period=Period.ITD)
    reader = Actor(77, "LP", frozenset({Role.LP_USER}), frozenset({mine}))
    with database.transaction(reader) as tx:
        assert bridges(tx, fund_id=played.fund_id, partner_id=mine, quarter=LAST, period=Period.ITD) == seen
        with pytest.raises(PartnerUnknown):
            bridges(tx, fund_id=played.fund_id, partner_id=other, quarter=LAST)
        with pytest.raises(FundFiguresClosed):
            bridges(tx, fund_id=played.fund_id, quarter=LAST)
