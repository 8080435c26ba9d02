from dataclasses import replace

import pytest

from lp_reports.checks import inconsistencies
from lp_reports.facts import Periods
from lp_reports.snapshot import Figures
from tests.builders.reports import sample_figures


def found(figures: Figures) -> list[str]:
    return [problem.where for problem in inconsistencies(figures)]


@pytest.mark.parametrize("partner", [0, 1])
@pytest.mark.parametrize("at", range(1, 11))
def test_the_sample_adds_up_in_every_quarter(partner: int, at: int) -> None:
    figures = sample_figures(partner=partner, at=at)
    assert inconsistencies(replace(figures, previous=None)) == []


def test_a_line_that_is_off_by_one_fen_is_found() -> None:
    figures = sample_figures()
    line = figures.account[3]
    wrong = replace(line, yours=replace(line.yours, ytd=line.yours.ytd + 1))
    account = tuple(wrong if one is line else one for one in figures.account)
    assert found(replace(figures, account=account, fees=None)) == ["capital account, yours ytd"]


def test_a_closing_that_differs_between_periods_is_found() -> None:
    figures = sample_figures()
    closing = figures.commitment[-1]
    wrong = replace(closing, fund=Periods(closing.fund.qtd, closing.fund.ytd, closing.fund.itd + 1))
    assert "commitment, fund" in found(replace(figures, commitment=(*figures.commitment[:-1], wrong)))


def test_an_opening_that_is_not_the_last_closing_is_found() -> None:
    figures = sample_figures()
    assert figures.previous
    previous = replace(figures.previous, figures=replace(figures.previous.figures, nav=1))
    assert found(replace(figures, previous=previous)) == ["opening against report AF1-2026Q2-LP02-v1"]


def test_one_figure_is_the_same_wherever_it_is_printed() -> None:
    figures = sample_figures()
    wrong = replace(figures, key=replace(figures.key, nav=1, paid_in=2, distributed=3, unfunded=4))
    assert len(found(wrong)) == 8


def test_a_company_must_stand_in_the_schedule_with_its_value() -> None:
    figures = sample_figures()
    assert found(replace(figures, investments=figures.investments[1:])) == ["company H01"]
    first = replace(figures.investments[0], value=1)
    wrong = replace(figures, investments=(first, *figures.investments[1:]))
    assert found(wrong) == ["company H01, value"]


def test_a_bridge_that_does_not_reach_its_end_is_found() -> None:
    figures = sample_figures()
    steps = (replace(figures.bridge[0], amount=figures.bridge[0].amount + 1), *figures.bridge[1:])
    assert found(replace(figures, bridge=steps)) == ["bridge"]


def test_the_return_since_inception_is_told_once() -> None:
    figures = sample_figures()
    last = figures.performance.periods[-1]
    wrong = replace(
        figures.performance, periods=(*figures.performance.periods[:-1], replace(last, multiple=None))
    )
    assert found(replace(figures, performance=wrong)) == ["return since inception"]


def test_fees_that_are_not_those_of_the_account_are_found() -> None:
    figures = sample_figures()
    assert figures.fees
    charged = (figures.fees.charged[0],)
    wrong = replace(figures, fees=replace(figures.fees, charged=charged))
    assert "fees against management_fee, yours qtd" in found(wrong)
    rolled = (*figures.fees.offsets[:3], figures.fees.offsets[1])
    assert "offsets, fund itd" in found(replace(figures, fees=replace(figures.fees, offsets=rolled)))
    assert found(replace(figures, fees=None)) == []
