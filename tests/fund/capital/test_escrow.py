"""Carry kept in escrow: what a distribution keeps, when it is released, what a clawback takes of it first."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fund.capital.carry_returns import approve_return, draft_return, pay_return, receive_return, undo_return
from fund.capital.distributions import undo_distribution
from fund.capital.escrow_releases import approve_release, cancel_release, draft_release, undo_release
from fund.capital.rules import SamePerson
from fund.charter.carry_rules import EscrowTest
from fund.givebacks.escrow import held, held_for, release_by_code
from fund.givebacks.escrow_rules import (
    AboveEscrow,
    ClawbackComesFirst,
    EscrowReleased,
    EscrowReleaseUnknown,
    HurdleNotBack,
    ReleaseState,
)
from fund.givebacks.rules import ClawbackTest, ReturnToCome
from fund.holdings.actions import write_off
from fund.ledger.queries import balances, total
from fund.ledger.rules import Account
from fund.results.ilpa import breaks, tables
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import ACCOUNTANT, MANAGER, YUAN, CapitalFund, noon
from tests.fund.capital.test_clawbacks import MILLION, SOLD, steel_sold, two_deals
from tests.scenes import Scene

END, CAME, LATER = date(2028, 3, 2), date(2028, 3, 20), date(2028, 5, 8)
HALF = {"carry_escrow": Fraction(1, 4), "escrow_test": EscrowTest.END}


def kept(tx: Tx, **terms: Any) -> tuple[CapitalFund, int, Any]:
    """Steel pays 8m of carry, of which a quarter is kept; pumps are still held."""
    fund, steel, pumps = two_deals(tx, **HALF | terms)
    return fund, pumps, steel_sold(tx, fund, steel)


def stands(tx: Tx, fund: CapitalFund) -> object:
    return balances(tx, fund_id=fund.fund_id, as_of=date.max)


def cash(tx: Tx, fund: CapitalFund, on: date) -> int:
    return -total(tx, fund_id=fund.fund_id, accounts=[Account.CASH], as_of=on)


def test_a_distribution_keeps_its_share_on_an_account_of_its_own(scene: Scene) -> None:
    tx, (fund, _, paid) = scene(kept)
    line = paid.line(fund["GP"])
    assert (line.carry_received, line.escrowed, line.net) == (8 * MILLION, 2 * MILLION, 6 * MILLION)
    assert held(tx, fund_id=fund.fund_id, as_of=SOLD) == 2 * MILLION
    assert held_for(tx, fund_id=fund.fund_id, as_of=SOLD) == {
        fund["LP01"]: 1_200_000 * YUAN,
        fund["LP02"]: 800_000 * YUAN,
    }
    assert cash(tx, fund, SOLD) == 8 * MILLION
    quarter = Quarter.containing(SOLD)
    own, general = (
        tables(tx, fund_id=fund.fund_id, quarter=quarter)[fund[who]]["qtd"] for who in ("LP01", "GP")
    )
    assert [own[row] for row in (98, 99, 101, 103)] == [
        -4_800_000 * YUAN,
        -1_200_000 * YUAN,
        3_600_000 * YUAN,
        -1_200_000 * YUAN,
    ]
    assert (general[14], general[95], general[99]) == (-6 * MILLION, 2 * MILLION, 2 * MILLION)
    assert not breaks(tx, fund_id=fund.fund_id, quarter=quarter)
    assert not prove(tx, fund_id=fund.fund_id)


def test_what_was_kept_is_released_by_the_test_and_taken_back(tx: Tx) -> None:
    # With a carry of a tenth, 4m, the partners have more than the 88m that they paid in.
    fund, _, paid = kept(tx, escrow_test=EscrowTest.HURDLE, carry=Fraction(1, 10))
    before = stands(tx, fund)
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "released_on": LATER, "now": noon(LATER)}
    with pytest.raises(AboveEscrow):
        draft_release(tx, ACCOUNTANT, amount=3 * MILLION, **facts)
    with pytest.raises(ReturnToCome):
        draft_release(tx, ACCOUNTANT, **facts | {"now": noon(END)})
    gone = draft_release(tx, ACCOUNTANT, **facts)
    assert cancel_release(tx, ACCOUNTANT, release_id=gone.id, reason="later", now=noon(LATER)).paid_at is None
    draft = draft_release(tx, ACCOUNTANT, amount=500_000 * YUAN, **facts)
    with pytest.raises(SamePerson):
        approve_release(tx, ACCOUNTANT, release_id=draft.id, now=noon(LATER))
    sheet = approve_release(tx, MANAGER, release_id=draft.id, now=noon(LATER))
    assert (sheet.code, sheet.state, sheet.held) == ("ESC-002", ReleaseState.PAID, 1 * MILLION)
    assert held(tx, fund_id=fund.fund_id, as_of=LATER) == 500_000 * YUAN
    assert not prove(tx, fund_id=fund.fund_id)
    assert not breaks(tx, fund_id=fund.fund_id, quarter=Quarter.containing(LATER))
    why: dict[str, Any] = {"reason": "wrong", "undone_on": LATER, "now": noon(LATER)}
    with pytest.raises(EscrowReleased):
        undo_distribution(tx, MANAGER, distribution_id=paid.id, **why)
    undo_release(tx, MANAGER, release_id=sheet.id, **why)
    assert stands(tx, fund) == before
    assert not prove(tx, fund_id=fund.fund_id)
    with pytest.raises(EscrowReleaseUnknown):
        release_by_code(tx, fund_id=fund.fund_id, code="ESC-009")
    undo_distribution(tx, MANAGER, distribution_id=paid.id, **why)
    assert held(tx, fund_id=fund.fund_id, as_of=LATER) == 0
    assert not prove(tx, fund_id=fund.fund_id)


def test_nothing_is_released_while_partners_lack_their_hurdle(scene: Scene) -> None:
    tx, (fund, _, _) = scene(kept, escrow_test=EscrowTest.HURDLE, hurdle=Fraction(8, 100))
    with pytest.raises(HurdleNotBack):
        draft_release(tx, ACCOUNTANT, fund_id=fund.fund_id, released_on=SOLD, now=noon(SOLD))


def test_a_clawback_takes_what_is_kept_first(scene: Scene) -> None:
    tx, (fund, pumps, _) = scene(kept)
    write_off(tx, SYSTEM, holding_id=pumps, written_off_on=END, reason="liquidated", now=noon(END))
    with pytest.raises(ClawbackComesFirst):
        draft_release(tx, ACCOUNTANT, fund_id=fund.fund_id, released_on=END, now=noon(END))
    before = stands(tx, fund)
    facts: dict[str, Any] = {"kind": ClawbackTest.FINAL, "tested_on": END, "due_on": CAME, "now": noon(END)}
    sheet = draft_return(tx, ACCOUNTANT, fund_id=fund.fund_id, **facts)
    assert sheet.amount == 5 * MILLION
    approve_return(tx, MANAGER, return_id=sheet.id, now=noon(END))
    came = {"received_on": CAME, "bank_reference": "GP-1", "now": noon(CAME)}
    told = receive_return(tx, ACCOUNTANT, return_id=sheet.id, **came)
    assert (told.from_escrow, held(tx, fund_id=fund.fund_id, as_of=CAME)) == (2 * MILLION, 0)
    assert cash(tx, fund, CAME) == 13 * MILLION
    general = balances(
        tx, fund_id=fund.fund_id, as_of=CAME, accounts=[Account.DISTRIBUTIONS], by=("partner",)
    )
    assert {one.partner_id: one.amount for one in general}[fund["GP"]] == -3 * MILLION
    assert not prove(tx, fund_id=fund.fund_id)
    pay_return(tx, ACCOUNTANT, return_id=sheet.id, paid_on=CAME, now=noon(CAME))
    quarter = Quarter.containing(END)
    own = tables(tx, fund_id=fund.fund_id, quarter=quarter)[fund["LP01"]]["qtd"]
    assert [own[row] for row in (96, 98, 99, 101, 102, 103)] == [
        -1_200_000 * YUAN,
        3 * MILLION,
        0,
        1_200_000 * YUAN,
        -3 * MILLION,
        0,
    ]
    assert not breaks(tx, fund_id=fund.fund_id, quarter=quarter)
    assert not prove(tx, fund_id=fund.fund_id)
    undo_return(tx, MANAGER, return_id=sheet.id, reason="wrong", undone_on=LATER, now=noon(LATER))
    assert stands(tx, fund) == before
    assert not prove(tx, fund_id=fund.fund_id)
