"""Answers read off the books: value, capital accounts, performance, exposure, and the proof of it all.

Everything reads as of a day or a quarter and, where books are read, as known at an instant (None: all that is
known). Nothing here writes.
"""

from fund.results.accounts import (
    CapitalAccount,
    Explanation,
    capital_account,
    capital_accounts,
    explain,
    nav,
    nav_bridge,
    nav_curve,
    navs,
)
from fund.results.commitment import CommitmentAccount, commitment_account
from fund.results.equivalents import Comparison, all_equivalents, equivalents
from fund.results.exposure import Exposure, exposure
from fund.results.exposure_rules import LimitCheck, Slice, Spread, WhatIf
from fund.results.performance import (
    Gross,
    HoldingReturn,
    Performance,
    PeriodReturn,
    gross,
    holding_returns,
    performance,
    period_returns,
)
from fund.results.proof import prove

__all__ = [
    "CapitalAccount",
    "CommitmentAccount",
    "Comparison",
    "Explanation",
    "Exposure",
    "Gross",
    "HoldingReturn",
    "LimitCheck",
    "Performance",
    "PeriodReturn",
    "Slice",
    "Spread",
    "WhatIf",
    "all_equivalents",
    "capital_account",
    "capital_accounts",
    "commitment_account",
    "equivalents",
    "explain",
    "exposure",
    "gross",
    "holding_returns",
    "nav",
    "nav_bridge",
    "nav_curve",
    "navs",
    "performance",
    "period_returns",
    "prove",
]
