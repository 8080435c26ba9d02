"""The worked figures of docs/valuation.md are those that the code gives."""

from pathlib import Path

import pytest

from tests.valuation.test_class_rights import SCENARIOS, TABLE, TERMS
from tests.valuation.test_pme import AMOUNTS, DAYS, LEVELS, NAV
from valuation.breakpoints import tranches
from valuation.class_rights import backsolve, option_pricing, probability_weighted
from valuation.pacing_fit import FundYear, fit_pacing
from valuation.pme import dated

PAGE = " ".join(
    (Path(__file__).parents[2] / "docs" / "valuation.md")
    .read_text(encoding="utf-8")
    .replace("\n", " ")
    .split()
)


def _figures() -> list[str]:
    pme = dated(DAYS[:4], AMOUNTS, LEVELS, nav=NAV, valued_on=DAYS[4])
    assert pme.pme_plus is not None
    priced = option_pricing(TABLE, 60e6, **TERMS).values
    history = [FundYear(20, 0, 18), FundYear(10, 0, 27), FundYear(8, 4, 40)]
    return [
        f"own rate is {100 * (pme.rate.value or 0):.3f} %",
        f"Kaplan-Schoar {pme.ks_pme:.4f}",
        f"Long-Nickels {100 * (pme.long_nickels.rate.value or 0):.3f} % with {pme.long_nickels.theoretical_nav:.4f}",
        f"PME+ {100 * (pme.pme_plus.rate.value or 0):.3f} % at a scale of {pme.pme_plus.scale:.4f}",
        f"direct alpha {100 * (pme.direct_alpha.value or 0):.3f} %",
        f"common {priced['common']:,.0f}, A {priced['A']:,.0f}, B {priced['B']:,.0f}",
        f"same terms: {backsolve(TABLE, name='B', price=5, **TERMS).equity:,.0f}",
        f"common {probability_weighted(TABLE, SCENARIOS).values['common']:,.0f}",
        f"bow {fit_pacing(history, commitment=100, life=10).bow:.3f}",
        *(
            f"| {one.above / 1e6:g}{'m' if one.above else ''} |"
            f" {'' if one.up_to == float('inf') else f'{one.up_to / 1e6:g}m '}|"
            for one in tranches(TABLE)
        ),
        *(
            f"| {one.parts['common']:g} | {one.parts['A']:g} | {one.parts['B']:g} |"
            for one in tranches(TABLE)
        ),
    ]


@pytest.mark.parametrize("figure", _figures())
def test_the_page_says_what_the_code_says(figure: str) -> None:
    assert figure in PAGE
