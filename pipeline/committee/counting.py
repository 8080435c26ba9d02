"""Unsealing and counting a motion's ballots, and what follows from the count."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlmodel import col, select

from kernel.audit.actions import record
from kernel.db import Tx
from kernel.errors import Conflict
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from pipeline.committee.drafting import check_unchanged
from pipeline.committee.models import Ballot, Condition, Decision, Motion
from pipeline.committee.motion_rules import (
    INVESTMENTS,
    MotionState,
    check_state,
    expires_on,
    has_lapsed,
)
from pipeline.committee.pinned import changed_facts
from pipeline.committee.queries import approval, decision
from pipeline.committee.rules import Choice, Outcome, Policy, Verdict, decide
from pipeline.committee.sheets import DecisionSheet, decision_sheet
from pipeline.committee.standing import PolicySheet, SeatStanding, motion_row
from pipeline.deals.actions import move
from pipeline.deals.queries import deal
from pipeline.deals.rules import Gate, Stage, Status, missing
from pipeline.deals.sheets import facts_of


class NotApproved(Conflict):
    code = "deal_not_approved"
    says = "{deal} has no approval of the committee that still holds."


class ApprovalHolds(Conflict):
    code = "approval_holds"
    says = "The approval of motion {motion} holds until {expires_on}."


def count(
    tx: Tx,
    actor: Actor,
    *,
    motion: Motion,
    policy: PolicySheet,
    seated: Sequence[SeatStanding],
    now: datetime,
) -> DecisionSheet:
    """Close `motion`, count its ballots and write the decision, its conditions and the named votes down.

    A suspended seat is out of the eligible, unless it had voted on these papers before: that ballot stands.
    """
    _unseal(tx, motion, now)
    every = _ballots(tx, motion)
    codes = {one.seat.id: one.seat.code for one in seated}
    last = _that_count(motion, every, codes)
    recused = {one.seat.code for one in seated if one.is_recused}
    gone = {one.seat.code for one in seated if one.is_suspended} - last.keys() - recused
    voting = [one.seat.code for one in seated if one.seat.has_vote]
    outcome = decide(policy.policy, voting, recused | gone, {seat: row.choice for seat, row in last.items()})
    counted = {row.key for seat, row in last.items() if seat not in recused}
    row = _decision(tx, motion, policy, outcome, now)
    if outcome.state == Verdict.APPROVED_WITH_CONDITIONS:
        _conditions(tx, motion, [one for one in last.values() if one.key in counted], now)
    motion.state, motion.verdict = MotionState.COUNTED, outcome.state
    tx.add(motion)
    tx.flush()
    detail = {
        **_header(motion, policy, outcome),
        "seats": voting,
        "recused": sorted(recused),
        "suspended": sorted(gone),
        "votes": [_revealed(one, codes, seated, one.key in counted) for one in every],
    }
    record(tx, actor, action="motion.closed", subject=f"motion:{motion.key}", detail=detail, now=now)
    if outcome.approves and motion.matter in INVESTMENTS:
        _send_on(tx, actor, motion=motion, now=now)
    return decision_sheet(row)


def send_to_closing(tx: Tx, actor: Actor, *, deal_id: int, now: datetime) -> None:
    """Send a deal with an approval that still holds to closing: for one that could not go on when it was given.

    Refused: no approval that holds, or one from before the deal was sent back (NotApproved); a deal that is not what
    was voted on (FactsChanged).
    """
    actor.require(Role.MANAGER)
    about = deal(tx, deal_id=deal_id)
    held = approval(tx, deal_id=deal_id, as_of=day_in_beijing(now))
    if held is None or held.decided_at < about.entered_stage_at:
        raise NotApproved(deal=about.code)
    check_unchanged(tx.get_one(Motion, held.motion_id), about)
    move(tx, actor, deal_id=deal_id, to=Stage.CLOSING, gate=Gate.COMMITTEE, now=now)


def lapse(tx: Tx, actor: Actor, *, motion_id: int, now: datetime) -> MotionState:
    """Mark an approval that was not carried out in time as lapsed; one that has ended already stays as it did.

    Refused: while the approval holds (ApprovalHolds), and where there is none (NotApproved).
    """
    actor.require(Role.MANAGER)
    motion = motion_row(tx, actor, motion_id=motion_id, lock=True)
    if motion.state in {MotionState.EXECUTED, MotionState.LAPSED}:
        return motion.state
    check_state(motion.code, motion.state, {MotionState.COUNTED, MotionState.MINUTED}, "lapse")
    decided = decision(tx, motion_id=motion_id)
    if not decided.outcome.approves:
        raise NotApproved(deal=deal(tx, deal_id=motion.deal_id).code)
    if not has_lapsed(decided.expires_on, day_in_beijing(now)):
        raise ApprovalHolds(motion=motion.code, expires_on=decided.expires_on)
    _go_on(tx, actor, motion, MotionState.LAPSED, "motion.lapsed", now)
    return motion.state


def execute(tx: Tx, actor: Actor, *, motion_id: int, now: datetime) -> None:
    """Mark an approval as carried out; closing calls this with the first money. Harmless to repeat."""
    motion = motion_row(tx, actor, motion_id=motion_id, lock=True)
    if motion.state == MotionState.EXECUTED:
        return
    check_state(motion.code, motion.state, {MotionState.COUNTED, MotionState.MINUTED}, "be carried out")
    _go_on(tx, actor, motion, MotionState.EXECUTED, "motion.executed", now)


def _go_on(tx: Tx, actor: Actor, motion: Motion, state: MotionState, action: str, now: datetime) -> None:
    motion.state = state
    tx.add(motion)
    tx.flush()
    detail = {"motion": motion.code}
    record(tx, actor, action=action, subject=f"motion:{motion.key}", detail=detail, now=now)


def _unseal(tx: Tx, motion: Motion, now: datetime) -> None:
    """Close the motion first: only then does the database let its ballots be read."""
    assert motion.closes_at is not None
    motion.state, motion.closed_at = MotionState.CLOSED, now
    motion.is_closed_early = now < motion.closes_at
    tx.add(motion)
    tx.flush()


def _ballots(tx: Tx, motion: Motion) -> list[Ballot]:
    statement = select(Ballot).where(Ballot.motion_id == motion.key).order_by(col(Ballot.id))
    return list(tx.exec(statement))


def _that_count(motion: Motion, every: Sequence[Ballot], codes: Mapping[int, str]) -> dict[str, Ballot]:
    """The last ballot of each seat on the present papers."""
    return {
        codes[row.seat_id]: row
        for row in every
        if row.round == motion.round and row.papers_hash == motion.papers_hash
    }


def _decision(tx: Tx, motion: Motion, policy: PolicySheet, outcome: Outcome, now: datetime) -> Decision:
    assert motion.papers_hash is not None
    row = Decision(
        motion_id=motion.key,
        deal_id=motion.deal_id,
        policy_id=policy.id,
        round=motion.round,
        papers_hash=motion.papers_hash,
        verdict=outcome.state,
        eligible=outcome.eligible,
        present=outcome.present,
        quorum=outcome.quorum,
        needed=outcome.needed,
        yes=outcome.yes,
        no=outcome.no,
        abstain=outcome.abstain,
        amount=motion.amount if outcome.approves else None,
        decided_at=now,
        expires_on=expires_on(now, policy.expiry_days) if outcome.approves else None,
    )
    tx.add(row)
    tx.flush()
    return row


def _conditions(tx: Tx, motion: Motion, ballots: Sequence[Ballot], now: datetime) -> None:
    asked = [
        (row.seat_id, says) for row in ballots if row.choice == Choice.CONDITIONS for says in row.conditions
    ]
    for number, (seat_id, says) in enumerate(asked, 1):
        condition = Condition(
            motion_id=motion.key,
            deal_id=motion.deal_id,
            number=number,
            seat_id=seat_id,
            says=says,
            recorded_at=now,
        )
        tx.add(condition)
    tx.flush()


def _header(motion: Motion, policy: PolicySheet, outcome: Outcome) -> dict[str, object]:
    return {
        "motion": motion.code,
        "round": motion.round,
        "papers_hash": motion.papers_hash,
        "closed_early": motion.is_closed_early,
        "policy": {"version": policy.version, **written(policy.policy)},
        "outcome": asdict(outcome),
    }


def written(policy: Policy) -> dict[str, object]:
    """A policy as the audit trail keeps it; fractions as text."""
    return {
        "threshold": str(policy.threshold),
        "basis": str(policy.basis),
        "quorum": str(policy.quorum),
        "quorum_floor": policy.quorum_floor,
        "floor": policy.floor,
        "minimum_cast": policy.minimum_cast,
        "mandatory": sorted(str(seat) for seat in policy.mandatory),
        "veto": sorted(str(seat) for seat in policy.veto),
    }


def _revealed(
    row: Ballot, codes: Mapping[int, str], seated: Sequence[SeatStanding], is_counted: bool
) -> dict[str, object]:
    names = {one.seat.id: one.seat.name for one in seated}
    return {
        "seat": codes[row.seat_id],
        "name": names[row.seat_id],
        "round": row.round,
        "choice": row.choice.value,
        "conditions": row.conditions,
        "reason": row.reason,
        "nonce": row.nonce,
        "commitment": row.commitment,
        "counted": is_counted,
    }


def _send_on(tx: Tx, actor: Actor, *, motion: Motion, now: datetime) -> None:
    """Move the approved deal to closing, unless it rests, lacks something or is not what was voted on.

    The vote counts all the same.
    """
    about = deal(tx, deal_id=motion.deal_id)
    is_ready = about.stage == Stage.COMMITTEE and about.status == Status.ACTIVE
    if is_ready and not changed_facts(motion, about) and not missing(facts_of(about), Stage.CLOSING):
        move(tx, actor, deal_id=motion.deal_id, to=Stage.CLOSING, gate=Gate.COMMITTEE, now=now)
