"""Which remedies may be proposed, what the advisory committee's votes come to, and when one is carried out."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fund.defaults.promise_rules import NO_REMEDIES, Remedies, Remedy, remedy_faults
from fund.defaults.remedy_rules import (
    NobodyToReceive,
    NotPastCure,
    Proposal,
    RemedyBySamePerson,
    RemedyInvalid,
    RemedyInWrongState,
    RemedyNotPromised,
    RemedyOutOfTime,
    RemedyStands,
    RemedyState,
    ResolutionInvalid,
    Say,
    Vote,
    check_execution,
    check_proposal,
    check_resolution,
    forfeited,
    is_consent,
)
from fund.defaults.rules import DefaultState, DefaultWithdrawn

DAY, BEFORE, AFTER = date(2026, 4, 1), date(2026, 3, 31), date(2026, 4, 2)
ALL = Remedies(tuple(Remedy), Fraction(1, 2))


def test_a_forfeiture_and_its_share_go_together() -> None:
    def faults(*named: Remedy, forfeit: Fraction = Fraction(0)) -> list[str]:
        return [one.where for one in remedy_faults(Remedies(named, forfeit))]

    assert remedy_faults(NO_REMEDIES) == remedy_faults(ALL) == []
    assert faults(Remedy.SALE, Remedy.SALE) == ["remedies"]
    assert faults(Remedy.FORFEITURE) == ["forfeit"]
    assert faults(Remedy.FORFEITURE, forfeit=Fraction(3, 2)) == ["forfeit"]
    assert faults(Remedy.SALE, forfeit=Fraction(1, 2)) == ["forfeit"]


def proposed(remedy: Remedy, **changes: Any) -> None:
    facts = {name: changes.pop(name) for name in ("share", "buyer_id", "price", "reason") if name in changes}
    usual: dict[str, Any] = {"promised": ALL, "state": DefaultState.PAST_CURE, "until": DAY, "standing": ()}
    usual["buyers"] = {2, 3}
    check_proposal(Proposal(remedy, **{"reason": "催告无果"} | facts), **usual | changes)


def test_a_remedy_is_proposed_with_its_own_facts() -> None:
    proposed(Remedy.SUSPENSION)
    proposed(Remedy.FORFEITURE, share=Fraction(1, 2))
    proposed(Remedy.SALE, buyer_id=2, price=0)
    with pytest.raises(RemedyNotPromised):
        proposed(Remedy.SALE, promised=NO_REMEDIES)
    for state in (DefaultState.CURING, DefaultState.CURED):
        with pytest.raises(NotPastCure):
            proposed(Remedy.SUSPENSION, state=state)
    with pytest.raises(DefaultWithdrawn):
        proposed(Remedy.SUSPENSION, state=DefaultState.WITHDRAWN)
    with pytest.raises(RemedyStands):
        proposed(Remedy.SUSPENSION, standing={Remedy.SUSPENSION})


@pytest.mark.parametrize(
    ("remedy", "facts", "where"),
    [
        (Remedy.SUSPENSION, {"reason": " "}, "reason"),
        (Remedy.SUSPENSION, {"share": Fraction(1, 2)}, "share"),
        (Remedy.FORFEITURE, {}, "share"),
        (Remedy.FORFEITURE, {"share": Fraction(0)}, "share"),
        (Remedy.FORFEITURE, {"share": Fraction(3, 4)}, "share"),
        (Remedy.SALE, {}, "buyer_id"),
        (Remedy.SALE, {"buyer_id": 2}, "buyer_id"),
        (Remedy.SALE, {"buyer_id": 2, "price": -1}, "buyer_id"),
        (Remedy.SALE, {"buyer_id": 1, "price": 1}, "buyer_id"),
        (Remedy.REDUCTION, {"buyer_id": 2}, "buyer_id"),
        (Remedy.REDUCTION, {"price": 1}, "buyer_id"),
    ],
)
def test_a_remedy_without_its_facts_is_refused(remedy: Remedy, facts: dict[str, Any], where: str) -> None:
    with pytest.raises(RemedyInvalid) as refused:
        proposed(remedy, **facts)
    assert [one.where for one in refused.value.problems] == [where]


def vote(member: str, say: Say, partner_id: int | None = None) -> Vote:
    return Vote(member, partner_id, say)


def test_more_for_than_against_consent() -> None:
    yes, no, none = vote("甲", Say.FOR), vote("乙", Say.AGAINST), vote("丙", Say.ABSTAINED)
    assert is_consent([yes, none])
    assert not is_consent([yes, no])
    assert not is_consent([no, none])


def resolved(*votes: Vote, **changes: Any) -> list[str]:
    usual: dict[str, Any] = {
        "interested": {1, 4},
        "known": {1, 2, 4},
        "has_minutes": True,
        "resolved_on": DAY,
    }
    try:
        check_resolution(votes, **usual | {"first": DAY, "today": DAY} | changes)
    except ResolutionInvalid as refused:
        return [one.where for one in refused.problems]
    return []


def test_a_resolution_names_who_voted_and_never_the_partner_it_is_about() -> None:
    yes = vote("甲", Say.FOR, 2)
    assert resolved(yes, vote("乙", Say.ABSTAINED)) == []
    assert resolved(vote("乙", Say.ABSTAINED)) == ["votes"]
    assert resolved(*(vote(str(one), Say.FOR) for one in range(101))) == ["votes"]
    assert resolved(yes, vote(" ", Say.FOR)) == ["votes"]
    assert resolved(yes, vote("甲 ", Say.AGAINST)) == ["votes"]
    assert resolved(yes, vote("乙", Say.AGAINST, 1)) == ["votes"]
    assert resolved(yes, vote("乙", Say.AGAINST, 4)) == ["votes"]
    assert resolved(yes, vote("乙", Say.AGAINST, 3)) == ["votes"]
    assert resolved(yes, has_minutes=False) == ["minutes"]
    assert resolved(yes, resolved_on=BEFORE) == resolved(yes, resolved_on=AFTER) == ["resolved_on"]


def test_only_a_second_person_carries_out_what_has_consent_and_was_not_cured() -> None:
    usual: dict[str, Any] = {
        "state": RemedyState.CONSENTED,
        "default": DefaultState.PAST_CURE,
        "until": BEFORE,
        "proposer_id": 1,
        "actor_id": 2,
        "on": DAY,
        "first": DAY,
        "today": DAY,
    }
    check_execution(**usual)
    for state in set(RemedyState) - {RemedyState.CONSENTED}:
        with pytest.raises(RemedyInWrongState):
            check_execution(**usual | {"state": state})
    with pytest.raises(NotPastCure):
        check_execution(**usual | {"default": DefaultState.CURED})
    with pytest.raises(DefaultWithdrawn):
        check_execution(**usual | {"default": DefaultState.WITHDRAWN})
    with pytest.raises(RemedyBySamePerson):
        check_execution(**usual | {"actor_id": 1})
    for day in (BEFORE, AFTER):
        with pytest.raises(RemedyOutOfTime):
            check_execution(**usual | {"on": day})


def test_what_is_forfeited_goes_to_the_others_by_what_they_have_committed() -> None:
    # Of 36.50 million half, 25 to 15: 11.40625 and 6.84375 million.
    assert forfeited(3_650_000_000, Fraction(1, 2), {2: 25, 3: 15}) == {2: 1_140_625_000, 3: 684_375_000}
    assert forfeited(101, Fraction(1, 2), {2: 1, 3: 0}) == {2: 50}
    for others in ({}, {2: 0}):
        with pytest.raises(NobodyToReceive):
            forfeited(100, Fraction(1, 2), others)
    with pytest.raises(NobodyToReceive):
        forfeited(1, Fraction(1, 2), {2: 1})


@settings(max_examples=100, deadline=None)
@given(
    whole=st.integers(2, 10**13),
    share=st.fractions(Fraction(1, 2), 1, max_denominator=97),
    others=st.lists(st.integers(0, 10**12), min_size=1, max_size=9).filter(any),
)
def test_the_parts_sum_to_the_share_and_never_to_more(whole: int, share: Fraction, others: list[int]) -> None:
    parts = forfeited(whole, share, dict(enumerate(others)))
    assert sum(parts.values()) == int(whole * share) <= whole * share
    assert all(part > 0 for part in parts.values())
