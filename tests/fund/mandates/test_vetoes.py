"""Vetoes over classes of deals: which they cover, who answers, and what counts."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from fund.charter.rules import Dimension
from fund.mandates.actions import add_clause
from fund.mandates.queries import answers
from fund.mandates.rules import Bound, ClauseInvalid, ClauseTerms, Consequence, Measure, check_clause
from fund.mandates.veto_rules import (
    NothingToAsk,
    NotThePartners,
    Proposal,
    Standing,
    VetoDayInvalid,
    VetoDocumentMissing,
    VetoReasonMissing,
    VetoState,
    VetoUnknown,
    covers,
    holds_back,
    state_of,
)
from fund.mandates.vetoes import QuestionSheet, answer, answered, ask, question, questions
from fund.parties.queries import party
from fund.parties.rules import RelationKind
from fund.partners.queries import partner
from fund.results.exposure_rules import WhatIf
from kernel.blobs.actions import put
from kernel.db import Database, Tx
from kernel.errors import Forbidden
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.parties import a_relation, an_organisation
from tests.builders.results import Played, a_played_fund, at
from tests.scenes import Scene

DAY = date(2026, 1, 5)
NOW = at(DAY)
MILLION = 10**8
VETO = ClauseTerms(
    Measure.VETO,
    Bound.AT_MOST,
    Fraction(1),
    dimension=Dimension.SECTOR,
    key="steel|hydrogen",
    above=10 * MILLION,
    effect=Consequence.BLOCKS,
)


def proposal(company: int = 1, sector: str = "hydrogen", amount: int = 20 * MILLION) -> Proposal:
    return Proposal(WhatIf("New", amount, sector=sector).part, company, amount)


def test_a_veto_covers_what_is_all_that_it_names() -> None:
    assert covers(VETO, proposal(), is_competitor=False)
    assert not covers(VETO, proposal(sector="gpu"), is_competitor=False)
    assert not covers(VETO, proposal(amount=10 * MILLION), is_competitor=True)
    rival = ClauseTerms(Measure.VETO, Bound.AT_MOST, Fraction(1), competitor=True)
    assert covers(rival, proposal(), is_competitor=True)
    assert not covers(rival, proposal(), is_competitor=False)
    other = ClauseTerms(Measure.CHAIN, Bound.AT_MOST, Fraction(1))
    assert not covers(other, proposal(), is_competitor=True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"key": ""}, "key"),
        ({"dimension": None}, "key"),
        ({"dimension": None, "key": "", "above": None}, "measure"),
        ({"above": -1}, "above"),
        ({"measure": Measure.LABEL}, "above"),
    ],
)
def test_a_veto_over_nothing_is_refused(changes: dict[str, Any], field: str) -> None:
    facts = {name: getattr(VETO, name) for name in ClauseTerms.__dataclass_fields__}
    with pytest.raises(ClauseInvalid) as refused:
        check_clause(ClauseTerms(**{**facts, **changes}))
    assert [one.where for one in refused.value.problems] == [field]


def test_not_exercised_is_said_of_no_more_than_was_asked_about() -> None:
    said = Standing(VetoState.NOT_EXERCISED, 20)
    assert state_of(said, amount=20) is VetoState.NOT_EXERCISED
    assert state_of(said, amount=21) is VetoState.NOT_ASKED
    assert state_of(Standing(VetoState.EXERCISED, 20), amount=21) is VetoState.EXERCISED
    assert state_of(None, amount=1) is VetoState.NOT_ASKED
    assert holds_back(VetoState.EXERCISED, Consequence.WARNS)
    assert holds_back(VetoState.ASKED, Consequence.BLOCKS)
    assert not holds_back(VetoState.ASKED, Consequence.WARNS)
    assert not holds_back(VetoState.NOT_EXERCISED, Consequence.BLOCKS)


def asked(tx: Tx) -> tuple[Played, QuestionSheet]:
    played = a_played_fund(tx)
    mine = played.partners["LP01"]
    add_clause(tx, SYSTEM, partner_id=mine, terms=VETO, effective_on=date(2024, 1, 15), planned=True, now=NOW)
    [found] = ask(
        tx,
        SYSTEM,
        fund_id=played.fund_id,
        subject="D26-001",
        proposal=proposal(),
        company=("新公司", "New"),
        told="hydrogen",
        now=NOW,
    )
    return played, found


def stands(tx: Tx, played: Played, amount: int = 20 * MILLION) -> tuple[VetoState, bool]:
    about = {"fund_id": played.fund_id, "subject": "D26-001", "as_of": DAY + timedelta(days=3)}
    [one] = answered(tx, proposal=proposal(amount=amount), **about)
    return one.state, one.holds_back


def test_the_last_answer_counts_and_is_taken_down_from_a_document(scene: Scene) -> None:
    tx, (played, found) = scene(asked)
    assert stands(tx, played) == (VetoState.ASKED, True)
    paper = put(tx, content=b"letter", media_type="application/pdf", now=NOW)
    later = NOW + timedelta(days=2)
    said: dict[str, Any] = {"question_id": found.id, "answered_on": DAY, "now": later}
    with pytest.raises(VetoDocumentMissing):
        answer(tx, SYSTEM, exercised=False, **said)
    with pytest.raises(VetoReasonMissing):
        answer(tx, SYSTEM, exercised=True, document=paper, **said)
    with pytest.raises(VetoDayInvalid):
        answer(tx, SYSTEM, exercised=False, document=paper, **said | {"answered_on": date(2026, 2, 1)})
    with pytest.raises(VetoUnknown):
        answer(tx, SYSTEM, exercised=False, document=paper, **said | {"question_id": 0})
    answer(tx, SYSTEM, exercised=False, person="何", document=paper, **said)
    assert stands(tx, played) == (VetoState.NOT_EXERCISED, False)
    assert stands(tx, played, 21 * MILLION) == (VetoState.NOT_ASKED, True)
    answer(tx, SYSTEM, exercised=True, reason="too near to us", document=paper, **said)
    assert stands(tx, played, 21 * MILLION) == (VetoState.EXERCISED, True)
    with pytest.raises(VetoReasonMissing):
        answer(tx, SYSTEM, exercised=False, document=paper, **said)
    sheet = answer(tx, SYSTEM, exercised=False, reason="licensed", document=paper, **said)
    assert [one.exercised for one in sheet.answers] == [False, True, False]
    assert stands(tx, played) == (VetoState.NOT_EXERCISED, False)
    # A veto measures nothing, and stands among no figures.
    assert answers(tx, fund_id=played.fund_id, as_of=DAY) == []


def test_nobody_is_asked_twice_about_as_much_and_again_about_more(scene: Scene) -> None:
    tx, (played, _) = scene(asked)
    about: dict[str, Any] = {
        "fund_id": played.fund_id,
        "subject": "D26-001",
        "company": ("新公司", "New"),
        "told": "",
        "now": NOW,
    }
    with pytest.raises(NothingToAsk):
        ask(tx, SYSTEM, proposal=proposal(), **about)
    # The question waits; it is asked again once it was answered about less.
    [one] = questions(tx, fund_id=played.fund_id)
    paper = put(tx, content=b"letter", media_type="application/pdf", now=NOW)
    answer(tx, SYSTEM, question_id=one.id, exercised=False, answered_on=DAY, document=paper, now=NOW)
    assert len(ask(tx, SYSTEM, proposal=proposal(amount=30 * MILLION), **about)) == 2


def test_a_competitor_is_one_of_the_whole_group_from_either_end(scene: Scene) -> None:
    tx, played = scene(a_played_fund)
    mine = played.partners["LP01"]
    rival = ClauseTerms(Measure.VETO, Bound.AT_MOST, Fraction(1), competitor=True)
    add_clause(
        tx, SYSTEM, partner_id=mine, terms=rival, effective_on=date(2024, 1, 15), planned=True, now=NOW
    )
    company, daughter = an_organisation(tx, "对手"), an_organisation(tx, "子公司")
    own = party(tx, party_id=partner(tx, partner_id=mine).party_id)
    facts = {"fund_id": played.fund_id, "subject": "D26-001", "as_of": DAY}
    assert answered(tx, proposal=proposal(company.id), **facts) == []
    a_relation(tx, own, RelationKind.GROUP_PARENT, daughter)
    a_relation(tx, company, RelationKind.COMPETITOR, daughter)
    [one] = answered(tx, proposal=proposal(company.id), **facts)
    assert (one.partner, one.state, one.holds_back) == ("LP01", VetoState.NOT_ASKED, False)


def test_only_the_partner_and_the_manager_answer_and_no_other_partner_reads(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        played, found = asked(tx)
    lp = {
        code: Actor(key, code, frozenset({Role.LP_USER}), frozenset({played.partners[code]}))
        for key, code in ((11, "LP01"), (12, "LP02"))
    }
    said: dict[str, Any] = {"question_id": found.id, "answered_on": DAY, "now": NOW}
    with database.transaction(lp["LP02"]) as tx:
        assert questions(tx, fund_id=played.fund_id) == []
        with pytest.raises(VetoUnknown):
            answer(tx, lp["LP02"], exercised=False, **said)
    member = Actor(13, "Member", frozenset({Role.COMMITTEE}), frozenset({played.partners["LP02"]}))
    with database.transaction(member) as tx:
        [seen] = questions(tx, fund_id=played.fund_id)
        assert (seen.partner, seen.clause_number, seen.state) == ("", None, VetoState.ASKED)
        with pytest.raises(NotThePartners):
            answer(tx, member, exercised=False, **said)
        with pytest.raises(Forbidden):
            ask(
                tx,
                member,
                fund_id=played.fund_id,
                subject="D",
                proposal=proposal(),
                company=("", ""),
                told="",
                now=NOW,
            )
    with database.transaction(lp["LP01"]) as tx:
        sheet = answer(tx, lp["LP01"], exercised=True, reason="a rival of ours", **said)
        assert [(one.person, one.by_partner) for one in sheet.answers] == [("LP01", True)]
        assert question(tx, question_id=found.id).state is VetoState.EXERCISED
