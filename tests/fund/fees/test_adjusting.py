"""A fee follows the terms of each day, and is brought in line once what it was worked out on has changed."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fund.charter.queries import terms
from fund.charter.rules import FeeBasis
from fund.fees.actions import charge, pay
from fund.fees.queries import charge_of, payable
from fund.fees.rules import FeeAsDue, FeeUnknown
from fund.fees.undoing import adjust_charge
from fund.fees.workings import gaps
from fund.ledger.actions import lock_period
from fund.ledger.amending import amend
from fund.ledger.queries import total
from fund.ledger.rules import Account, ReasonMissing
from fund.results.proof import prove
from kernel.audit.queries import events
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_paid_call,
    committed,
    investment,
    noon,
)
from tests.scenes import Scene

MILLION = 1_000_000 * YUAN
Q2, Q3 = Quarter(2026, 2), Quarter(2026, 3)
MAY, JULY = date(2026, 5, 11), date(2026, 7, 3)
WHY: dict[str, Any] = {"reason": "lower rate", "adjusted_on": MAY, "now": noon(MAY)}


def amended(tx: Tx, fund: CapitalFund, **changes: Any) -> None:
    """The terms changed from 11 May on."""
    promised = replace(terms(tx, fund_id=fund.fund_id, as_of=MAY), **changes)
    amend(tx, MANAGER, fund_id=fund.fund_id, terms=promised, effective_on=MAY, note="lower", now=noon(MAY))


def test_a_rate_amended_within_a_quarter_splits_its_fee_by_days(scene: Scene) -> None:
    tx, fund = scene(committed)
    amended(tx, fund, fee_rate=Fraction(1, 100))
    sheet = charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q2, now=noon(MAY))
    ours = [line for line in sheet.lines if line.partner_id == fund["LP01"]]
    # 60m for 40 days at 2 % and 51 at 1 %, of 91: 131,868.13 and 84,065.93.
    assert [(line.rate, line.commitment_days, line.amount) for line in ours] == [
        (Fraction(2, 100), 40, 13_186_813),
        (Fraction(1, 100), 51, 8_406_594),
    ]
    fees: dict[str, Any] = {"accounts": [Account.MANAGEMENT_FEE], "partner_id": fund["LP01"]}
    assert -total(tx, fund_id=fund.fund_id, as_of=Q2.ends_on, **fees) == 13_186_813 + 8_406_594
    later = charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q3, now=noon(MAY))
    assert {line.rate for line in later.lines} == {Fraction(1, 100)}


def test_a_base_amended_within_a_quarter_splits_its_fee_too(scene: Scene) -> None:
    tx, fund = scene(committed)
    a_paid_call(tx, fund, investment(10 * MILLION))
    amended(tx, fund, fee_basis=FeeBasis.PAID_IN)
    sheet = charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q2, now=noon(MAY))
    [ours] = [line for line in sheet.lines if line.partner_id == fund["LP01"]]
    assert (ours.commitment, ours.commitment_days) == (60 * MILLION, 40)
    assert (ours.invested, ours.invested_days) == (6 * MILLION, 51)


def test_a_fee_charged_before_its_terms_changed_is_named_and_adjusted(scene: Scene) -> None:
    tx, fund = scene(committed)
    before = charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q2, now=noon(date(2026, 4, 1)))
    assert gaps(tx, fund_id=fund.fund_id) == []
    assert prove(tx, fund_id=fund.fund_id) == []
    with pytest.raises(FeeAsDue):
        adjust_charge(tx, ACCOUNTANT, fund_id=fund.fund_id, quarter=Q2, **WHY)
    amended(tx, fund, fee_rate=Fraction(1, 100))
    [found] = gaps(tx, fund_id=fund.fund_id)
    assert (found.quarter, found.charged[fund["LP01"]], found.due[fund["LP01"]]) == (
        "2026Q2",
        30_000_000,
        21_593_407,
    )
    assert [one.row for one in prove(tx, fund_id=fund.fund_id)] == ["fee 2026Q2 LP01", "fee 2026Q2 LP02"]
    with pytest.raises(ReasonMissing):
        adjust_charge(tx, ACCOUNTANT, fund_id=fund.fund_id, quarter=Q2, **WHY | {"reason": " "})
    after = adjust_charge(tx, ACCOUNTANT, fund_id=fund.fund_id, quarter=Q2, **WHY)
    assert (before.turn, after.turn, after.effective_on) == (1, 2, MAY)
    assert payable(tx, fund_id=fund.fund_id, as_of=date(2026, 5, 10)) == before.amount
    assert payable(tx, fund_id=fund.fund_id, as_of=MAY) == after.amount < before.amount
    assert prove(tx, fund_id=fund.fund_id) == []
    actions = [one.action for one in events(tx, subject=f"fund:{fund.fund_id}").items]
    assert "fee.adjusted" in actions


def test_what_was_paid_beyond_an_adjusted_fee_is_set_off_against_the_next(scene: Scene) -> None:
    tx, fund = scene(committed)
    a_paid_call(tx, fund, investment(10 * MILLION))
    ask: dict[str, Any] = {"fund_id": fund.fund_id, "now": noon(MAY)}
    paid = charge(tx, SYSTEM, quarter=Q2, **ask).amount
    pay(tx, ACCOUNTANT, reference="P1", amount=paid, paid_on=MAY, **ask)
    amended(tx, fund, fee_rate=Fraction(1, 100))
    less = adjust_charge(tx, ACCOUNTANT, fund_id=fund.fund_id, quarter=Q2, **WHY).amount
    assert payable(tx, fund_id=fund.fund_id, as_of=MAY) == less - paid < 0
    following = charge(tx, SYSTEM, quarter=Q3, **ask).amount
    assert payable(tx, fund_id=fund.fund_id, as_of=Q3.ends_on) == following - (paid - less) > 0


def test_a_fee_of_a_locked_quarter_is_adjusted_in_an_open_one(tx: Tx) -> None:
    """A call loaded with effect in the past changes what was paid in when the fee was due."""
    fund = committed(tx, fee_basis=FeeBasis.PAID_IN)
    was = charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q2, now=noon(date(2026, 4, 1)))
    assert was.amount == 0
    a_paid_call(tx, fund, investment(10 * MILLION))
    for quarter in (Quarter(2026, 1), Q2):
        lock_period(tx, SYSTEM, fund_id=fund.fund_id, quarter=quarter, now=noon(JULY))
    on = WHY | {"adjusted_on": JULY, "now": noon(JULY)}
    now = adjust_charge(tx, ACCOUNTANT, fund_id=fund.fund_id, quarter=Q2, **on)
    # 2 % a year of 10m for a quarter.
    assert (now.amount, now.effective_on) == (5_000_000, JULY)
    assert payable(tx, fund_id=fund.fund_id, as_of=Q2.ends_on) == 0
    assert charge_of(tx, fund_id=fund.fund_id, quarter=Q2).turn == 2


def test_a_fee_for_which_the_term_leaves_no_day_is_named(scene: Scene) -> None:
    tx, fund = scene(committed)
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q3, now=noon(MAY))
    ended = {"final_close_on": MAY, "commitment_period_ends_on": MAY, "term_ends_on": date(2026, 6, 30)}
    amended(tx, fund, **ended)
    [found] = gaps(tx, fund_id=fund.fund_id)
    assert set(found.due.values()) == {0}


def test_a_fee_that_was_not_charged_is_not_adjusted(scene: Scene) -> None:
    tx, fund = scene(committed)
    with pytest.raises(FeeUnknown):
        adjust_charge(tx, ACCOUNTANT, fund_id=fund.fund_id, quarter=Q2, **WHY)
