"""Offsets of a fee, recognised and applied: two people, the books, the ILPA rows, and taking them back."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fund.capital.acts import HoldingNotOfFund
from fund.charter.queries import terms
from fund.fees.actions import charge
from fund.fees.queries import payable
from fund.fees.relief_rules import (
    OffsetApplied,
    OffsetKind,
    OffsetsLeft,
    ReliefBySamePerson,
    ReliefDecided,
    ReliefInvalid,
    ReliefNotBooked,
    ReliefTaken,
    ReliefUnknown,
)
from fund.fees.reliefs import decide_relief, propose_offset, undo_relief
from fund.fees.unapplied import ReliefSheet, offsets, relief
from fund.fees.undoing import adjust_charge, undo_charge
from fund.ledger.actions import lock_period
from fund.ledger.amending import amend
from fund.ledger.rules import Account, PeriodLocked, ReasonMissing
from fund.ledger.undo_rules import UndoneBeforeItself
from fund.results.ilpa import tables
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from tests.builders.capital import ACCOUNTANT, MANAGER, YUAN, CapitalFund, committed, noon
from tests.builders.reliefs import APRIL, JULY, MARCH, MILLION, Q1, Q2, Q3, holds, on, proposed
from tests.builders.transfers import a_transfer
from tests.scenes import Scene


def recognised(tx: Tx, fund: CapitalFund, received: int, *, on: date = MARCH, **facts: Any) -> ReliefSheet:
    """And that the manager approved."""
    sheet = proposed(tx, fund, received, on=on, **facts)
    return decide_relief(
        tx, MANAGER, fund_id=fund.fund_id, reference=sheet.reference, is_approved=True, now=noon(on)
    )


def test_recognised_books_nothing_applied_lowers_the_next_fee_and_the_rest_is_carried_on(
    scene: Scene,
) -> None:
    tx, fund = scene(committed)
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q1, now=noon(MARCH))
    before = payable(tx, fund_id=fund.fund_id, as_of=date.max)
    recognised(tx, fund, MILLION)
    assert payable(tx, fund_id=fund.fund_id, as_of=date.max) == before
    # 1m split 60 : 40; the fee of a quarter is 300,000 and 200,000, so 300,000 and 200,000 are left.
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q2, now=noon(date(2026, 4, 1)))
    assert payable(tx, fund_id=fund.fund_id, as_of=date.max) == before
    assert on(tx, fund, Account.FEE_OFFSETS, "LP01") == 300_000 * YUAN
    assert on(tx, fund, Account.FEE_OFFSETS, "LP02") == 200_000 * YUAN
    rolled = offsets(tx, fund_id=fund.fund_id).over(fund["LP01"], since=Q2.starts_on, as_of=Q2.ends_on)
    assert (rolled.opening, rolled.added, rolled.applied, rolled.closing) == (
        600_000 * YUAN,
        0,
        300_000 * YUAN,
        300_000 * YUAN,
    )
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q3, now=noon(date(2026, 7, 1)))
    assert offsets(tx, fund_id=fund.fund_id).over(None, since=None, as_of=Q3.ends_on).closing == 0
    assert holds(tx, fund)
    rows = tables(tx, fund_id=fund.fund_id, quarter=Q2)[fund["LP01"]]
    assert [rows["qtd"][row] for row in (24, 67, 76, 78, 80, 81)] == [
        300_000 * YUAN,
        0,
        0,
        600_000 * YUAN,
        300_000 * YUAN,
        300_000 * YUAN,
    ]
    assert [rows["itd"][row] for row in (67, 78, 81, 84)] == [
        600_000 * YUAN,
        0,
        300_000 * YUAN,
        300_000 * YUAN,
    ]
    assert rows["ytd"][82] == rows["ytd"][85]


def test_what_the_terms_do_not_set_off_is_not_recognised_and_rounding_is_exact(tx: Tx) -> None:
    fund = committed(tx, offset_share=Fraction(1, 2))
    sheet = recognised(tx, fund, 3_33)
    # Half of 3.33 is 1.665, rounded to 1.67; split 60 : 40 it is 1.00 and 0.67.
    assert (sheet.amount, sheet.parts) == (1_67, {fund["LP01"]: 1_00, fund["LP02"]: 67})
    assert terms(tx, fund_id=fund.fund_id, as_of=MARCH).offset_share == Fraction(1, 2)


def test_one_person_alone_takes_nothing_off(scene: Scene) -> None:
    tx, fund = scene(committed)
    proposed(tx, fund, MILLION)
    ask: dict[str, Any] = {"fund_id": fund.fund_id, "reference": "O-1", "now": noon(MARCH)}
    with pytest.raises(ReliefBySamePerson):
        decide_relief(tx, ACCOUNTANT, is_approved=True, **ask)
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q2, now=noon(date(2026, 4, 1)))
    assert on(tx, fund, Account.FEE_OFFSETS) == 0
    with pytest.raises(ReliefNotBooked):
        undo_relief(tx, MANAGER, reason="x", undone_on=MARCH, **ask)
    assert decide_relief(tx, ACCOUNTANT, is_approved=False, **ask).is_approved is False
    with pytest.raises(ReliefDecided):
        decide_relief(tx, MANAGER, is_approved=True, **ask)
    with pytest.raises(ReliefTaken):
        proposed(tx, fund, MILLION)
    with pytest.raises(ReliefUnknown):
        decide_relief(tx, MANAGER, is_approved=True, **ask | {"reference": "O-9"})
    with pytest.raises(RoleMissing):
        decide_relief(
            tx, Actor(user_id=7, name="a", roles=frozenset({Role.ANALYST})), is_approved=True, **ask
        )


def test_what_cannot_be_recognised(scene: Scene) -> None:
    tx, fund = scene(committed)
    with pytest.raises(ReliefInvalid):
        propose_offset(
            tx,
            ACCOUNTANT,
            fund_id=fund.fund_id,
            reference="O-2",
            kind=OffsetKind.OTHER,
            received=1,
            received_on=APRIL,
            reason="r",
            now=noon(MARCH),
        )
    with pytest.raises(ReliefInvalid, match="more than the") as slip:
        proposed(tx, fund, 100 * MILLION + 1)
    assert [one.where for one in slip.value.problems] == ["received"]
    with pytest.raises(HoldingNotOfFund):
        proposed(tx, fund, MILLION, holding_id=4711)
    proposed(tx, fund, MILLION)
    lock_period(tx, MANAGER, fund_id=fund.fund_id, quarter=Q1, now=noon(APRIL))
    with pytest.raises(PeriodLocked):
        decide_relief(tx, MANAGER, fund_id=fund.fund_id, reference="O-1", is_approved=True, now=noon(APRIL))


def test_a_whole_interest_passes_once_its_offsets_are_used_up(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03"])
    recognised(tx, fund, MILLION)
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q2, now=noon(date(2026, 4, 1)))
    # 600,000 were LP01's, of which its fee has used 300,000.
    whole: dict[str, Any] = {"seller": "LP01", "buyer": "LP03", "commitment": 60 * MILLION}
    with pytest.raises(OffsetsLeft, match=r"Of the offsets 300,000\.00 .* LP01"), tx.begin_nested():
        a_transfer(tx, fund, on=APRIL, **whole)
    with tx.begin_nested() as tried:
        a_transfer(tx, fund, on=APRIL, **whole | {"commitment": 59 * MILLION})
        tried.rollback()
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q3, now=noon(date(2026, 7, 1)))
    assert a_transfer(tx, fund, on=JULY, **whole).commitment == 60 * MILLION
    assert holds(tx, fund)


def test_an_offset_that_a_fee_has_used_is_taken_back_after_the_fee(scene: Scene) -> None:
    tx, fund = scene(committed)
    recognised(tx, fund, MILLION)
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q2, now=noon(date(2026, 4, 1)))
    ask: dict[str, Any] = {"fund_id": fund.fund_id, "reference": "O-1", "reason": "误记", "now": noon(APRIL)}
    with pytest.raises(OffsetApplied):
        undo_relief(tx, MANAGER, undone_on=APRIL, **ask)
    undo_charge(
        tx, MANAGER, fund_id=fund.fund_id, quarter=Q2, reason="误记", undone_on=APRIL, now=noon(APRIL)
    )
    assert on(tx, fund, Account.FEE_OFFSETS) == 0
    with pytest.raises(ReasonMissing):
        undo_relief(tx, MANAGER, undone_on=APRIL, **ask | {"reason": " "})
    with pytest.raises(UndoneBeforeItself) as early:
        undo_relief(tx, MANAGER, undone_on=date(2026, 3, 19), **ask)
    assert [one.where for one in early.value.problems] == ["on"]
    assert undo_relief(tx, MANAGER, undone_on=APRIL, **ask) == APRIL
    assert relief(tx, fund_id=fund.fund_id, reference="O-1").undone_on == APRIL
    rolled = offsets(tx, fund_id=fund.fund_id).over(None, since=Q2.starts_on, as_of=Q2.ends_on)
    assert (rolled.opening, rolled.added, rolled.closing) == (MILLION, -MILLION, 0)
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q2, now=noon(APRIL))
    assert on(tx, fund, Account.FEE_OFFSETS) == 0
    assert holds(tx, fund)


def test_a_fee_adjusted_uses_its_offsets_again(scene: Scene) -> None:
    tx, fund = scene(committed)
    recognised(tx, fund, 200_000 * YUAN)
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q2, now=noon(date(2026, 4, 1)))
    assert on(tx, fund, Account.FEE_OFFSETS) == 200_000 * YUAN
    lower = replace(terms(tx, fund_id=fund.fund_id, as_of=APRIL), fee_rate=Fraction(1, 10_000))
    amend(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        terms=lower,
        effective_on=date(2026, 4, 1),
        note="n",
        now=noon(APRIL),
    )
    adjusted = adjust_charge(
        tx, ACCOUNTANT, fund_id=fund.fund_id, quarter=Q2, reason="r", adjusted_on=APRIL, now=noon(APRIL)
    )
    assert on(tx, fund, Account.FEE_OFFSETS) == adjusted.amount
    assert payable(tx, fund_id=fund.fund_id, as_of=date.max) == 0
    assert holds(tx, fund)
