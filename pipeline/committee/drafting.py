"""Drafting a motion and pinning its papers."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select

from fund.mandates.veto_rules import VetoState
from fund.results.exposure_rules import Promised
from kernel.audit.actions import record
from kernel.blobs.queries import get
from kernel.db import Tx, lock
from kernel.errors import Conflict
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from pipeline.committee.mandates import MandateLine, ask_vetoes, kept_with_papers, mandate_lines
from pipeline.committee.models import Motion, MotionPaper
from pipeline.committee.motion_rules import (
    BEFORE_OPENING,
    DECLARABLE,
    INVESTMENTS,
    Matter,
    MotionState,
    Paper,
    PapersUnchanged,
    check_papers,
    check_state,
    deadline,
    papers_hash,
)
from pipeline.committee.pinned import changed_facts, pinned_facts
from pipeline.committee.proposed import proposal_of
from pipeline.committee.recusals import write_found
from pipeline.committee.sheets import MotionLine, line
from pipeline.committee.standing import motion_row, policy_of
from pipeline.deals.moves import check_reason
from pipeline.deals.queries import deal
from pipeline.deals.rules import Stage, Status
from pipeline.deals.sheets import DealSheet
from pipeline.spinouts.queries import spinout


class DealNotBeforeCommittee(Conflict):
    code = "deal_not_before_committee"
    says = "{deal} is {status} at {stage}; a motion to invest needs it active at committee."


class CompanyMissing(Conflict):
    code = "motion_company_missing"
    says = "{deal} names no company; without one nobody's conflicts can be looked for."


class CompanyChanged(Conflict):
    code = "motion_company_changed"
    says = "{deal} is about another company than motion {motion} was drafted for; draft a new motion."


class FactsChanged(Conflict):
    code = "motion_facts_changed"
    says = (
        "{deal} is not what the papers of motion {motion} were locked for: {fields}. Change it back, or replace the "
        "papers before the vote ends."
    )


class MotionPending(Conflict):
    code = "motion_pending"
    says = "Motion {motion} on the same matter is still under way."


def draft_motion(
    tx: Tx,
    actor: Actor,
    *,
    deal_id: int,
    matter: Matter,
    title: str,
    proposal: str = "",
    amount: int | None = None,
    now: datetime,
) -> MotionLine:
    """Draft a motion on a deal. `amount` (minor units) is the most an approval commits; the deal's by default.

    The company is pinned: conflicts are looked for against it until the count. Refused: a motion to invest in a
    deal that is not active at the committee stage, or that names no company; a second motion on the same matter
    while one is under way.
    """
    actor.require(Role.MANAGER, Role.ANALYST)
    lock(tx, "motions")
    about = deal(tx, deal_id=deal_id)
    if matter in INVESTMENTS:
        check_before_committee(about)
    _check_none_pending(tx, deal_id, matter)
    company = company_of(tx, about=about)
    if company is None and matter in INVESTMENTS:
        raise CompanyMissing(deal=about.code)
    motion = Motion(
        code=_next_code(tx, now),
        fund_id=about.fund_id,
        deal_id=deal_id,
        company_id=company,
        matter=matter,
        title=title.strip(),
        proposal=proposal.strip(),
        amount=about.amount if amount is None else amount,
        currency=about.currency,
        state=MotionState.DRAFT,
        drafted_by=actor.name,
        recorded_at=now,
    )
    tx.add(motion)
    tx.flush()
    detail = {"motion": motion.code, "deal": about.code, "matter": matter, "amount": motion.amount}
    return tell(tx, actor, motion=motion, action="motion.drafted", detail=detail, now=now)


def lock_papers(
    tx: Tx,
    actor: Actor,
    *,
    motion_id: int,
    papers: Sequence[Paper],
    promised: Sequence[Promised] = (),
    now: datetime,
) -> MotionLine:
    """Pin the papers of a draft by what they hold, and the deal's facts; seats may now declare their conflicts.
    `promised`: what is approved and not paid, beside which the mandates are answered.

    Refused: no paper, a paper twice, bytes that are not kept.
    """
    actor.require(Role.MANAGER, Role.ANALYST)
    motion = motion_row(tx, actor, motion_id=motion_id, lock=True)
    check_state(motion.code, motion.state, {MotionState.DRAFT}, "have its papers locked")
    _pin(tx, actor, motion, papers, promised, now)
    motion.state = MotionState.PAPERS_LOCKED
    write_found(tx, actor, motion=motion, on=day_in_beijing(now), now=now)
    return tell(
        tx, actor, motion=motion, action="motion.papers_locked", detail=_pinned(motion, papers), now=now
    )


def replace_papers(
    tx: Tx,
    actor: Actor,
    *,
    motion_id: int,
    papers: Sequence[Paper],
    reason: str,
    closes_at: datetime | None = None,
    promised: Sequence[Promised] = (),
    now: datetime,
) -> MotionLine:
    """Put other papers in the place of the locked ones: a new round, on the deal as it is. Ballots cast are void.

    While voting is open the policy's whole window begins again, or ends later: at `closes_at`, or when it
    was to end before.
    Refused: the same papers again, no reason.
    """
    actor.require(Role.MANAGER)
    motion = motion_row(tx, actor, motion_id=motion_id, lock=True)
    check_state(motion.code, motion.state, DECLARABLE, "have its papers replaced")
    why = check_reason("replacing papers", reason)
    if papers_hash([paper.sha256 for paper in papers]) == motion.papers_hash:
        raise PapersUnchanged(motion=motion.code)
    motion.round += 1
    _pin(tx, actor, motion, papers, promised, now)
    if motion.state == MotionState.OPEN:
        window = policy_of(tx, motion=motion, on=day_in_beijing(now)).window_hours
        assert motion.closes_at is not None
        motion.closes_at = max(motion.closes_at, deadline(now, window, closes_at))
    detail = {**_pinned(motion, papers), "reason": why}
    return tell(tx, actor, motion=motion, action="motion.papers_replaced", detail=detail, now=now)


def company_of(tx: Tx, *, about: DealSheet) -> int | None:
    """The deal's company as a party."""
    return spinout(tx, spinout_id=about.spinout_id).party_id if about.spinout_id is not None else None


def check_unchanged(motion: Motion, about: DealSheet) -> None:
    """Refuse a deal of which anything that the committee decides on has changed since the papers were locked."""
    changed = changed_facts(motion, about)
    if changed:
        raise FactsChanged(deal=about.code, motion=motion.code, fields=", ".join(changed))


def check_before_committee(about: DealSheet) -> None:
    """Refuse a deal that is not active at the committee stage."""
    if about.stage != Stage.COMMITTEE or about.status != Status.ACTIVE:
        raise DealNotBeforeCommittee(deal=about.code, status=about.status, stage=about.stage)


def tell(
    tx: Tx, actor: Actor, *, motion: Motion, action: str, detail: Mapping[str, object], now: datetime
) -> MotionLine:
    """Write the motion and one line of the audit trail; the motion as it is now."""
    tx.add(motion)
    tx.flush()
    record(tx, actor, action=action, subject=f"motion:{motion.key}", detail=detail, now=now)
    return line(motion)


def _pin(
    tx: Tx,
    actor: Actor,
    motion: Motion,
    papers: Sequence[Paper],
    promised: Sequence[Promised],
    now: datetime,
) -> None:
    check_papers(papers)
    for position, paper in enumerate(papers, 1):
        get(tx, sha256=paper.sha256)
        tx.add(
            MotionPaper(
                motion_id=motion.key,
                round=motion.round,
                position=position,
                title=paper.title.strip(),
                sha256=paper.sha256,
                recorded_at=now,
            )
        )
    motion.papers_hash = papers_hash([paper.sha256 for paper in papers])
    about = deal(tx, deal_id=motion.deal_id)
    motion.pinned = pinned_facts(motion, about)
    motion.mandates = _mandates(tx, actor, motion, about, promised, now)
    tx.add(motion)
    tx.flush()


def _mandates(
    tx: Tx, actor: Actor, motion: Motion, about: DealSheet, promised: Sequence[Promised], now: datetime
) -> dict[str, object]:
    """What partners' mandates say to the deal; the partners whose veto covers it are asked with the papers."""
    if motion.matter not in INVESTMENTS or not motion.amount or motion.company_id is None:
        return {}
    on = day_in_beijing(now)
    proposal = proposal_of(tx, about=about, company=motion.company_id, amount=motion.amount, on=on)

    def answered() -> tuple[MandateLine, ...]:
        return mandate_lines(
            tx, fund_id=about.fund_id, subject=about.code, proposal=proposal, on=on, promised=promised
        )

    found = answered()
    if any(one.state is VetoState.NOT_ASKED for one in found):
        ask_vetoes(tx, actor, about=about, proposal=proposal, now=now)
        found = answered()
    return kept_with_papers(found, on=on)


def _pinned(motion: Motion, papers: Sequence[Paper]) -> dict[str, object]:
    return {
        "motion": motion.code,
        "round": motion.round,
        "papers_hash": motion.papers_hash,
        "papers": [paper.sha256 for paper in papers],
        "facts": motion.pinned,
        "mandates": motion.mandates,
    }


def _check_none_pending(tx: Tx, deal_id: int, matter: Matter) -> None:
    under_way = BEFORE_OPENING | {MotionState.OPEN}
    statement = select(Motion).where(Motion.deal_id == deal_id, Motion.matter == matter)
    pending = tx.exec(statement.where(col(Motion.state).in_(under_way))).first()
    if pending is not None:
        raise MotionPending(motion=pending.code)


def _next_code(tx: Tx, now: datetime) -> str:
    prefix = f"M{day_in_beijing(now):%y}-"
    used = tx.exec(select(Motion.code).where(col(Motion.code).startswith(prefix)))
    return f"{prefix}{max((int(code.removeprefix(prefix)) for code in used), default=0) + 1:03}"
