"""Proving the committee's decisions: each can be counted again from the audit trail alone.

The trail holds who may vote from the opening on and, from the close, what every ballot said. A ballot altered
afterwards does not open its commitment, which its voter holds as a receipt; one left out or slipped in changes the
count, or comes from nobody who might vote.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sqlmodel import col, select

from kernel.audit.models import AuditEvent
from kernel.audit.rules import Break
from kernel.blobs.queries import get
from kernel.db import Tx
from pipeline.committee.ballot_rules import commitment
from pipeline.committee.models import Ballot, Decision, Motion, MotionPaper
from pipeline.committee.motion_rules import papers_hash
from pipeline.committee.rules import Basis, Choice, Outcome, Policy, decide
from pipeline.committee.standing import SeatSheet, electorate_of, seats_of, suspensions


def prove(tx: Tx) -> list[Break]:
    """Count every decision again from the trail; each break names its motion."""
    breaks: list[Break] = []
    statement = select(Decision, Motion).join(Motion, col(Motion.id) == Decision.motion_id)
    for row, motion in tx.exec(statement.order_by(col(Decision.id))):
        breaks += [Break(f"motion {motion.code}", what) for what in _faults(tx, row, motion)]
    return breaks


def recount(detail: Mapping[str, Any]) -> Outcome:
    """What the trail's record of a closed motion ("motion.closed") counts to."""
    ballots = {vote["seat"]: vote["choice"] for vote in detail["votes"] if vote["counted"]}
    # Votes closed before seats could be suspended name none.
    away = {*detail["recused"], *detail.get("suspended", ())}
    return decide(_policy(detail["policy"]), detail["seats"], away, ballots)


def _faults(tx: Tx, row: Decision, motion: Motion) -> Iterator[str]:
    closed = _event(tx, motion, "motion.closed")
    if closed is None:
        yield "the audit trail does not hold its close"
        return
    held = seats_of(tx, motion=motion)
    yield from _seat_faults(tx, motion, held, closed)
    for vote in closed["votes"]:
        yield from _vote_faults(motion.code, vote)
    ballots = list(tx.exec(select(Ballot).where(Ballot.motion_id == motion.key)))
    if sorted(vote["commitment"] for vote in closed["votes"]) != sorted(one.commitment for one in ballots):
        yield "its ballots are not those that were revealed at the close"
    yield from _ballot_faults(motion, held, ballots)
    if recount(closed) != _outcome(row):
        yield "its ballots do not count to the decision that is kept"
    if _papers(tx, row) != row.papers_hash:
        yield "its papers are not those that were voted on"


def _event(tx: Tx, motion: Motion, action: str) -> dict[str, Any] | None:
    about = AuditEvent.subject == f"motion:{motion.key}"
    found = tx.exec(select(AuditEvent).where(AuditEvent.action == action, about)).one_or_none()
    return dict(found.detail) if found else None


def _seat_faults(
    tx: Tx, motion: Motion, held: Sequence[SeatSheet], closed: Mapping[str, Any]
) -> Iterator[str]:
    opened = _event(tx, motion, "motion.opened") or {}
    # Votes opened before seats were frozen have no fingerprint of them.
    if opened.get("electorate", electorate_of(held)) != electorate_of(held):
        yield "its seats are not those of its opening"
    if sorted(closed["seats"]) != sorted(seat.code for seat in held if seat.has_vote):
        yield "it was not counted over the seats of its opening"
    suspended = suspensions(tx, motion=motion)
    if not {*closed.get("suspended", ())} <= {seat.code for seat in held if seat.id in suspended}:
        yield "a seat was left out as suspended that is not"


def _vote_faults(motion: str, vote: Mapping[str, Any]) -> Iterator[str]:
    opened = commitment(motion=motion, seat=vote["seat"], choice=Choice(vote["choice"]), nonce=vote["nonce"])
    if opened != vote["commitment"]:
        yield f"the ballot of {vote['seat']} does not open its commitment"


def _ballot_faults(motion: Motion, held: Sequence[SeatSheet], ballots: Sequence[Ballot]) -> Iterator[str]:
    seats = {seat.id: seat for seat in held}
    assert motion.opened_at is not None
    assert motion.closed_at is not None
    for row in ballots:
        seat = seats.get(row.seat_id)
        if seat is None or seat.user_id != row.voter_id:
            yield f"a ballot of seat {row.seat_id} is not of one who might vote"
        elif not motion.opened_at <= row.cast_at <= motion.closed_at:
            yield f"the ballot of {seat.code} was not cast while the vote was open"


def _policy(told: Mapping[str, Any]) -> Policy:
    return Policy(
        threshold=Fraction(told["threshold"]),
        basis=Basis(told["basis"]),
        quorum=Fraction(told["quorum"]),
        quorum_floor=told["quorum_floor"],
        floor=told["floor"],
        mandatory=frozenset(told["mandatory"]),
        veto=frozenset(told["veto"]),
        minimum_cast=told["minimum_cast"],
    )


def _outcome(row: Decision) -> Outcome:
    return Outcome(
        row.verdict, row.eligible, row.needed, row.yes, row.no, row.abstain, row.present, row.quorum
    )


def _papers(tx: Tx, row: Decision) -> str:
    statement = select(MotionPaper.sha256).where(
        MotionPaper.motion_id == row.motion_id, MotionPaper.round == row.round
    )
    hashes = [get(tx, sha256=one).sha256 for one in tx.exec(statement.order_by(col(MotionPaper.position)))]
    return papers_hash(hashes)
