from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.ledger.chart import CAPITAL_ACCOUNTS, Account
from fund.results.rules import (
    ROW_OF,
    Flow,
    Period,
    Periods,
    Row,
    Step,
    account_rows,
    bridge,
    curve,
    details,
    is_full_year,
    moic,
    multiple_of,
    over,
    rate,
    ratios,
    since,
    value_before,
    with_value,
)
from kernel.periods import Quarter
from valuation.irr import RateStatus

Q = Quarter.parse

# The worked sample of the ILPA reporting template (one limited partner, 2026-06-30): quarter, year, inception.
SAMPLE: dict[Account, tuple[int, int, int]] = {
    Account.CONTRIBUTIONS: (0, 5_000_000, 35_000_000),
    Account.DISTRIBUTIONS: (-1_250_000, -5_000_000, -19_000_000),
    Account.PLACEMENT_FEES: (0, 0, -40_000),
    Account.MANAGEMENT_FEE: (-187_500, -750_000, -6_625_000),
    Account.FEE_WAIVERS: (0, 7_500, 25_000),
    Account.FEE_OFFSETS: (82_600, 346_500, 1_538_521),
    Account.OTHER_EXPENSES: (-1_250 - 46_750, -2_500 - 152_280, -17_500 - 530_929),
    Account.DIVIDEND_INCOME: (9_500, 28_380, 223_508),
    Account.UNREALISED_GAIN: (2_000_000, 8_000_000, 35_100_000),
}
MOVED = {
    Q("2025Q4"): {account: itd - ytd for account, (_, ytd, itd) in SAMPLE.items()},
    Q("2026Q1"): {account: ytd - qtd for account, (qtd, ytd, _) in SAMPLE.items()},
    Q("2026Q2"): {account: qtd for account, (qtd, _, _) in SAMPLE.items()},
    Q("2026Q3"): {Account.CONTRIBUTIONS: 1, Account.CASH: 5},
}


def test_every_account_of_capital_is_on_one_row() -> None:
    assert set(ROW_OF) == set(CAPITAL_ACCOUNTS)


def test_the_worked_sample_closes_alike_in_all_columns() -> None:
    rows = {row.code: row.amounts for row in account_rows(MOVED, Q("2026Q2"))}
    assert rows["opening"] == Periods(45_067_000, 38_196_000, 0)
    assert rows["closing"] == Periods(45_673_600, 45_673_600, 45_673_600)
    assert rows["management_fee"] == Periods(-104_900, -396_000, -5_061_479)
    assert rows["expenses"] == Periods(-48_000, -154_780, -588_429)
    assert rows["transfers"] == Periods(0, 0, 0)


def test_details_name_the_accounts_and_leave_out_later_quarters() -> None:
    found = {row.code: row.amounts for row in details(MOVED, Q("2026Q2"))}
    assert found["5016"] == Periods(0, 0, -40_000)
    assert found["3000"] == Periods(0, 5_000_000, 35_000_000)
    assert Account.CASH not in found
    assert details({}, Q("2026Q2")) == ()


MOVEMENTS = st.dictionaries(
    st.builds(Quarter, st.integers(2023, 2027), st.integers(1, 4)),
    st.dictionaries(st.sampled_from(CAPITAL_ACCOUNTS), st.integers(-(10**12), 10**12)),
)


@given(MOVEMENTS)
def test_opening_is_the_last_closing_and_rows_add_up(moved: dict[Quarter, dict[str, int]]) -> None:
    before: dict[str, Periods] = {}
    for quarter in (Q("2025Q3"), Q("2025Q4"), Q("2026Q1")):
        rows = {row.code: row.amounts for row in account_rows(moved, quarter)}
        closing = rows.pop("closing")
        assert sum(rows.values(), start=Periods(0, 0, 0)) == closing
        assert closing.qtd == closing.ytd == closing.itd
        if before:
            assert rows["opening"].qtd == before["closing"].qtd
            for code in rows.keys() - {"opening"}:
                assert rows[code].itd == before[code].itd + rows[code].qtd
        before = {**rows, "closing": closing}


def test_value_before() -> None:
    assert value_before(MOVED, Q("2026Q2")) == 45_067_000
    assert value_before(MOVED, Q("2025Q4")) == 0


def test_bridge_joins_both_carries() -> None:
    rows = [
        Row("opening", Periods(10, 8, 0)),
        Row("carry_accrued", Periods(-2, -3, -4)),
        Row("carry_earned", Periods(-1, 0, 0)),
        Row("closing", Periods(7, 5, -4)),
    ]
    assert bridge(rows, Period.QTD) == (Step("opening", 10), Step("carry", -3), Step("closing", 7))
    assert bridge(rows, Period.YTD) == (Step("opening", 8), Step("carry", -3), Step("closing", 5))


def test_since() -> None:
    assert since(Period.QTD, Q("2026Q3")) == date(2026, 7, 1)
    assert since(Period.YTD, Q("2026Q3")) == date(2026, 1, 1)
    assert since(Period.ITD, Q("2026Q3")) is None


def test_curve_skips_no_quarter() -> None:
    moved = {
        Q("2025Q4"): {Account.CONTRIBUTIONS: 100},
        Q("2026Q2"): {Account.DISTRIBUTIONS: -30, Account.REALISED_GAIN: 20},
        Q("2026Q4"): {Account.CONTRIBUTIONS: 999},
    }
    points = curve(moved, Q("2026Q3"))
    assert [(str(p.quarter), p.paid_in, p.distributed, p.nav) for p in points] == [
        ("2025Q4", 100, 0, 100),
        ("2026Q1", 100, 0, 100),
        ("2026Q2", 100, 30, 90),
        ("2026Q3", 100, 30, 90),
    ]
    assert (points[-1].tvpi, points[-1].dpi) == (1.2, 0.3)
    assert curve({}, Q("2026Q3")) == ()
    assert curve(moved, Q("2025Q3")) == ()


def test_ratios() -> None:
    found = ratios(paid_in=200, distributed=50, nav=250, committed=400)
    assert (found.tvpi, found.dpi, found.rvpi, found.pic) == (1.5, 0.25, 1.25, 0.5)
    nothing = ratios(paid_in=0, distributed=0, nav=0, committed=400)
    assert (nothing.tvpi, nothing.dpi, nothing.rvpi, nothing.pic) == (None, None, None, 0.0)
    assert ratios(paid_in=-1, distributed=0, nav=0, committed=400).pic is None
    assert ratios(paid_in=1, distributed=0, nav=0, committed=0).pic is None
    assert ratios(paid_in=1, distributed=-1, nav=0, committed=1).dpi is None


def test_moic() -> None:
    assert moic(invested=100, realised=30, value=90) == 1.2
    assert moic(invested=0, realised=0, value=0) is None


def a_flow(on: date, amount: int) -> Flow:
    return Flow(on, amount, "contribution", "X")


def test_rate_of_flows_in_any_order() -> None:
    out, back = a_flow(date(2025, 1, 1), -100), a_flow(date(2026, 1, 1), 10)
    flows = with_value([back, out], on=date(2026, 1, 1), value=98)
    assert [flow.kind for flow in flows] == ["contribution", "contribution", "value"]
    assert rate(flows).value == pytest.approx(0.08)
    assert with_value([out, back], on=date(2026, 1, 1), value=0) == (out, back)
    assert with_value([], on=date(2026, 1, 1), value=0) == ()
    assert rate(with_value([out], on=date(2026, 1, 1), value=0)).status is RateStatus.TOTAL_LOSS
    assert rate([]).status is RateStatus.UNDEFINED
    assert rate([out, a_flow(date(2025, 7, 1), -1)]).status is RateStatus.TOTAL_LOSS


def test_is_full_year() -> None:
    assert not is_full_year(date(2025, 3, 1), date(2026, 2, 28))
    assert is_full_year(date(2025, 3, 1), date(2026, 3, 1))
    assert not is_full_year(date(2024, 2, 29), date(2025, 2, 28))
    assert is_full_year(date(2024, 2, 29), date(2025, 3, 1))


def test_over_a_stretch_of_time() -> None:
    flows = [a_flow(date(2025, 12, 31), -50), a_flow(date(2026, 1, 1), -10), a_flow(date(2026, 4, 1), -5)]
    found = over(flows, starts_on=date(2026, 1, 1), ends_on=date(2026, 3, 31), opening=60, closing=77)
    assert [(flow.on, flow.amount) for flow in found] == [
        (date(2025, 12, 31), -60),
        (date(2026, 1, 1), -10),
        (date(2026, 3, 31), 77),
    ]
    assert multiple_of(found) == 1.1
    first = over(flows, starts_on=date(2025, 1, 1), ends_on=date(2026, 3, 31), opening=0, closing=0)
    assert multiple_of(first) == 0.0
    assert multiple_of([]) is None


def test_periods_by_name() -> None:
    assert [Periods(1, 2, 3).of(period) for period in Period] == [1, 2, 3]
