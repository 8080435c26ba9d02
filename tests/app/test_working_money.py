"""The working of a distribution as the API writes it: its amounts as money, everything else as it is kept."""

from app.api.distributions import PartnerDistributionOut
from fund.capital.sheets import PartnerDistribution

WORKING = {
    "on": "2026-09-02",
    "distributed": 12_000_000_01,
    "terms": {"hurdle": "2/25", "carry": "1/5"},
    "before": {"contributed": 5, "catch_up_full": True, "further": [7]},
    "tiers": [{"tier": "residual", "due": None, "lp": 3, "gp": -1}],
    "deal": 4,
}


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "CNY"}


def test_amounts_of_a_working_are_money_and_nothing_else_is() -> None:
    sheet = PartnerDistribution(1, 5, 0, 0, 5, 5, 0, 0, WORKING)
    told = PartnerDistributionOut.of(sheet, "CNY").working
    assert told == {
        "on": "2026-09-02",
        "distributed": money("12000000.01"),
        "terms": {"hurdle": "2/25", "carry": "1/5"},
        "before": {"contributed": money("0.05"), "catch_up_full": True, "further": [money("0.07")]},
        "tiers": [{"tier": "residual", "due": None, "lp": money("0.03"), "gp": money("-0.01")}],
        "deal": 4,
    }
    assert PartnerDistributionOut.of(PartnerDistribution(1, 5, 0, 0, 5, 5, 0, 0, None), "CNY").working is None
