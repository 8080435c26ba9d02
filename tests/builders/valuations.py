"""Valuation files and the policy they go by, for tests."""

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from fund.holdings.mark_rules import Technique
from fund.valuations.file import ClassTerms, File, Future, Input, Planned, Rights, RightsMethod, Weighed
from fund.valuations.policy import Policy
from fund.valuations.records import set_policy
from kernel.db import Tx
from tests.builders.holdings import the_manager
from tests.builders.ledger import Books

MILLION = 1_000_000_00
POLICY = Policy(
    stale_days=100,
    milestone_days=30,
    rounding=Fraction(1, 200),
    file_from=50 * MILLION,
    needs_minute=True,
    techniques={"seed": (Technique.MILESTONES, Technique.SCENARIOS, Technique.OPTION_PRICING)},
)
AN_INPUT = Input("round price", "20 yuan a share", "investment agreement", date(2024, 3, 20))

# The table of docs/valuation.md in fen: common 6m shares, A 2m for 5m yuan, B 2m for 10m, senior, up to 3 times.
CLASSES = (
    ClassTerms("common", Fraction(6_000_000)),
    ClassTerms("A", Fraction(2_000_000), 5 * MILLION),
    ClassTerms(
        "B",
        Fraction(2_000_000),
        10 * MILLION,
        is_participating=True,
        cap_multiple=Fraction(3),
        seniority=1,
    ),
)
OPTION = Rights(
    method=RightsMethod.OPTION_PRICING,
    classes=CLASSES,
    held="B",
    held_shares=Fraction(1_000_000),
    equity=60 * MILLION,
    volatility=Fraction(60, 100),
    years=Fraction(3),
    rate=Fraction(3, 100),
)
SCENARIOS = (
    Future("listing", Fraction(20, 100), 200 * MILLION, Fraction(4), Fraction(25, 100), is_converted=True),
    Future("sale", Fraction(50, 100), 40 * MILLION, Fraction(2), Fraction(25, 100)),
    Future("failure", Fraction(30, 100), 4 * MILLION, Fraction(1), Fraction(25, 100)),
)


def a_file(value: int = 24 * MILLION, **facts: Any) -> File:
    """A complete file of one technique, with class rights that weigh a thousandth; `facts` replace its parts."""
    by_rights = Fraction(1, 1000) if facts.get("rights") else Fraction(0)
    told = Weighed(Technique.MILESTONES, 1 - by_rights, value, "the first prototype decides")
    worked = Weighed(Technique.OPTION_PRICING, by_rights, None, "classes with unlike rights")
    plain = File(
        techniques=(told, worked) if by_rights else (told,),
        inputs=(AN_INPUT,),
        milestones=(
            Planned("prototype", date(2025, 2, 28), date(2025, 2, 20), evidence="test report 2025-17"),
        ),
    )
    return replace(plain, **facts)


def a_policy(tx: Tx, fund: Books, now: datetime, **facts: object) -> None:
    """The policy in force from 2025 on; `facts` replace its parts."""
    policy = replace(POLICY, **facts)
    set_policy(
        tx,
        the_manager(tx),
        fund_id=fund.fund_id,
        policy=policy,
        effective_on=date(2025, 1, 1),
        note="committee 2025-01",
        now=now,
    )
