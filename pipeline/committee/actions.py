"""From locked papers to a decision: conflicts declared, the vote opened, ballots cast, closed and counted."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from fund.parties.conflict_rules import Conflicted, recusing
from kernel.db import Tx
from kernel.errors import Conflict
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from pipeline.committee.ballot_rules import BallotPaper, Poll, check_ballot, check_close, commitment
from pipeline.committee.counting import count
from pipeline.committee.drafting import (
    CompanyChanged,
    check_before_committee,
    check_unchanged,
    company_of,
    tell,
)
from pipeline.committee.models import Ballot, Declaration, Motion, MotionSeat
from pipeline.committee.motion_rules import (
    DECLARABLE,
    INVESTMENTS,
    UNSEALED,
    DeclarationMissing,
    MotionState,
    Source,
    check_declaration,
    check_state,
    deadline,
)
from pipeline.committee.queries import decision, own_ballot, own_standing
from pipeline.committee.recusals import let_back_in, recuse, require_manager_or_chair, write_found
from pipeline.committee.rules import Choice, NotSeated, read_choice
from pipeline.committee.sheets import BallotSheet, DecisionSheet, MotionLine, ballot_paper, ballot_sheet
from pipeline.committee.standing import (
    SeatStanding,
    electorate_of,
    motion_row,
    policy_in_force,
    policy_of,
)
from pipeline.deals.queries import deal
from pipeline.diligence.queries import blocking_of


class DiligenceBlocks(Conflict):
    code = "diligence_blocks"
    says = "Motion {motion} cannot be opened; the diligence of {deal} has come undone:"


def declare(
    tx: Tx,
    actor: Actor,
    *,
    motion_id: int,
    is_nil: bool,
    conflicts: Sequence[Conflicted] = (),
    now: datetime,
) -> SeatStanding:
    """Declare one's conflicts of interest in a motion, or that there is none.

    A conflict of a kind the policy lists recuses at once, as does one found in the graph of parties; others are
    noted. Whoever is recused does not see the deal any more, until two people have withdrawn the recusal or none is
    declared in a later motion on the deal. Until voting closes a further declaration may add to it. Returns where the
    seat stands now.
    """
    actor.require(Role.COMMITTEE)
    motion = motion_row(tx, actor, motion_id=motion_id, lock=True)
    check_state(motion.code, motion.state, DECLARABLE, "take declarations")
    check_declaration(is_nil, conflicts)
    mine = _own(tx, actor, motion, now)
    told = [{"kind": conflict.kind.value, "statement": conflict.statement.strip()} for conflict in conflicts]
    tx.add(
        Declaration(
            motion_id=motion.key,
            seat_id=mine.seat.id,
            user_id=mine.seat.user_id,
            is_nil=is_nil,
            conflicts=told,
            recorded_at=now,
        )
    )
    kinds = policy_of(tx, motion=motion, on=day_in_beijing(now)).recusing
    for conflict in recusing(conflicts, kinds):
        recuse(tx, actor, motion=motion, seat=mine.seat, source=Source.DECLARED, conflict=conflict, now=now)
    if motion.state == MotionState.PAPERS_LOCKED:
        motion.state = MotionState.DECLARATIONS
    detail = {"seat": mine.seat.code, "is_nil": is_nil, "conflicts": told}
    tell(tx, actor, motion=motion, action="motion.declared", detail=detail, now=now)
    mine = _own(tx, actor, motion, now)
    if not mine.is_recused:
        let_back_in(tx, motion=motion, user_id=mine.seat.user_id, now=now)
    return mine


def open_motion(
    tx: Tx, actor: Actor, *, motion_id: int, closes_at: datetime | None = None, now: datetime
) -> MotionLine:
    """Open the vote under the policy in force today, until the end of its window or later.

    Who votes is settled now: the seats are frozen, and whoever is seated or leaves later changes nothing in this
    vote. A holder who leaves may still vote; a seat that stays silent is absent. Refused: a seat that has not
    declared and is not recused (DeclarationMissing), a diligence that has come undone (DiligenceBlocks), a deal
    that has left the committee, is about another company (CompanyChanged) or no longer what the papers were locked
    for (FactsChanged).
    """
    actor.require(Role.MANAGER)
    motion = motion_row(tx, actor, motion_id=motion_id, lock=True)
    ready = {MotionState.PAPERS_LOCKED, MotionState.DECLARATIONS}
    check_state(motion.code, motion.state, ready, "be opened")
    if motion.matter in INVESTMENTS:
        _check_ready(tx, motion)
    today = day_in_beijing(now)
    policy = policy_in_force(tx, fund_id=motion.fund_id, matter=motion.matter, on=today)
    seated = write_found(tx, actor, motion=motion, on=today, now=now)
    silent = [one.seat.code for one in seated if not one.is_declared and not one.is_recused]
    if silent:
        raise DeclarationMissing(seats=", ".join(silent))
    motion.closes_at = deadline(now, policy.window_hours, closes_at)
    _freeze(tx, motion, seated, now)
    motion.policy_id, motion.opened_at, motion.state = policy.id, now, MotionState.OPEN
    detail = {
        "motion": motion.code,
        "policy": policy.version,
        "papers_hash": motion.papers_hash,
        "closes_at": motion.closes_at.isoformat(),
        "seats": [one.seat.code for one in seated],
        "electorate": electorate_of(one.seat for one in seated),
    }
    return tell(tx, actor, motion=motion, action="motion.opened", detail=detail, now=now)


def cast_ballot(
    tx: Tx,
    actor: Actor,
    *,
    motion_id: int,
    choice: Choice | str,
    conditions: Sequence[str] = (),
    reason: str | None = None,
    papers_hash: str,
    now: datetime,
) -> BallotSheet:
    """Cast one's ballot, or replace it with a reason; the same ballot again changes nothing.

    The ballot is sealed. Its own row, which can only be added, is its record: the audit trail learns of it at the
    close, because a line written now would tell who has voted, when, and how many have. The voter keeps the
    commitment as a receipt (see `receipts`). Refused: see `ballot_rules.check_ballot`.
    """
    actor.require(Role.COMMITTEE)
    motion = motion_row(tx, actor, motion_id=motion_id, lock=True)
    mine = own_standing(tx, actor, motion=motion, now=now)
    previous = own_ballot(tx, motion=motion, seat_id=mine.seat.id) if mine else None
    told = tuple(text.strip() for text in conditions)
    ballot = BallotPaper(read_choice(choice), told, (reason or "").strip(), papers_hash)
    before = ballot_paper(previous) if previous else None
    standing = mine.standing if mine else None
    check_ballot(_poll(tx, motion), standing, ballot, before, voter=actor.name, now=now)
    if previous is not None and ballot.is_same(before):
        return ballot_sheet(previous)
    assert mine is not None
    return ballot_sheet(_keep(tx, motion, mine, ballot, replaces=previous.key if previous else None, now=now))


def close_motion(
    tx: Tx, actor: Actor, *, motion_id: int, early: bool = False, now: datetime
) -> DecisionSheet:
    """Close the vote at its deadline, unseal the ballots and count them; a closed motion gives its decision.

    With `early` before the deadline, where the policy allows it. An approval of an investment sends the deal on
    to closing. Refused: anybody but the manager and the chair, and too early a close (VotingStillOpen).
    """
    motion = motion_row(tx, actor, motion_id=motion_id, lock=True)
    require_manager_or_chair(tx, actor, motion=motion, now=now)
    if motion.state in UNSEALED:
        return decision(tx, motion_id=motion_id)
    policy = policy_of(tx, motion=motion, on=day_in_beijing(now))
    check_close(_poll(tx, motion), early=early, early_allowed=policy.early_close, now=now)
    seated = write_found(tx, actor, motion=motion, on=day_in_beijing(now), now=now)
    return count(tx, actor, motion=motion, policy=policy, seated=seated, now=now)


def _freeze(tx: Tx, motion: Motion, seated: Sequence[SeatStanding], now: datetime) -> None:
    for one in seated:
        facts = asdict(one.seat)
        tx.add(MotionSeat(motion_id=motion.key, seat_id=facts.pop("id"), recorded_at=now, **facts))
    tx.flush()


def _keep(
    tx: Tx, motion: Motion, mine: SeatStanding, ballot: BallotPaper, *, replaces: int | None, now: datetime
) -> Ballot:
    nonce = secrets.token_hex(16)
    seal = commitment(motion=motion.code, seat=mine.seat.code, choice=ballot.choice, nonce=nonce)
    row = Ballot(
        motion_id=motion.key,
        round=motion.round,
        seat_id=mine.seat.id,
        voter_id=mine.seat.user_id,
        replaces=replaces,
        choice=ballot.choice,
        conditions=list(ballot.conditions),
        reason=ballot.reason,
        papers_hash=ballot.papers_hash,
        nonce=nonce,
        commitment=seal,
        cast_at=now,
    )
    tx.add(row)
    tx.flush()
    return row


def _poll(tx: Tx, motion: Motion) -> Poll:
    veto: frozenset[str] = frozenset()
    if motion.opened_at is not None:
        policy = policy_of(tx, motion=motion, on=day_in_beijing(motion.opened_at)).policy
        veto = frozenset(str(seat) for seat in policy.veto)
    return Poll(motion.code, motion.state, motion.papers_hash, motion.closes_at, veto)


def _own(tx: Tx, actor: Actor, motion: Motion, now: datetime) -> SeatStanding:
    mine = own_standing(tx, actor, motion=motion, now=now)
    if mine is None:
        raise NotSeated(seat=actor.name)
    return mine


def _check_ready(tx: Tx, motion: Motion) -> None:
    about = deal(tx, deal_id=motion.deal_id)
    check_before_committee(about)
    if motion.company_id is None or company_of(tx, about=about) != motion.company_id:
        raise CompanyChanged(deal=about.code, motion=motion.code)
    check_unchanged(motion, about)
    problems = blocking_of(tx, deal_id=motion.deal_id)
    if problems:
        raise DiligenceBlocks(motion=motion.code, deal=about.code, problems=problems)
