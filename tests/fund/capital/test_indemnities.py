"""Partners give distributions back: asked for, approved, and what follows for commitment, rows and waterfall."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fund.capital.due_rules import NoticeTooShort
from fund.capital.forms import waterfalls
from fund.capital.indemnities import approve_indemnity, cancel_indemnity, reaches
from fund.capital.positions import unfunded
from fund.capital.rules import SamePerson, SharesMoved, WrongState
from fund.capital.waterfall import Working
from fund.indemnities.queries import due_between
from fund.indemnities.rules import (
    AboveGiveback,
    GivebackNotPromised,
    IndemnityRestedOn,
    IndemnityState,
)
from fund.ledger.cash_items import cash_items
from fund.ledger.queries import total
from fund.ledger.rules import Account
from fund.results.accounts import capital_account, nav_curve
from fund.results.commitment import commitment_account
from fund.results.ilpa import breaks
from fund.results.performance import performance, progression
from fund.results.proof import prove
from fund.results.statement_rules import ties
from fund.results.statements import statements
from kernel.db import Tx
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    a_distribution,
    noon,
)
from tests.builders.indemnities import (
    DUE,
    MILLION,
    NOTICE,
    QUARTER,
    YUAN,
    a_giveback,
    a_giveback_draft,
    distributed,
    given_back,
    row,
    undo,
)
from tests.builders.transfers import a_transfer
from tests.scenes import Scene


def test_what_is_asked_back_is_due_comes_in_and_is_paid_in_outside_commitment(scene: Scene) -> None:
    tx, fund = scene(distributed)
    before, left = (
        performance(tx, fund_id=fund.fund_id, as_of=DUE),
        unfunded(tx, fund_id=fund.fund_id, as_of=DUE),
    )
    draft = a_giveback_draft(tx, fund)
    one = draft.line(fund["LP01"])
    assert one is not None
    # The distribution of April is free; the cap is a quarter of all 8.4m that were received.
    assert (one.received, one.within, one.most) == (8_400_000 * YUAN, 2_400_000 * YUAN, 2_100_000 * YUAN)
    assert {line.partner_id: line.amount for line in draft.lines} == {
        fund["LP01"]: 1_200_000 * YUAN,
        fund["LP02"]: 800_000 * YUAN,
    }
    assert total(tx, fund_id=fund.fund_id, accounts=[Account.GIVEN_BACK], as_of=date.max) == 0
    sheet = approve_indemnity(tx, MANAGER, indemnity_id=draft.id, now=noon(NOTICE))
    assert (sheet.code, sheet.state, sheet.notice_on) == ("LPG-001", IndemnityState.APPROVED, NOTICE)
    assert not prove(tx, fund_id=fund.fund_id)
    done = given_back(tx, sheet)
    assert (done.state, done.came) == (IndemnityState.RECEIVED, 2 * MILLION)
    assert total(tx, fund_id=fund.fund_id, accounts=[Account.CASH], as_of=DUE) == -8 * MILLION
    after = performance(tx, fund_id=fund.fund_id, as_of=DUE)
    assert (after.paid_in, after.distributed) == (before.paid_in + 2 * MILLION, before.distributed)
    assert [(flow.on, flow.amount) for flow in after.flows if flow.kind == "giveback"] == [
        (DUE, -1_200_000 * YUAN),
        (DUE, -800_000 * YUAN),
    ]
    assert progression(tx, fund_id=fund.fund_id, through=QUARTER)[-1].paid_in == after.paid_in
    account = capital_account(tx, fund_id=fund.fund_id, partner_id=fund["LP01"], quarter=QUARTER)
    assert (account.row("given_back").qtd, account.row("contributions").qtd) == (1_200_000 * YUAN, 0)
    told = statements(tx, fund_id=fund.fund_id, since=QUARTER.starts_on, as_of=QUARTER.ends_on)
    assert (told.partners.given_back, told.partners.contributions) == (2 * MILLION, 0)
    assert [tie.code for tie in ties(told) if not tie.holds] == []
    curve = nav_curve(tx, fund_id=fund.fund_id, partner_id=fund["LP01"], through=QUARTER)
    assert curve[-1].paid_in == 13_200_000 * YUAN
    assert unfunded(tx, fund_id=fund.fund_id, as_of=DUE) == left
    assert not prove(tx, fund_id=fund.fund_id)
    # A payment each, as a bank would show it.
    assert [one.amount for one in cash_items(tx, fund_id=fund.fund_id, since=DUE)] == [
        1_200_000 * YUAN,
        800_000 * YUAN,
    ]


def test_the_ilpa_rows_count_it_as_a_contribution_that_uses_up_no_commitment(scene: Scene) -> None:
    tx, fund = scene(distributed)
    given_back(tx, a_giveback(tx, fund))
    assert row(tx, fund, 13) == (1_200_000 * YUAN, 13_200_000 * YUAN, 13_200_000 * YUAN)
    assert row(tx, fund, 14) == (0, -8_400_000 * YUAN, -8_400_000 * YUAN)
    assert row(tx, fund, 110) == (0, -12 * MILLION, -12 * MILLION)
    assert row(tx, fund, 113) == (0, 60 * MILLION, 0)
    assert row(tx, fund, 114, None) == (80 * MILLION,) * 3
    told = due_between(tx, fund_id=fund.fund_id, since=QUARTER.starts_on, as_of=QUARTER.ends_on)
    assert told == [("LPG-001", DUE, 2 * MILLION)]
    assert breaks(tx, fund_id=fund.fund_id, quarter=QUARTER) == []


def test_where_the_charter_restores_it_so_much_more_can_be_called(scene: Scene) -> None:
    tx, fund = scene(distributed, giveback_restores=True)
    given_back(tx, a_giveback(tx, fund))
    assert unfunded(tx, fund_id=fund.fund_id, as_of=DUE)[fund["LP01"]] == 49_200_000 * YUAN
    # The year begins before the fund: what was committed stands in its column too.
    assert row(tx, fund, 113) == (1_200_000 * YUAN, 61_200_000 * YUAN, 1_200_000 * YUAN)
    assert row(tx, fund, 114) == (49_200_000 * YUAN,) * 3
    assert breaks(tx, fund_id=fund.fund_id, quarter=QUARTER) == []
    account = commitment_account(tx, fund_id=fund.fund_id, partner_id=fund["LP01"], quarter=QUARTER)
    assert (account.row("returned").qtd, account.row("released").qtd) == (1_200_000 * YUAN, 0)
    assert not prove(tx, fund_id=fund.fund_id)


def test_a_later_waterfall_gives_it_back_first_with_the_hurdle_on_it(scene: Scene) -> None:
    tx, fund = scene(distributed, hurdle=Fraction(8, 100))
    given_back(tx, a_giveback(tx, fund))
    on = date.fromordinal(DUE.toordinal() + 365)
    with_it = waterfalls(tx, fund_id=fund.fund_id, on=on).sold(fund["LP01"], 0)
    assert isinstance(with_it, Working)
    # 12m were paid in and 8.4m came back; 1.2m are paid in anew and earn 8 % in their first year.
    assert with_it.before.unreturned == 4_800_000 * YUAN
    flows = [
        flow for flow in waterfalls(tx, fund_id=fund.fund_id, on=on).flows[fund["LP01"]] if flow.on == DUE
    ]
    assert [(flow.contribution, flow.amount) for flow in flows] == [(True, 1_200_000 * YUAN)]


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"amount": 3_500_001 * 100}, AboveGiveback),
        ({"due_on": date(2026, 10, 19)}, NoticeTooShort),
    ],
)
def test_a_giveback_keeps_to_its_term_and_its_notice(tx: Tx, facts: dict[str, Any], refusal: Any) -> None:
    with pytest.raises(refusal):
        a_giveback_draft(tx, distributed(tx), **facts)


def test_a_fund_without_the_term_asks_nothing_back(scene: Scene) -> None:
    tx, fund = scene(distributed, giveback_cap=None, giveback_months=None)
    with pytest.raises(GivebackNotPromised, match="no term by which partners give distributions back"):
        a_giveback_draft(tx, fund)
    assert {one.most for one in reaches(tx, fund_id=fund.fund_id, on=NOTICE)} == {0}


def test_a_second_giveback_asks_for_what_the_first_has_left(scene: Scene) -> None:
    tx, fund = scene(distributed)
    first = a_giveback(tx, fund)
    with pytest.raises(AboveGiveback, match=r"1,500,000\.00 at most"):
        a_giveback_draft(tx, fund, amount=1_500_000 * YUAN + 1)
    a_giveback(tx, fund, amount=1_500_000 * YUAN)
    with pytest.raises(IndemnityRestedOn, match="LPG-002"):
        undo(tx, first)


def test_somebody_else_approves_and_only_what_still_comes_to_the_same(scene: Scene) -> None:
    tx, fund = scene(distributed)
    draft = a_giveback_draft(tx, fund)
    with pytest.raises(SamePerson):
        approve_indemnity(tx, ACCOUNTANT, indemnity_id=draft.id, now=noon(NOTICE))
    a_distribution(tx, fund, pay_on=NOTICE, return_of_capital=1 * MILLION)
    # By 60 : 40 as before: only what each could be asked has grown.
    approve_indemnity(tx, MANAGER, indemnity_id=draft.id, now=noon(NOTICE))
    with pytest.raises(WrongState):
        cancel_indemnity(tx, ACCOUNTANT, indemnity_id=draft.id, reason="x", now=noon(NOTICE))
    gone = a_giveback_draft(tx, fund, amount=1)
    told = cancel_indemnity(tx, ACCOUNTANT, indemnity_id=gone.id, reason="nothing is due", now=noon(NOTICE))
    assert (told.state, told.cancel_reason) == (IndemnityState.CANCELLED, "nothing is due")


def test_a_draft_whose_parts_have_moved_is_not_approved(scene: Scene) -> None:
    tx, fund = scene(distributed)
    draft = a_giveback_draft(tx, fund)
    a_transfer(tx, fund, commitment=20 * MILLION, on=NOTICE)
    with pytest.raises(SharesMoved):
        approve_indemnity(tx, MANAGER, indemnity_id=draft.id, now=noon(NOTICE))
