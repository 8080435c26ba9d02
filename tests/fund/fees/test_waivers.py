"""Waivers and rebates: what they lower, what is paid back, and what stands in the way of a fee."""

from datetime import date
from typing import Any

import pytest

from fund.fees.actions import charge, pay
from fund.fees.queries import payable
from fund.fees.relief_rules import FeeRelieved, RebateNotPaid, ReliefInvalid, ReliefKind, ReliefTooLarge
from fund.fees.reliefs import decide_relief, propose_relief, undo_relief
from fund.fees.rules import FeeUnknown
from fund.fees.unapplied import ReliefSheet, reliefs
from fund.fees.undoing import undo_charge
from fund.ledger.rules import Account
from fund.results.ilpa import tables
from fund.results.proof import prove
from kernel.audit.queries import events
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_paid_call,
    committed,
    expense,
    noon,
)
from tests.builders.ledger import a_posting, booked
from tests.builders.reliefs import APRIL, JULY, MARCH, MILLION, Q2, holds, on, proposed
from tests.scenes import Scene


def waived(tx: Tx, fund: CapitalFund, amounts: dict[int, int], **facts: Any) -> ReliefSheet:
    """A waiver (or what is said) of the second quarter's fee, prepared and approved."""
    ask: dict[str, Any] = {
        "reference": "W-1",
        "kind": ReliefKind.WAIVER,
        "quarter": Q2,
        "effective_on": APRIL,
        "reason": "首期减免",
    }
    sheet = propose_relief(
        tx, ACCOUNTANT, fund_id=fund.fund_id, amounts=amounts, now=noon(APRIL), **ask | facts
    )
    return decide_relief(
        tx, MANAGER, fund_id=fund.fund_id, reference=sheet.reference, is_approved=True, now=noon(APRIL)
    )


def test_a_waiver_lowers_what_is_payable_and_stands_in_the_way_of_the_fee(scene: Scene) -> None:
    tx, fund = scene(committed)
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q2, now=noon(APRIL))
    with pytest.raises(ReliefTooLarge):
        waived(tx, fund, {fund["LP01"]: 300_000 * YUAN + 1})
    waived(tx, fund, {fund["LP01"]: 200_000 * YUAN})
    assert payable(tx, fund_id=fund.fund_id, as_of=date.max) == 300_000 * YUAN
    assert on(tx, fund, Account.FEE_WAIVERS, "LP01") == 200_000 * YUAN
    with pytest.raises(ReliefTooLarge):
        waived(tx, fund, {fund["LP01"]: 200_000 * YUAN}, reference="W-2")
    ask: dict[str, Any] = {"fund_id": fund.fund_id, "quarter": Q2, "reason": "误记", "now": noon(APRIL)}
    with pytest.raises(FeeRelieved):
        undo_charge(tx, MANAGER, undone_on=APRIL, **ask)
    undo_relief(
        tx, MANAGER, fund_id=fund.fund_id, reference="W-1", reason="误记", undone_on=APRIL, now=noon(APRIL)
    )
    assert payable(tx, fund_id=fund.fund_id, as_of=date.max) == 500_000 * YUAN
    undo_charge(tx, MANAGER, undone_on=APRIL, **ask)
    assert holds(tx, fund)
    told = [one.action for one in events(tx, limit=40).items]
    assert {"fee.relief_proposed", "fee.relief_approved", "fee.relief_undone"} <= set(told)


def test_a_rebate_is_money_paid_back_of_what_was_paid(scene: Scene) -> None:
    tx, fund = scene(committed)
    a_paid_call(tx, fund, expense(2 * MILLION))
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q2, now=noon(APRIL))
    rebate: dict[str, Any] = {"kind": ReliefKind.REBATE, "reference": "R-1"}
    with pytest.raises(RebateNotPaid):
        waived(tx, fund, {fund["LP02"]: 100}, **rebate)
    pay(
        tx,
        ACCOUNTANT,
        fund_id=fund.fund_id,
        reference="P1",
        amount=400_000 * YUAN,
        paid_on=APRIL,
        now=noon(APRIL),
    )
    before = -on(tx, fund, Account.CASH)
    waived(tx, fund, {fund["LP02"]: 150_000 * YUAN}, **rebate)
    assert -on(tx, fund, Account.CASH) == before + 150_000 * YUAN
    assert payable(tx, fund_id=fund.fund_id, as_of=date.max) == 100_000 * YUAN
    assert on(tx, fund, Account.FEE_REBATES, "LP02") == 150_000 * YUAN
    rows = tables(tx, fund_id=fund.fund_id, quarter=Q2)[fund["LP02"]]["qtd"]
    assert (rows[22], rows[25], rows[84]) == (150_000 * YUAN, -50_000 * YUAN, 150_000 * YUAN)
    assert holds(tx, fund)


def test_what_is_no_relief_of_a_quarter(scene: Scene) -> None:
    tx, fund = scene(committed)
    with pytest.raises(FeeUnknown):
        waived(tx, fund, {fund["LP01"]: 1})
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q2, now=noon(APRIL))
    with pytest.raises(ReliefInvalid):
        waived(tx, fund, {fund["LP01"]: 1}, kind=ReliefKind.OFFSET)
    with pytest.raises(ReliefInvalid):
        waived(tx, fund, {fund["LP01"]: 1}, effective_on=JULY)
    with pytest.raises(ReliefTooLarge):
        waived(tx, fund, {fund["GP"]: 1})


def test_a_partner_reads_its_own_part_once_it_counts(scene: Scene) -> None:
    tx, fund = scene(committed)
    own = Actor(user_id=1, name="p", roles=frozenset({Role.LP_USER}), partner_ids=frozenset({fund["LP02"]}))
    proposed(tx, fund, MILLION)
    assert reliefs(tx, fund_id=fund.fund_id, actor=own) == []
    decide_relief(tx, MANAGER, fund_id=fund.fund_id, reference="O-1", is_approved=True, now=noon(MARCH))
    [seen] = reliefs(tx, fund_id=fund.fund_id, actor=own)
    assert seen.parts == {fund["LP02"]: 400_000 * YUAN}
    early = noon(date(2026, 3, 19))
    assert reliefs(tx, fund_id=fund.fund_id, known_at=early) == []


def test_the_proof_names_a_waiver_that_nobody_approved(scene: Scene) -> None:
    tx, fund = scene(committed)
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q2, now=noon(APRIL))
    stray = a_posting(
        reference="STRAY",
        debit=Account.MANAGEMENT_FEE_PAYABLE,
        credit=Account.FEE_WAIVERS,
        credit_partner_id=fund["LP01"],
        holding_id=None,
        effective_on=APRIL,
    )
    booked(tx, fund.fund_id, [stray], now=noon(APRIL))
    told = [str(one) for one in prove(tx, fund_id=fund.fund_id)]
    assert any("account 5023 LP01" in one and "approved 0, in the books 10000" in one for one in told), told
