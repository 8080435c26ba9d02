from datetime import date

import pytest

from fund.results.queries import all_equivalents, equivalents, performance
from fund.results.rules import IndexDayMissing, NothingToCompare, days_shown
from kernel.db import Tx
from kernel.periods import Quarter
from tests.builders.charter import a_fund
from tests.builders.indices import FROM, an_index, steady
from tests.builders.results import M, Played
from valuation.pme import ks_pme

LAST = Quarter(2025, 4).ends_on
CALLED = date(2024, 3, 15)


def test_a_partners_money_beside_an_index(tx: Tx, played: Played) -> None:
    """LP01 paid 13.8m on 2024-03-15 and 6m on 2024-09-13; the index stands at 1007.4 and 1025.6 then, and at 1073 at
    the end.
    """
    an_index(tx, played.fund_id)
    one = played.partners["LP01"]
    compared = equivalents(tx, fund_id=played.fund_id, as_of=LAST, code="tech50", partner_id=one)
    found = compared.proved()
    value = performance(tx, fund_id=played.fund_id, as_of=LAST, partner_id=one).nav
    assert found.ks_pme == pytest.approx(
        value / (13.8 * M * 1073 / 1007.4 + 6 * M * 1073 / 1025.6), rel=1e-12
    )
    assert found.ks_pme == pytest.approx(
        ks_pme([-13.8 * M, -6 * M], [1007.4, 1025.6, 1073], nav=value), rel=1e-12
    )
    assert found.pme_plus is None
    assert compared.is_full_year
    figures = performance(tx, fund_id=played.fund_id, as_of=LAST, partner_id=one)
    assert found.rate.value == pytest.approx(figures.net_irr.value, abs=1e-12)


def test_the_whole_fund_beside_every_index(tx: Tx, played: Played) -> None:
    an_index(tx, played.fund_id)
    an_index(tx, played.fund_id, steady(but=[CALLED]), code="A1")
    figures = performance(tx, fund_id=played.fund_id, as_of=LAST)
    first, second = all_equivalents(tx, figures=figures)
    assert (first.index.code, first.missing, first.found) == ("A1", (CALLED,), None)
    assert second.found == equivalents(tx, fund_id=played.fund_id, as_of=LAST, code="TECH50").found


def test_days_without_a_level_are_named(tx: Tx, played: Played) -> None:
    an_index(tx, played.fund_id, steady(but=[CALLED, LAST]))
    compared = equivalents(tx, fund_id=played.fund_id, as_of=LAST, code="TECH50")
    with pytest.raises(IndexDayMissing, match="TECH50 has no level for 2024-03-15, 2025-12-31; none is made"):
        compared.proved()


def test_before_the_first_call_there_is_nothing_to_compare(tx: Tx) -> None:
    fund_id = a_fund(tx).id
    an_index(tx, fund_id)
    with pytest.raises(NothingToCompare, match="Nothing was paid in by 2025-12-31"):
        equivalents(tx, fund_id=fund_id, as_of=LAST, code="TECH50").proved()


def test_many_days_are_told_by_their_number() -> None:
    days = [one.on for one in steady(FROM, date(2024, 1, 8))]
    assert days_shown(days[:2]) == "2024-01-01, 2024-01-02"
    assert days_shown(days).endswith("2024-01-06 (+2)")
