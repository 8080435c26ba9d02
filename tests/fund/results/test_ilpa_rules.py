"""The template's formulas give its worked sample, and each assertion finds what breaks it."""

import pytest

from fund.ledger.chart import CAPITAL_ACCOUNTS
from fund.results.ilpa_rules import PERIODS, READ, SUMS, Assertion, Column, assertions, column, problems
from tests.builders.ilpa import sample


def test_the_sample_comes_out_by_the_formulas() -> None:
    found = sample()
    assert [found[period][34] for period in PERIODS] == [-1_250, -2_500, -17_500]
    assert [found[period][61] for period in PERIODS] == [-46_750, -152_280, -530_929]
    assert [found[period][95] for period in PERIODS] == [45_673_600] * 3
    assert [found[period][114] for period in PERIODS] == [18_500_000] * 3


def test_every_account_of_capital_stands_on_one_row_of_the_value() -> None:
    in_value = [account for row, accounts in READ.items() if row not in {97, 98} for account in accounts]
    assert sorted(in_value) == sorted(CAPITAL_ACCOUNTS)


@pytest.mark.parametrize("row", SUMS)
def test_sums_come_after_what_they_add_up(row: int) -> None:
    order = list(SUMS)
    assert all(order.index(part) < order.index(row) for part in SUMS[row] if part in SUMS)


def a_fund() -> dict[int | None, dict[str, dict[int, int]]]:
    """Two partners and their fund over one quarter that is the first."""
    one = {12: 0, 13: 100, 21: -10, 93: 5, 108: 300, 109: 300, 110: -100}
    first = {period: dict(column(one)) for period in PERIODS}
    two = {period: dict(column({row: 2 * amount for row, amount in one.items()})) for period in PERIODS}
    whole = {period: dict(column({row: 3 * amount for row, amount in one.items()})) for period in PERIODS}
    return {None: whole, 1: first, 2: two}


def before() -> dict[int | None, dict[str, Column]]:
    """The quarter before: nothing but the commitment."""
    return {
        key: dict.fromkeys(PERIODS, column({109: amount}))
        for key, amount in ((None, 900), (1, 300), (2, 600))
    }


def broken(found: tuple[Assertion, ...]) -> dict[str, int]:
    return {one.code: len(one.broken) for one in found if not one.holds}


def test_what_holds() -> None:
    found = assertions(a_fund(), before())
    assert broken(found) == {}
    assert len(found) == 7


@pytest.mark.parametrize(
    ("row", "period", "code"),
    [
        (95, "ytd", "value_in_all_columns"),
        (114, "itd", "unfunded_in_all_columns"),
        (85, "qtd", "fees_both_ways"),
        (12, "qtd", "opens_as_last_closed"),
        (109, "qtd", "opens_as_last_closed"),
        (41, "ytd", "partners_sum_to_fund"),
        (13, "itd", "life_rolls_on"),
        (109, "itd", "life_rolls_on"),
    ],
)
def test_each_break_is_found_and_named(row: int, period: str, code: str) -> None:
    fund = a_fund()
    fund[1][period][row] += 7
    found = assertions(fund, before())
    assert code in broken(found)
    told = [str(one) for one in problems(found, {1: "LP01"})]
    assert any(one.startswith(f"ILPA {row} ") and period in one for one in told), told


def test_offsets_below_zero() -> None:
    fund = a_fund()
    fund[1]["qtd"][81] = -1
    assert "offsets_not_below_zero" in broken(assertions(fund, before()))


def test_a_partner_that_was_not_there_opens_with_nothing() -> None:
    earlier = before()
    del earlier[2]
    assert broken(assertions(a_fund(), earlier)) == {"opens_as_last_closed": 1, "life_rolls_on": 1}
