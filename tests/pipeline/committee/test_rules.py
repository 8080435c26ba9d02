"""The count: worked numbers, the order of the tests, and properties that hold for every vote."""

from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.committee.rules import (
    BallotUnknown,
    Basis,
    Choice,
    NotSeated,
    Outcome,
    Policy,
    PolicyInvalid,
    VetoWithoutRight,
    decide,
)

SEATS = ("S1", "S2", "S3", "S4", "S5", "S6", "S7")
HALF, TWO_THIRDS = Fraction(1, 2), Fraction(2, 3)


USUAL = Policy(threshold=TWO_THIRDS, basis="eligible", quorum=HALF, quorum_floor=3, floor=5)


def policy(**changes: Any) -> Policy:
    return replace(USUAL, **changes)


def votes(*choices: str) -> dict[str, str]:
    """The ballots of the first seats, in order."""
    return dict(zip(SEATS, choices, strict=False))


def vote(yes: int = 0, no: int = 0, abstain: int = 0, **changes: Any) -> Outcome:
    ballots = votes(*["yes"] * yes, *["no"] * no, *["abstain"] * abstain)
    return decide(policy(**changes), SEATS, (), ballots)


@pytest.mark.parametrize(
    ("recused", "eligible", "needed"), [((), 7, 5), (("S7",), 6, 4), (("S6", "S7"), 5, 4)]
)
def test_two_thirds_of_seven_seats_with_recusals(
    recused: tuple[str, ...], eligible: int, needed: int
) -> None:
    enough = decide(policy(), SEATS, recused, votes(*["yes"] * needed))
    assert (enough.state, enough.eligible, enough.needed) == ("approved", eligible, needed)
    short = decide(policy(), SEATS, recused, votes(*["yes"] * (needed - 1), "no"))
    assert short.state == "rejected"


def test_a_third_recusal_falls_below_the_floor_and_never_passes() -> None:
    outcome = decide(policy(), SEATS, ("S5", "S6", "S7"), votes("yes", "yes", "yes", "yes"))
    assert (outcome.state, outcome.eligible, outcome.yes) == ("escalated", 4, 4)
    assert not outcome.approves


def test_a_recused_mandatory_seat_escalates_before_anything_else() -> None:
    outcome = decide(policy(mandatory=frozenset({"S1"})), SEATS, ("S1",), {})
    assert outcome.state == "escalated"


def test_too_few_present_is_inquorate_even_with_a_veto() -> None:
    outcome = decide(policy(quorum_floor=4, veto=frozenset({"S1"})), SEATS, (), votes("veto", "yes", "yes"))
    assert (outcome.state, outcome.present, outcome.quorum) == ("inquorate", 3, 4)


def test_the_quorum_is_the_larger_of_the_floor_and_the_share_rounded_up() -> None:
    assert decide(policy(quorum_floor=1), SEATS, (), {}).quorum == 4
    assert decide(policy(quorum_floor=6), SEATS, (), {}).quorum == 6
    assert decide(policy(quorum_floor=1, quorum=0), SEATS, (), {}).quorum == 1


def test_an_absent_mandatory_seat_is_inquorate() -> None:
    must = policy(mandatory=frozenset({"S7"}))
    six = votes(*["yes"] * 6)
    assert decide(must, SEATS, (), six).state == "inquorate"
    assert decide(must, SEATS, (), {**six, "S7": "abstain"}).state == "approved"


def test_a_veto_stops_what_the_votes_would_carry_and_counts_as_a_no() -> None:
    outcome = decide(policy(veto=frozenset({"S1"})), SEATS, (), votes("veto", *["yes"] * 6))
    assert (outcome.state, outcome.yes, outcome.no) == ("vetoed", 6, 1)


def test_a_veto_without_the_right_is_refused_before_counting() -> None:
    with pytest.raises(VetoWithoutRight, match="S2"):
        decide(policy(veto=frozenset({"S1"})), SEATS, (), votes("yes", "veto"))


def test_the_veto_of_a_recused_seat_does_not_exist() -> None:
    ballots = votes("veto", *["yes"] * 6)
    outcome = decide(policy(veto=frozenset({"S1"})), SEATS, ("S1",), ballots)
    assert (outcome.state, outcome.no, outcome.present) == ("approved", 0, 6)
    assert decide(policy(), SEATS, ("S1",), ballots).state == "approved"


def test_conditions_count_as_yes_and_make_the_approval_conditional() -> None:
    outcome = vote_with("conditions", "yes", "yes", "yes", "yes")
    assert (outcome.state, outcome.yes) == ("approved_with_conditions", 5)
    assert outcome.approves
    assert vote_with("conditions", "no", "no", "no").state == "rejected"


def vote_with(*choices: str) -> Outcome:
    return decide(policy(), SEATS, (), votes(*choices))


def test_abstaining_weighs_on_eligible_and_present_but_not_on_cast() -> None:
    assert vote(yes=4, abstain=3).state == "rejected"
    assert vote(yes=4, abstain=3, basis="present").state == "rejected"
    assert vote(yes=4, abstain=3, basis="cast").state == "approved"


def test_absence_weighs_on_eligible_only() -> None:
    assert vote(yes=4).state == "rejected"
    present = vote(yes=4, basis="present")
    assert (present.state, present.needed) == ("approved", 3)


def test_of_votes_cast_an_exact_two_thirds_is_enough() -> None:
    carried = vote(yes=4, no=2, basis="cast")
    assert (carried.state, carried.needed) == ("approved", 4)
    assert vote(yes=3, no=2, basis="cast").state == "rejected"


def test_a_tie_carries_a_half_and_nothing_more() -> None:
    assert vote(yes=3, no=3, basis="cast", threshold=HALF).state == "approved"
    assert vote(yes=3, no=3, basis="cast", threshold=Fraction(501, 1000)).state == "rejected"


def test_of_votes_cast_a_minimum_must_have_been_cast() -> None:
    assert vote(yes=3, abstain=1, basis="cast", minimum_cast=4, threshold=HALF).state == "rejected"
    assert vote(yes=4, basis="cast", minimum_cast=4, threshold=HALF).state == "approved"
    nobody = vote(abstain=4, basis="cast")
    assert (nobody.state, nobody.needed) == ("rejected", 1)


def test_unknown_ballots_and_strangers_are_refused() -> None:
    with pytest.raises(BallotUnknown, match="maybe"):
        decide(policy(), SEATS, (), {"S1": "maybe"})
    with pytest.raises(NotSeated, match="S9"):
        decide(policy(), SEATS, (), {"S9": "yes"})


@pytest.mark.parametrize(
    "changes",
    [
        {"threshold": 0.667},
        {"quorum": 0.5},
        {"threshold": Fraction(0)},
        {"threshold": Fraction(8, 7)},
        {"quorum": Fraction(-1, 2)},
        {"quorum": Fraction(3, 2)},
        {"basis": "everybody"},
        {"floor": -1},
        {"quorum_floor": -1},
        {"minimum_cast": -1},
    ],
)
def test_a_policy_that_cannot_stand_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(PolicyInvalid):
        policy(**changes)


POLICIES = st.builds(
    Policy,
    threshold=st.fractions(Fraction(1, 12), 1, max_denominator=12),
    basis=st.sampled_from(Basis),
    quorum=st.fractions(0, 1, max_denominator=12),
    quorum_floor=st.integers(0, 8),
    floor=st.integers(0, 7),
    mandatory=st.frozensets(st.sampled_from(SEATS), max_size=2),
    veto=st.just(frozenset(SEATS)),
    minimum_cast=st.integers(0, 7),
)
BALLOTS = st.dictionaries(st.sampled_from(SEATS), st.sampled_from(Choice))
RECUSED = st.frozensets(st.sampled_from(SEATS), max_size=4)


@given(POLICIES, BALLOTS, RECUSED, st.randoms(use_true_random=False))
def test_the_order_of_seats_and_ballots_does_not_matter(
    policy: Policy, ballots: dict[str, Choice], recused: frozenset[str], random: Random
) -> None:
    seats, cast = list(SEATS), list(ballots.items())
    random.shuffle(seats)
    random.shuffle(cast)
    assert decide(policy, seats, recused, dict(cast)) == decide(policy, SEATS, recused, ballots)


@given(POLICIES, BALLOTS, BALLOTS, RECUSED)
def test_what_recused_seats_say_changes_nothing(
    policy: Policy, ballots: dict[str, Choice], others: dict[str, Choice], recused: frozenset[str]
) -> None:
    heard = {seat: choice for seat, choice in ballots.items() if seat not in recused}
    noise = {seat: choice for seat, choice in others.items() if seat in recused}
    assert decide(policy, SEATS, recused, {**heard, **noise}) == decide(policy, SEATS, recused, heard)


@given(POLICIES, BALLOTS, RECUSED, st.sampled_from(SEATS))
def test_turning_any_ballot_into_a_yes_never_loses_an_approval(
    policy: Policy, ballots: dict[str, Choice], recused: frozenset[str], seat: str
) -> None:
    before = decide(policy, SEATS, recused, ballots)
    after = decide(policy, SEATS, recused, {**ballots, seat: Choice.YES})
    assert not before.approves or after.approves


@given(POLICIES, BALLOTS, RECUSED)
def test_the_count_adds_up_and_an_approval_has_its_votes(
    policy: Policy, ballots: dict[str, Choice], recused: frozenset[str]
) -> None:
    outcome = decide(policy, SEATS, recused, ballots)
    assert outcome.yes + outcome.no + outcome.abstain == outcome.present <= outcome.eligible
    if outcome.approves:
        assert outcome.yes >= outcome.needed
        assert outcome.present >= outcome.quorum
        assert outcome.eligible >= policy.floor


@given(POLICIES, BALLOTS, RECUSED)
def test_recusing_below_the_floor_never_passes(
    policy: Policy, ballots: dict[str, Choice], recused: frozenset[str]
) -> None:
    outcome = decide(policy, SEATS, recused, ballots)
    if outcome.eligible < policy.floor:
        assert outcome.state == "escalated"


@pytest.mark.parametrize("basis", Basis)
def test_nobody_never_decides(basis: Basis) -> None:
    """No policy, however low its numbers, lets a motion pass without a vote."""
    lowest = Policy(Fraction(1, 100), basis, quorum=Fraction(0), quorum_floor=0, floor=0)
    assert decide(lowest, SEATS, SEATS, {}).state == "escalated"
    assert decide(lowest, (), (), {}).state == "escalated"
    silent = decide(lowest, SEATS, (), {})
    assert (silent.state, silent.needed) == ("inquorate", 1)
    for choice in ("abstain", "no"):
        assert decide(lowest, SEATS, (), votes(choice)).state == "rejected"
    assert decide(lowest, SEATS, (), votes("yes")).state == "approved"
