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
from fund.results.bridges import CompanyGains, FundBridge, bridges
from fund.results.chain_rules import Chain, ChainRole
from fund.results.chains import PartnerChain, chains
from fund.results.commitment import CommitmentAccount, commitment_account
from fund.results.equivalents import Comparison, all_equivalents, equivalents
from fund.results.exposure import Exposure, Moment, exposure, exposure_history
from fund.results.exposure_rules import LimitCheck, Slice, Spread, WhatIf
from fund.results.gross import (
    GroupedReturns,
    GroupEntries,
    HoldingReturn,
    gross,
    group_entries,
    grouped_returns,
    holding_returns,
)
from fund.results.gross_rules import Gross, GrossFigure, Group, Grouping
from fund.results.performance import Performance, performance, progression
from fund.results.progress_rules import Stage
from fund.results.proof import prove
from fund.results.statement_rules import Statements, shares, ties
from fund.results.statements import LineEntries, line_entries, statements
from fund.results.stretches import (
    PeriodReturn,
    Returns,
    StretchReturn,
    period_returns,
    return_of,
    returns_by_period,
)

__all__ = [
    "CapitalAccount",
    "Chain",
    "ChainRole",
    "CommitmentAccount",
    "CompanyGains",
    "Comparison",
    "Explanation",
    "Exposure",
    "FundBridge",
    "Gross",
    "GrossFigure",
    "Group",
    "GroupEntries",
    "GroupedReturns",
    "Grouping",
    "HoldingReturn",
    "LimitCheck",
    "LineEntries",
    "Moment",
    "PartnerChain",
    "Performance",
    "PeriodReturn",
    "Returns",
    "Slice",
    "Spread",
    "Stage",
    "Statements",
    "StretchReturn",
    "WhatIf",
    "all_equivalents",
    "bridges",
    "capital_account",
    "capital_accounts",
    "chains",
    "commitment_account",
    "equivalents",
    "explain",
    "exposure",
    "exposure_history",
    "gross",
    "group_entries",
    "grouped_returns",
    "holding_returns",
    "line_entries",
    "nav",
    "nav_bridge",
    "nav_curve",
    "navs",
    "performance",
    "period_returns",
    "progression",
    "prove",
    "return_of",
    "returns_by_period",
    "shares",
    "statements",
    "ties",
]
