"""Mandates: clauses as data, each answered with its figure; a partner reads its own and never another's."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from fund.charter.rules import Basis, Dimension
from fund.holdings.queries import holdings
from fund.mandates.actions import EndReasonMissing, add_clause, end_clause
from fund.mandates.queries import Answer, answers, clauses
from fund.mandates.rules import (
    Bound,
    ClauseEnded,
    ClauseInvalid,
    ClauseTerms,
    ClauseUnknown,
    EndsBeforeItBegins,
    Measure,
    check_clause,
    figure,
    is_kept,
)
from fund.parties.queries import party
from fund.parties.rules import RelationKind
from fund.partners.queries import partner
from fund.partners.rules import PartnerUnknown
from fund.results.exposure_rules import Part
from fund.results.rules import FundFiguresClosed
from kernel.db import Database, Tx
from kernel.errors import Forbidden
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.parties import a_relation
from tests.builders.results import Played, a_played_fund, at

DAY, FROM = date(2025, 12, 31), date(2024, 1, 15)
HALF = Fraction(1, 2)
EARLY = ClauseTerms(
    Measure.LABEL, Bound.AT_LEAST, HALF, Basis.COST, Dimension.STAGE, "seed", "早期不低于一半"
)
CAP = ClauseTerms(Measure.LARGEST, Bound.AT_MOST, Fraction(15, 100), Basis.COST, Dimension.COMPANY)
CHAIN = ClauseTerms(Measure.CHAIN, Bound.AT_LEAST, Fraction(3, 4), Basis.VALUE)


def part(name: str, sector: str, cost: int, value: int) -> Part:
    return Part(name, cost, value, {Dimension.COMPANY: name, Dimension.SECTOR: sector})


PARTS = [part("A", "x", 20, 60), part("B", "y", 30, 30), part("C", "x", 10, 10)]


def test_figures_by_label_by_the_largest_and_by_chain() -> None:
    label = ClauseTerms(Measure.LABEL, Bound.AT_MOST, HALF, Basis.VALUE, Dimension.SECTOR, "x")
    assert figure(label, PARTS, []).share == Fraction(70, 100)
    largest = ClauseTerms(Measure.LARGEST, Bound.AT_MOST, HALF, Basis.COST, Dimension.COMPANY)
    assert (figure(largest, PARTS, []).key, figure(largest, PARTS, []).amount) == (
        "B",
        30,
    )
    chain = ClauseTerms(Measure.CHAIN, Bound.AT_LEAST, HALF, Basis.COST)
    assert figure(chain, PARTS, PARTS[:1]).share == Fraction(20, 60)
    assert figure(largest, [], []).share == 0
    assert (is_kept(label, HALF), is_kept(chain, HALF), is_kept(chain, Fraction(1, 3))) == (True, True, False)


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("xyz"), st.integers(0, 10**12)), max_size=8),
    st.sampled_from([Basis.COST, Basis.VALUE]),
)
def test_labels_sum_to_what_is_held_and_the_largest_is_the_largest(
    rows: list[tuple[str, str, int]], basis: Basis
) -> None:
    parts = [part(name, sector, amount, amount) for name, sector, amount in rows]
    found = [
        figure(
            ClauseTerms(Measure.LABEL, Bound.AT_MOST, HALF, basis, Dimension.SECTOR, key),
            parts,
            [],
        )
        for key in "xyz"
    ]
    largest = ClauseTerms(Measure.LARGEST, Bound.AT_MOST, HALF, basis, Dimension.SECTOR)
    assert sum(one.amount for one in found) == sum(amount for _, _, amount in rows)
    assert figure(largest, parts, []).amount == max(one.amount for one in found)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"share": Fraction(0)}, "share"),
        ({"share": Fraction(11, 10)}, "share"),
        ({"dimension": None}, "dimension"),
        ({"measure": Measure.CHAIN, "key": ""}, "dimension"),
        ({"key": " "}, "key"),
        ({"measure": Measure.LARGEST, "bound": Bound.AT_MOST}, "key"),
        ({"measure": Measure.LARGEST, "key": "", "bound": Bound.AT_LEAST}, "bound"),
        ({"basis": Basis.COMMITMENTS}, "basis"),
        ({"wording": "x" * 201}, "wording"),
    ],
)
def test_a_clause_that_measures_nothing_is_refused_by_field(changes: dict[str, Any], field: str) -> None:
    facts = {name: getattr(EARLY, name) for name in ClauseTerms.__dataclass_fields__}
    with pytest.raises(ClauseInvalid) as refused:
        check_clause(ClauseTerms(**{**facts, **changes}))
    assert [one.where for one in refused.value.problems] == [field]
    # A label without its name lacks it; it is not told what the name goes with.
    assert ("it is missing" in str(refused.value)) == (changes == {"key": " "})


def with_clauses(tx: Tx) -> Played:
    """LP01 asks for early stages and a cap, LP02 for its own chain: its group buys from H01's company."""
    played = a_played_fund(tx)
    one, two = played.partners["LP01"], played.partners["LP02"]
    [held, *_] = holdings(tx, fund_id=played.fund_id, as_of=DAY)
    a_relation(
        tx,
        party(tx, party_id=partner(tx, partner_id=two).party_id),
        RelationKind.CUSTOMER,
        party(tx, party_id=held.party_id),
    )
    for whose, terms in ((one, EARLY), (one, CAP), (two, CHAIN)):
        add_clause(tx, SYSTEM, partner_id=whose, terms=terms, effective_on=FROM, now=at(FROM))
    return played


def told(found: list[Answer]) -> list[tuple[str, int, Fraction, bool]]:
    return [(one.partner.code, one.clause.number, one.figure.share, one.kept) for one in found]


def test_every_clause_is_answered_with_its_figure(tx: Tx) -> None:
    """30m invested, all in seed; H01 cost 20m and is worth 30m of 36m."""
    played = with_clauses(tx)
    assert told(answers(tx, fund_id=played.fund_id, as_of=DAY)) == [
        ("LP01", 1, Fraction(1), True),
        ("LP01", 2, Fraction(20, 30), False),
        ("LP02", 1, Fraction(30, 36), True),
    ]
    before = answers(tx, fund_id=played.fund_id, as_of=date(2024, 2, 1))
    assert [(one.figure.share, one.kept) for one in before] == [(0, False), (0, True), (0, False)]
    assert answers(tx, fund_id=played.fund_id, as_of=date(2024, 1, 14)) == []


def test_an_ended_clause_is_answered_to_its_last_day_and_as_it_was_known(tx: Tx) -> None:
    played = with_clauses(tx)
    mine, last, now = played.partners["LP01"], date(2025, 6, 30), at(date(2025, 6, 2))
    end_clause(tx, SYSTEM, partner_id=mine, number=2, ended_on=last, reason="amended", now=now)
    facts = {"fund_id": played.fund_id}
    assert len(clauses(tx, as_of=last, **facts)) == 3
    assert [one.number for one in clauses(tx, as_of=DAY, **facts)] == [1, 1]
    assert len(clauses(tx, as_of=DAY, known_at=at(date(2025, 6, 1)), **facts)) == 3
    assert clauses(tx, as_of=DAY, known_at=at(date(2024, 1, 14)), **facts) == []
    for number, day, reason, refusal in (
        (2, last, "again", ClauseEnded),
        (1, date(2024, 1, 1), "early", EndsBeforeItBegins),
        (1, last, " ", EndReasonMissing),
        (9, last, "unknown", ClauseUnknown),
    ):
        with pytest.raises(refusal):
            end_clause(tx, SYSTEM, partner_id=mine, number=number, ended_on=day, reason=reason, now=now)


def test_a_partner_reads_its_own_mandate_and_nothing_of_anothers(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        played = with_clauses(tx)
    mine, other = played.partners["LP01"], played.partners["LP02"]
    lp = Actor(11, "LP", frozenset({Role.LP_USER}), frozenset({mine}))
    with database.transaction(lp) as tx:
        found = answers(tx, fund_id=played.fund_id, as_of=DAY, partner_id=mine)
        assert told(found) == [("LP01", 1, Fraction(1), True), ("LP01", 2, Fraction(20, 30), False)]
        seen = clauses(tx, fund_id=played.fund_id, as_of=DAY)
        assert {one.partner_id for one in seen} == {mine}
        assert clauses(tx, fund_id=played.fund_id, as_of=DAY, actor=lp) == seen
        with pytest.raises(PartnerUnknown):
            answers(tx, fund_id=played.fund_id, as_of=DAY, partner_id=other)
        with pytest.raises(FundFiguresClosed):
            answers(tx, fund_id=played.fund_id, as_of=DAY)
        with pytest.raises(Forbidden):
            add_clause(tx, lp, partner_id=mine, terms=CHAIN, effective_on=DAY, now=at(DAY))
        with pytest.raises(Forbidden):
            end_clause(tx, lp, partner_id=mine, number=1, ended_on=DAY, reason="mine", now=at(DAY))
    member = Actor(12, "Member", frozenset({Role.COMMITTEE}))
    with database.transaction(member) as tx:
        assert clauses(tx, fund_id=played.fund_id, as_of=DAY) == []
    with database.transaction(SYSTEM) as tx, pytest.raises(sa.exc.DBAPIError):
        tx.execute(sa.text("UPDATE mandate_clause SET share = '1/1'"))
