"""What is taken off the fee of quarters before a later close: who has a part in it, whichever is written down first."""

from datetime import date
from typing import Any

import pytest

from fund.capital.rules import SharesMoved
from fund.fees.actions import charge
from fund.fees.closes import later_close, undo_close
from fund.fees.relief_rules import (
    OffsetOfNewcomers,
    OffsetWithoutNewcomers,
    ReliefBeforeFee,
    ReliefKind,
)
from fund.fees.reliefs import decide_relief, propose_relief, undo_relief
from fund.ledger.queries import balances
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import ACCOUNTANT, MANAGER, CapitalFund, a_paid_call, committed, expense, noon
from tests.builders.reliefs import MILLION, proposed
from tests.scenes import Scene

Q1 = Quarter(2026, 1)
CLOSED, WITHIN, DUE, LATER = date(2026, 6, 8), date(2026, 6, 15), date(2026, 6, 29), date(2026, 7, 10)
BEFORE = date(2026, 5, 20)


def a_charged_fund(tx: Tx) -> CapitalFund:
    """LP01 60m, LP02 40m, both charged for two quarters; LP03 may come."""
    fund = committed(tx, newcomers=["LP03"])
    a_paid_call(tx, fund, expense(2 * MILLION))
    for quarter in (Q1, Q1.next):
        charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=quarter, now=noon(BEFORE))
    return fund


def closed(tx: Tx, fund: CapitalFund) -> None:
    """LP03 joins with 50m."""
    days: dict[str, Any] = {"closed_on": CLOSED, "due_on": DUE, "now": noon(LATER)}
    later_close(tx, MANAGER, fund_id=fund.fund_id, newcomers={fund["LP03"]: 50 * MILLION}, **days)


def waived(tx: Tx, fund: CapitalFund, code: str, on: date) -> None:
    """A waiver of a partner's fee of the first quarter."""
    ask: dict[str, Any] = {
        "reference": f"W-{code}",
        "kind": ReliefKind.WAIVER,
        "quarter": Q1,
        "reason": "减免",
    }
    ask |= {"effective_on": on, "amounts": {fund[code]: 7_000_001}, "now": noon(LATER)}
    sheet = propose_relief(tx, ACCOUNTANT, fund_id=fund.fund_id, **ask)
    decided(tx, fund, sheet.reference)


def offset(tx: Tx, fund: CapitalFund, on: date) -> None:
    """A director's fee of a day, half of what the terms set off being written down and approved."""
    proposed(tx, fund, MILLION + 1, on=on)
    decided(tx, fund, "O-1")


def decided(tx: Tx, fund: CapitalFund, reference: str) -> None:
    ask: dict[str, Any] = {"reference": reference, "is_approved": True, "now": noon(LATER)}
    decide_relief(tx, MANAGER, fund_id=fund.fund_id, **ask)


def test_of_what_was_taken_off_before_a_close_its_newcomer_has_no_part_whichever_is_written_first(
    scene: Scene,
) -> None:
    tx, fund = scene(a_charged_fund)
    found = []
    for close_comes in (0, 1, 2):
        acts = [lambda: waived(tx, fund, "LP01", BEFORE), lambda: offset(tx, fund, BEFORE)]
        acts.insert(close_comes, lambda: closed(tx, fund))
        with tx.begin_nested() as whole:
            for act in acts:
                act()
            charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Quarter(2026, 3), now=noon(LATER))
            rows = [(on, balances(tx, fund_id=fund.fund_id, as_of=on)) for on in (BEFORE, WITHIN, DUE, LATER)]
            found.append({(on, one.account, one.partner_id): one.amount for on, of in rows for one in of})
            assert prove(tx, fund_id=fund.fund_id) == []
            whole.rollback()
    assert found[1] == found[0]
    assert found[2] == found[0]
    # The newcomer owes all of its own fee since the first close: of both, and nothing is taken off the third.
    assert found[0][LATER, "5021", fund["LP03"]] == -(21_111_111 + 2 * 25_000_000)
    assert not [key for key in found[0] if key[1] in {"5023", "5024"} and key[2] == fund["LP03"]]


def test_a_newcomer_is_let_off_nothing_before_it_owes_it(scene: Scene) -> None:
    tx, fund = scene(a_charged_fund)
    closed(tx, fund)
    with pytest.raises(ReliefBeforeFee, match="2026-06-29"):
        waived(tx, fund, "LP03", WITHIN)
    waived(tx, fund, "LP03", DUE)


def test_an_offset_of_a_day_from_which_a_newcomer_counts_is_shared_with_it_or_taken_back_first(
    scene: Scene,
) -> None:
    tx, fund = scene(a_charged_fund)
    offset(tx, fund, WITHIN)
    with pytest.raises(OffsetWithoutNewcomers) as refused, tx.begin_nested():
        closed(tx, fund)
    assert str(refused.value.problems[0]) == ("O-1: as of 2026-06-15: take back the offset, waiver or rebate")
    back: dict[str, Any] = {"reason": "shared anew", "undone_on": LATER, "now": noon(LATER)}
    undo_relief(tx, MANAGER, fund_id=fund.fund_id, reference="O-1", **back)
    closed(tx, fund)
    sheet = proposed(tx, fund, MILLION, on=WITHIN, reference="O-2")
    assert sheet.parts[fund["LP03"]] == sheet.amount // 3
    decided(tx, fund, "O-2")
    of_close = back | {"undone_on": CLOSED}
    with pytest.raises(OffsetOfNewcomers, match="LP03"), tx.begin_nested():
        undo_close(tx, MANAGER, fund_id=fund.fund_id, number=2, **of_close)
    undo_relief(tx, MANAGER, fund_id=fund.fund_id, reference="O-2", **back)
    undo_close(tx, MANAGER, fund_id=fund.fund_id, number=2, **of_close)


def test_an_offset_that_waited_for_approval_while_somebody_joined_is_prepared_anew(scene: Scene) -> None:
    tx, fund = scene(a_charged_fund)
    proposed(tx, fund, MILLION, on=WITHIN)
    closed(tx, fund)
    with pytest.raises(SharesMoved):
        decided(tx, fund, "O-1")
