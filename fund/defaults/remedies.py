"""Remedies against a partner that did not pay: proposed, resolved on by the advisory committee, carried out, undone."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import select

from fund.capital.acts import lock_capital
from fund.capital.positions import commitments
from fund.capital.restricting import callable_of, lift, reduce_commitment, suspend_partner
from fund.capital.set_off_rights import end_set_off, grant_set_off
from fund.defaults.bystanders import interested, receivers
from fund.defaults.models import (
    DefaultExecution,
    DefaultNotice,
    DefaultRemedy,
    DefaultResolution,
    DefaultVote,
)
from fund.defaults.promise_rules import Remedy
from fund.defaults.queries import default, default_terms
from fund.defaults.remedied import RemedySheet, remedies, remedy
from fund.defaults.remedy_rules import (
    Proposal,
    RemedyInWrongState,
    RemedyState,
    Vote,
    check_execution,
    check_proposal,
    check_resolution,
    forfeited,
    is_consent,
)
from fund.defaults.rules import DefaultReasonMissing, DefaultUnknown
from fund.fees.transfers import force_transfer, undo_transfer
from fund.interests.queries import transfer
from fund.interests.rules import Words
from fund.ledger.undoing import undo
from fund.partners.queries import partners
from kernel.audit.actions import record
from kernel.blobs.actions import put
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing

MINUTES = "application/octet-stream"
LIVE = {RemedyState.PROPOSED, RemedyState.CONSENTED, RemedyState.EXECUTED}


def propose(tx: Tx, actor: Actor, *, default_id: int, proposal: Proposal, now: datetime) -> RemedySheet:
    """Propose a remedy once the days to cure are over; the advisory committee resolves on it.

    Refused: a remedy that the terms of the notice's day do not give, a default that can be or was cured, the same
    remedy twice, a share above the terms', a sale without another partner as buyer and a price, no reason.
    """
    actor.require(Role.MANAGER)
    notice = _locked(tx, default_id)
    today = day_in_beijing(now)
    sheet = default(tx, default_id=default_id, as_of=today)
    before = remedies(tx, fund_id=notice.fund_id, default_id=default_id)
    check_proposal(
        proposal,
        promised=default_terms(tx, fund_id=notice.fund_id, as_of=notice.noticed_on).remedies,
        state=sheet.state,
        until=sheet.cure_until,
        standing={one.proposal.remedy for one in before if one.state in LIVE},
        buyers={one.id for one in partners(tx, fund_id=notice.fund_id)} - {notice.partner_id},
    )
    row = DefaultRemedy(
        notice_id=default_id,
        **vars(proposal),
        proposed_by=actor.user_id,
        proposed_name=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail: dict[str, object] = {"remedy": proposal.remedy.value, "reason": proposal.reason}
    return _told(tx, actor, row.key, "default.remedy_proposed", detail, now)


def resolve(
    tx: Tx,
    actor: Actor,
    *,
    remedy_id: int,
    resolved_on: date,
    votes: Sequence[Vote],
    minutes: bytes,
    minutes_name: str,
    now: datetime,
) -> RemedySheet:
    """Record what the advisory committee resolved, by its minutes and vote by vote; more for than against consent.

    Refused: a remedy that was resolved on, no votes, a member twice, a vote for the partner in default, who
    buys from it or one of their groups, a day before the proposal or to come, no minutes.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    sheet, notice = _remedy(tx, remedy_id)
    if sheet.state is not RemedyState.PROPOSED:
        raise RemedyInWrongState()
    today = day_in_beijing(now)
    check_resolution(
        votes,
        interested=interested(tx, notice=notice, buyer_id=sheet.proposal.buyer_id, as_of=today),
        known={one.id for one in partners(tx, fund_id=notice.fund_id)},
        has_minutes=bool(minutes),
        resolved_on=resolved_on,
        first=day_in_beijing(sheet.recorded_at),
        today=today,
    )
    row = DefaultResolution(
        remedy_id=remedy_id,
        resolved_on=resolved_on,
        is_consent=is_consent(votes),
        minutes_sha256=put(tx, content=minutes, media_type=MINUTES, now=now),
        minutes_name=minutes_name,
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    tx.add_all(
        DefaultVote(resolution_id=row.key, member=one.member.strip(), partner_id=one.partner_id, say=one.say)
        for one in votes
    )
    tx.flush()
    detail = {"is_consent": row.is_consent, "minutes": row.minutes_sha256}
    return _told(tx, actor, remedy_id, "default.remedy_resolved", detail, now)


def execute(tx: Tx, actor: Actor, *, remedy_id: int, effective_on: date, now: datetime) -> RemedySheet:
    """Carry out what the advisory committee consented to, as of a day from its resolution on.

    What is owed on the call stays owed. Refused: without consent, by whoever proposed it, once it was cured, a locked
    day, an interest that cannot pass.
    """
    actor.require(Role.MANAGER)
    sheet, notice = _remedy(tx, remedy_id)
    today = day_in_beijing(now)
    stands = default(tx, default_id=notice.key, as_of=today)
    check_execution(
        state=sheet.state,
        default=stands.state,
        until=stands.cure_until,
        proposer_id=sheet.proposed_by,
        actor_id=actor.user_id,
        on=effective_on,
        first=sheet.resolution.resolved_on if sheet.resolution else today,
        today=today,
    )
    acts = _carry_out(tx, actor, sheet, notice, effective_on, now)
    tx.add(
        DefaultExecution(
            remedy_id=remedy_id,
            effective_on=effective_on,
            acts=acts,
            recorded_by=actor.name,
            recorded_at=now,
        )
    )
    tx.flush()
    detail: dict[str, object] = {"remedy": sheet.proposal.remedy.value, "acts": acts}
    return _told(tx, actor, remedy_id, "default.remedy_executed", detail, now)


def undo_remedy(
    tx: Tx, actor: Actor, *, remedy_id: int, reason: str, undone_on: date, now: datetime
) -> RemedySheet:
    """Take a remedy back, its acts in the reverse order; one not carried out yet is withdrawn with that.

    Refused: one that was refused or undone, no reason, a locked day, an interest that something has rested on since.
    """
    actor.require(Role.MANAGER)
    if not reason.strip():
        raise DefaultReasonMissing()
    sheet, notice = _remedy(tx, remedy_id)
    if sheet.state not in LIVE:
        raise RemedyInWrongState()
    on = max(undone_on, sheet.effective_on or day_in_beijing(sheet.recorded_at))
    for act in reversed(sheet.acts):
        kind, _, key = act.partition(":")
        if kind == "transfer" and not transfer(tx, transfer_id=int(key)).is_undone:
            undo_transfer(tx, actor, transfer_id=int(key), reason=reason, undone_on=on, now=now)
        elif kind == "setoff":
            facts: dict[str, Any] = {"effective_on": on, "reason": reason, "now": now}
            end_set_off(tx, actor, fund_id=notice.fund_id, right_id=int(key), **facts)
        elif kind != "transfer":
            lift(tx, actor, fund_id=notice.fund_id, act=act, effective_on=on, reason=reason, now=now)
    undo(
        tx,
        actor,
        fund_id=notice.fund_id,
        act=f"remedy:{remedy_id}",
        reason=reason,
        effective_on=on,
        may_be_empty=True,
        now=now,
    )
    return _told(tx, actor, remedy_id, "default.remedy_undone", {"reason": reason}, now)


def _carry_out(
    tx: Tx, actor: Actor, sheet: RemedySheet, notice: DefaultNotice, on: date, now: datetime
) -> list[str]:
    """Carry a remedy out; the acts, in their order."""
    given = sheet.proposal
    facts: dict[str, Any] = {
        "fund_id": notice.fund_id,
        "partner_id": notice.partner_id,
        "effective_on": on,
    }
    if given.remedy is Remedy.SUSPENSION:
        row = suspend_partner(tx, actor, **facts, reason=given.reason, now=now)
        return [f"suspension:{row.key}"]
    if given.remedy is Remedy.SET_OFF:
        right = grant_set_off(tx, actor, **facts, call_id=notice.call_id, reason=given.reason, now=now)
        return [f"setoff:{right.key}"]
    if given.remedy is Remedy.SALE:
        whole = commitments(tx, fund_id=notice.fund_id, as_of=on).get(notice.partner_id, 0)
        assert given.buyer_id is not None
        return [_taken(tx, actor, sheet, notice, given.buyer_id, whole, given.price or 0, on, now)]
    acts = []
    is_reduction, today = given.remedy is Remedy.REDUCTION, day_in_beijing(now)
    asked: dict[str, Any] = {"fund_id": notice.fund_id, "partner_id": notice.partner_id}
    if is_reduction or callable_of(tx, **asked, on=on, today=today) > 0:
        cut = reduce_commitment(tx, actor, **facts, reason=given.reason, now=now)
        acts.append(f"reduction:{cut.key}")
    if given.remedy is Remedy.FORFEITURE and given.share is not None:
        whole = commitments(tx, fund_id=notice.fund_id, as_of=on).get(notice.partner_id, 0)
        parts = forfeited(whole, given.share, receivers(tx, notice=notice, on=on))
        acts += [_taken(tx, actor, sheet, notice, key, part, 0, on, now) for key, part in parts.items()]
    return acts


def _taken(
    tx: Tx,
    actor: Actor,
    sheet: RemedySheet,
    notice: DefaultNotice,
    buyer_id: int,
    commitment: int,
    price: int,
    on: date,
    now: datetime,
) -> str:
    """Let a part of the interest pass; the resolution of the advisory committee stands for the consent."""
    assert sheet.resolution is not None
    reason = sheet.proposal.reason
    passed = force_transfer(
        tx,
        actor,
        fund_id=notice.fund_id,
        seller_id=notice.partner_id,
        buyer_id=buyer_id,
        commitment=commitment,
        price=price,
        effective_on=on,
        words=Words(reason, sheet.resolution.minutes_name, sheet.resolution.resolved_on, reason),
        prepared=(sheet.proposed_by, sheet.proposed_name),
        now=now,
    )
    return f"transfer:{passed.id}"


def _remedy(tx: Tx, remedy_id: int) -> tuple[RemedySheet, DefaultNotice]:
    """The remedy with its notice, read once the fund's lock is held."""
    notice = _locked(tx, remedy(tx, remedy_id=remedy_id).default_id)
    return remedy(tx, remedy_id=remedy_id), notice


def _locked(tx: Tx, default_id: int) -> DefaultNotice:
    row = tx.exec(select(DefaultNotice).where(DefaultNotice.id == default_id)).first()
    if row is None:
        raise DefaultUnknown()
    lock_capital(tx, fund_id=row.fund_id)
    return row


def _told(
    tx: Tx, actor: Actor, remedy_id: int, action: str, detail: dict[str, object], now: datetime
) -> RemedySheet:
    record(tx, actor, action=action, subject=f"default_remedy:{remedy_id}", detail=detail, now=now)
    return remedy(tx, remedy_id=remedy_id)
