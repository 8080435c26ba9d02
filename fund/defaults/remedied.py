"""Remedies as others see them: what was proposed, what the advisory committee said, what was carried out."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from fund.defaults.models import (
    DefaultExecution,
    DefaultNotice,
    DefaultRemedy,
    DefaultResolution,
    DefaultVote,
)
from fund.defaults.queries import visible_to
from fund.defaults.remedy_rules import Proposal, RemedyState, RemedyUnknown, Vote
from fund.ledger.undone import undone_on
from kernel.db import Tx
from kernel.identity.rules import Actor


@dataclass(frozen=True)
class ResolutionSheet:
    """What was resolved, and how each member voted; a partner's people see no vote."""

    resolved_on: date
    is_consent: bool
    minutes_sha256: str
    minutes_name: str
    votes: tuple[Vote, ...]
    recorded_by: str


@dataclass(frozen=True)
class RemedySheet:
    """A remedy; `acts` are those by which it was carried out as of `effective_on`, until it was undone."""

    id: int
    default_id: int
    partner_id: int
    proposal: Proposal
    state: RemedyState
    proposed_by: int | None
    proposed_name: str
    recorded_at: datetime
    resolution: ResolutionSheet | None
    effective_on: date | None
    executed_by: str | None
    acts: tuple[str, ...]
    undone_on: date | None


def remedies(
    tx: Tx, *, fund_id: int, default_id: int | None = None, actor: Actor | None = None
) -> list[RemedySheet]:
    """The fund's remedies, or those of one default, the newest first; a partner's people see their own."""
    statement = (
        select(DefaultRemedy, DefaultNotice)
        .join(DefaultNotice, col(DefaultNotice.id) == col(DefaultRemedy.notice_id))
        .where(DefaultNotice.fund_id == fund_id)
    )
    if default_id is not None:
        statement = statement.where(DefaultRemedy.notice_id == default_id)
    if actor is not None:
        statement = statement.where(visible_to(actor))
    rows = tx.exec(statement.order_by(col(DefaultRemedy.id).desc())).all()
    return [_sheet(tx, row, notice) for row, notice in rows]


def remedy(tx: Tx, *, remedy_id: int, actor: Actor | None = None) -> RemedySheet:
    """One remedy; one that the reader may not see is as unknown as a missing one."""
    statement = (
        select(DefaultRemedy, DefaultNotice)
        .join(DefaultNotice, col(DefaultNotice.id) == col(DefaultRemedy.notice_id))
        .where(DefaultRemedy.id == remedy_id)
    )
    if actor is not None:
        statement = statement.where(visible_to(actor))
    found = tx.exec(statement).first()
    if found is None:
        raise RemedyUnknown()
    return _sheet(tx, *found)


def _sheet(tx: Tx, row: DefaultRemedy, notice: DefaultNotice) -> RemedySheet:
    resolution = _resolution(tx, row)
    done = tx.exec(select(DefaultExecution).where(DefaultExecution.remedy_id == row.key)).first()
    undone = undone_on(tx, fund_id=notice.fund_id, act=f"remedy:{row.key}")
    return RemedySheet(
        id=row.key,
        default_id=row.notice_id,
        partner_id=notice.partner_id,
        proposal=Proposal(row.remedy, row.share, row.buyer_id, row.price, row.reason),
        state=_state(resolution, is_done=done is not None, is_undone=undone is not None),
        proposed_by=row.proposed_by,
        proposed_name=row.proposed_name,
        recorded_at=row.recorded_at,
        resolution=resolution,
        effective_on=done.effective_on if done else None,
        executed_by=done.recorded_by if done else None,
        acts=tuple(done.acts) if done else (),
        undone_on=undone,
    )


def _state(resolution: ResolutionSheet | None, *, is_done: bool, is_undone: bool) -> RemedyState:
    if is_undone:
        return RemedyState.UNDONE
    if is_done:
        return RemedyState.EXECUTED
    if resolution is None:
        return RemedyState.PROPOSED
    return RemedyState.CONSENTED if resolution.is_consent else RemedyState.REFUSED


def _resolution(tx: Tx, row: DefaultRemedy) -> ResolutionSheet | None:
    found = tx.exec(select(DefaultResolution).where(DefaultResolution.remedy_id == row.key)).first()
    if found is None:
        return None
    votes = tx.exec(
        select(DefaultVote).where(DefaultVote.resolution_id == found.key).order_by(col(DefaultVote.id))
    )
    return ResolutionSheet(
        found.resolved_on,
        found.is_consent,
        found.minutes_sha256,
        found.minutes_name,
        tuple(Vote(one.member, one.partner_id, one.say) for one in votes),
        found.recorded_by,
    )
