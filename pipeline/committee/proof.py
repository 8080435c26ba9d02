"""Proving the committee's decisions: each can be counted again from the audit trail alone.

The trail holds the commitments of all ballots as they were cast and, from the close, what each of them said. A
ballot slipped in, left out or altered afterwards does not open its commitment, or changes the count.
"""

from collections.abc import Iterator, Mapping
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


def prove(tx: Tx) -> list[Break]:
    """Count every decision again from the trail; each break names its motion."""
    cast = _commitments(tx)
    breaks: list[Break] = []
    statement = select(Decision, Motion).join(Motion, col(Motion.id) == Decision.motion_id)
    for row, motion in tx.exec(statement.order_by(col(Decision.id))):
        breaks += [Break(f"motion {motion.code}", what) for what in _faults(tx, row, motion, cast)]
    return breaks


def recount(detail: Mapping[str, Any]) -> Outcome:
    """What the trail's record of a closed motion ("motion.closed") counts to."""
    ballots = {vote["seat"]: vote["choice"] for vote in detail["votes"] if vote["counted"]}
    return decide(_policy(detail["policy"]), detail["seats"], detail["recused"], ballots)


def _faults(tx: Tx, row: Decision, motion: Motion, cast: Mapping[str, int]) -> Iterator[str]:
    closed = tx.exec(
        select(AuditEvent).where(
            AuditEvent.action == "motion.closed", AuditEvent.subject == f"motion:{motion.key}"
        )
    ).one_or_none()
    if closed is None:
        yield "the audit trail does not hold its close"
        return
    detail: dict[str, Any] = dict(closed.detail)
    for vote in detail["votes"]:
        yield from _vote_faults(motion.code, vote, cast, closed.number)
    revealed = sorted(vote["commitment"] for vote in detail["votes"])
    if revealed != sorted(tx.exec(select(Ballot.commitment).where(Ballot.motion_id == motion.key))):
        yield "its ballots are not those that were revealed at the close"
    if recount(detail) != _outcome(row):
        yield "its ballots do not count to the decision that is kept"
    if _papers(tx, row) != row.papers_hash:
        yield "its papers are not those that were voted on"


def _vote_faults(motion: str, vote: Mapping[str, Any], cast: Mapping[str, int], closed: int) -> Iterator[str]:
    opened = commitment(motion=motion, seat=vote["seat"], choice=Choice(vote["choice"]), nonce=vote["nonce"])
    if opened != vote["commitment"]:
        yield f"the ballot of {vote['seat']} does not open its commitment"
    if cast.get(vote["commitment"], closed) >= closed:
        yield f"the ballot of {vote['seat']} was not cast before the close"


def _commitments(tx: Tx) -> dict[str, int]:
    """Every commitment in the trail, with the number of its event."""
    statement = select(AuditEvent).where(AuditEvent.action == "ballot.cast")
    return {str(event.detail["commitment"]): event.number for event in tx.exec(statement)}


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
