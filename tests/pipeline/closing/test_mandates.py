"""Mandates before the money: the papers keep what they said, the closing asks again, a veto holds the money back."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from fund.charter.rules import Basis, Dimension
from fund.holdings.queries import holdings
from fund.mandates.actions import add_clause, end_clause
from fund.mandates.rules import Bound, ClauseTerms, Consequence, Measure
from fund.mandates.veto_rules import NothingToAsk, VetoState
from fund.mandates.vetoes import answer, questions
from kernel.blobs.actions import put
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from pipeline.closing.direct import Purchase, buy_directly
from pipeline.closing.queries import preview
from pipeline.closing.rules import ClosingBlocked, DirectMandateBroken
from pipeline.closing.vetoes import NoAmount, ask_about
from pipeline.committee.queries import motion_sheet
from pipeline.deals.rules import Stage
from tests.builders.closing import (
    PRICE,
    Ready,
    a_closing,
    an_approval,
    an_approved_deal,
    another_approved_deal,
)
from tests.builders.deals import a_deal_at, a_setting
from tests.scenes import Scene

NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
FROM = date(2026, 1, 1)
EARLY = ClauseTerms(
    Measure.LABEL,
    Bound.AT_LEAST,
    Fraction(1, 2),
    Basis.COST,
    Dimension.STAGE,
    "angel",
    effect=Consequence.BLOCKS,
)
CAP = ClauseTerms(Measure.LARGEST, Bound.AT_MOST, Fraction(1, 4), Basis.COST, Dimension.COMPANY)
VETO = ClauseTerms(
    Measure.VETO,
    Bound.AT_MOST,
    Fraction(1),
    dimension=Dimension.SECTOR,
    key="hydrogen",
    effect=Consequence.BLOCKS,
)


def asking(tx: Tx, ready: Ready, code: str, terms: ClauseTerms) -> None:
    add_clause(
        tx,
        SYSTEM,
        partner_id=ready.fund.partners[code],
        terms=terms,
        effective_on=FROM,
        planned=True,
        now=NOW,
    )


def blocked(tx: Tx, ready: Ready) -> list[str]:
    with pytest.raises(ClosingBlocked) as refused:
        a_closing(tx, ready, now=NOW)
    return [one.where for one in refused.value.problems]


def test_a_clause_that_warns_is_told_and_one_that_blocks_holds_the_money_back(scene: Scene) -> None:
    tx, ready = scene(an_approved_deal, now=NOW)
    asking(tx, ready, "LP01", CAP)
    seen = preview(tx, actor=ready.manager, deal_id=ready.deal_id, amount=PRICE, on=NOW.date())
    [line] = seen.mandates
    assert (line.partner, line.before, line.after, line.kept) == ("LP01", 0, 1, False)
    assert (line.holds_back, seen.problems) == (False, ())
    a_closing(tx, ready, now=NOW)


def test_a_clause_that_blocks_is_not_made_worse(scene: Scene) -> None:
    """The first deal is held to the clause itself; one that leaves a broken clause no worse goes on."""
    tx, ready = scene(an_approved_deal, now=NOW, cash=60_000_000_00)
    asking(tx, ready, "LP01", EARLY)
    assert blocked(tx, ready) == ["mandate"]
    end_clause(
        tx,
        SYSTEM,
        partner_id=ready.fund.partners["LP01"],
        number=1,
        ended_on=date(2026, 8, 1),
        reason="lifted",
        now=NOW,
    )
    a_closing(tx, ready, now=NOW)
    asking(tx, ready, "LP01", EARLY)
    second = another_approved_deal(tx, ready, now=NOW)
    seen = preview(tx, actor=ready.manager, deal_id=second.deal_id, amount=PRICE, on=NOW.date())
    assert [(one.before, one.after, one.kept, one.holds_back) for one in seen.mandates] == [
        (0, 0, False, False)
    ]


def test_an_unanswered_veto_blocks_and_an_exercised_one_always_does(scene: Scene) -> None:
    tx, ready = scene(an_approved_deal, now=NOW)
    asking(tx, ready, "LP02", VETO)
    assert blocked(tx, ready) == ["veto"]
    [asked] = ask_about(tx, ready.analyst, deal_id=ready.deal_id, now=NOW)
    assert (asked.partner, asked.amount, asked.state) == ("LP02", PRICE, VetoState.ASKED)
    assert blocked(tx, ready) == ["veto"]
    paper = put(tx, content=b"letter", media_type="application/pdf", now=NOW)
    said = {"question_id": asked.id, "answered_on": NOW.date(), "document": paper, "now": NOW}
    answer(tx, SYSTEM, exercised=True, reason="ours", **said)
    assert blocked(tx, ready) == ["veto"]
    answer(tx, SYSTEM, exercised=False, reason="licensed to us", **said)
    with pytest.raises(NothingToAsk):
        ask_about(tx, ready.manager, deal_id=ready.deal_id, now=NOW)
    a_closing(tx, ready, now=NOW)


def test_buying_more_without_a_closing_is_held_against_the_same_mandates(scene: Scene) -> None:
    tx, ready = scene(an_approved_deal, now=NOW)
    a_closing(tx, ready, now=NOW)
    asking(tx, ready, "LP02", VETO)
    [held] = holdings(tx, fund_id=ready.fund.fund_id, as_of=NOW.date())
    purchase = Purchase(NOW.date(), Fraction(1), 1_00)
    with pytest.raises(DirectMandateBroken):
        buy_directly(tx, ready.manager, holding_id=held.id, purchase=purchase, reason="rights", now=NOW)


def test_the_papers_ask_the_partners_and_keep_what_the_mandates_said(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        ready = an_approved_deal(tx, now=NOW)
        asking(tx, ready, "LP01", ClauseTerms(**{**CAP.__dict__, "wording": "secret words"}))
        asking(tx, ready, "LP02", VETO)
        line = an_approval(tx, ready.committee, now=NOW, name="京西储能有限公司")
        sheet = motion_sheet(tx, actor=ready.manager, motion_id=line.id, now=NOW)
        assert [(one.partner, one.state, one.after) for one in sheet.mandates] == [
            ("LP01", None, 1),
            ("LP02", VetoState.ASKED, None),
        ]
        assert [one.partner for one in questions(tx, fund_id=ready.fund.fund_id)] == ["LP02"]
        member = ready.committee.members["S1"]
    # A member learns what the clauses say, and not whose they are.
    with database.transaction(member) as tx:
        seen = motion_sheet(tx, actor=member, motion_id=line.id, now=NOW).mandates
        assert [(one.partner, one.wording, one.after) for one in seen] == [("", "", 1), ("", "", None)]
        own = Actor(
            member.user_id,
            member.name,
            frozenset({Role.COMMITTEE}),
            frozenset({sheet.mandates[0].partner_id}),
        )
        mine = motion_sheet(tx, actor=own, motion_id=line.id, now=NOW).mandates
        assert [one.partner for one in mine] == ["LP01", ""]


def test_a_deal_without_an_amount_has_nothing_to_ask_about(tx: Tx) -> None:
    about = a_deal_at(tx, Stage.SCREENING, setting=a_setting(tx, NOW), now=NOW, amount=None)
    with pytest.raises(NoAmount):
        ask_about(tx, SYSTEM, deal_id=about.id, now=NOW)
