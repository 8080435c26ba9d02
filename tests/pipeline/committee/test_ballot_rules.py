import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kernel.errors import Refusal
from pipeline.committee import ballot_rules
from pipeline.committee.ballot_rules import BallotPaper, Poll, Standing, check_ballot, check_close, commitment
from pipeline.committee.motion_rules import BEFORE_OPENING, Capacity, MotionNotReady, MotionState
from pipeline.committee.rules import Choice, NotSeated, VetoWithoutRight
from pipeline.deals.moves import ReasonMissing

CLOSES = datetime(2026, 9, 4, 4, 0, tzinfo=UTC)
BEFORE = CLOSES - timedelta(seconds=1)
POLL = Poll("M26-001", MotionState.OPEN, "f" * 64, CLOSES, frozenset({"S1"}))
SEAT = Standing("S2", Capacity.LP, declared=True, recused=False)
YES = BallotPaper(Choice.YES, papers_hash="f" * 64)


def cast(
    poll: Poll = POLL,
    seat: Standing | None = SEAT,
    ballot: BallotPaper = YES,
    previous: BallotPaper | None = None,
    now: datetime = BEFORE,
) -> None:
    check_ballot(poll, seat, ballot, previous, voter="Li Wen", now=now)


def ballot(choice: Choice, *conditions: str, reason: str = "") -> BallotPaper:
    return BallotPaper(choice, conditions, reason, "f" * 64)


def test_a_good_ballot_passes_until_the_deadline() -> None:
    cast()
    with pytest.raises(ballot_rules.VotingClosed, match="2026-09-04T04:00"):
        cast(now=CLOSES)


@pytest.mark.parametrize(
    ("refusal", "act"),
    [
        (NotSeated, lambda: cast(seat=None)),
        (
            ballot_rules.ObserverCannotVote,
            lambda: cast(seat=replace(SEAT, capacity=Capacity.OBSERVER)),
        ),
        (ballot_rules.Recused, lambda: cast(seat=replace(SEAT, recused=True))),
        (ballot_rules.NotDeclared, lambda: cast(seat=replace(SEAT, declared=False))),
        (ballot_rules.VotingClosed, lambda: cast(poll=replace(POLL, state=MotionState.COUNTED))),
        (ballot_rules.StalePapers, lambda: cast(ballot=replace(YES, papers_hash="e" * 64))),
        (VetoWithoutRight, lambda: cast(ballot=ballot(Choice.VETO, reason="Too early."))),
        (ballot_rules.ConditionsMissing, lambda: cast(ballot=ballot(Choice.CONDITIONS))),
        (ballot_rules.ConditionsMissing, lambda: cast(ballot=ballot(Choice.CONDITIONS, "Insure.", " "))),
        (ballot_rules.ConditionsNotAsked, lambda: cast(ballot=ballot(Choice.YES, "Insure."))),
        (ReasonMissing, lambda: cast(previous=ballot(Choice.NO))),
    ],
)
def test_every_refusal_has_its_own_name(refusal: type[Refusal], act: Callable[[], None]) -> None:
    with pytest.raises(refusal):
        act()


@pytest.mark.parametrize("state", sorted(BEFORE_OPENING))
def test_nobody_votes_before_opening(state: MotionState) -> None:
    with pytest.raises(ballot_rules.VotingNotOpen):
        cast(poll=replace(POLL, state=state))


def test_a_motion_without_a_deadline_is_not_open() -> None:
    with pytest.raises(ballot_rules.VotingNotOpen):
        cast(poll=replace(POLL, closes_at=None))


def test_a_veto_needs_the_right_and_a_reason() -> None:
    chair = replace(SEAT, seat="S1")
    cast(seat=chair, ballot=ballot(Choice.VETO, reason="The appraisal is missing."))
    with pytest.raises(ReasonMissing, match="a veto"):
        cast(seat=chair, ballot=ballot(Choice.VETO, reason="  "))


def test_a_change_needs_a_reason_and_a_repetition_does_not() -> None:
    cast(previous=YES)
    cast(ballot=ballot(Choice.YES, reason="The test report convinced me."), previous=ballot(Choice.NO))
    cast(
        ballot=ballot(Choice.CONDITIONS, "Insure the line."),
        previous=ballot(Choice.CONDITIONS, "Insure the line."),
    )
    with pytest.raises(ReasonMissing, match="changing"):
        cast(ballot=ballot(Choice.CONDITIONS, "Insure it."), previous=ballot(Choice.CONDITIONS, "Insure."))


def test_the_commitment_can_be_recomputed_by_anyone() -> None:
    told = commitment(motion="M26-001", seat="S2", choice=Choice.YES, nonce="0f")
    assert told == hashlib.sha256(b"M26-001|S2|yes|0f").hexdigest()


def test_closing_waits_for_the_deadline_unless_the_policy_lets_it_go_early() -> None:
    check_close(POLL, early=False, early_allowed=False, now=CLOSES)
    check_close(POLL, early=True, early_allowed=True, now=BEFORE)
    for early, allowed in ((False, True), (True, False), (False, False)):
        with pytest.raises(ballot_rules.VotingStillOpen):
            check_close(POLL, early=early, early_allowed=allowed, now=BEFORE)
    with pytest.raises(MotionNotReady):
        check_close(replace(POLL, state=MotionState.DRAFT), early=False, early_allowed=False, now=CLOSES)
