"""The valuation committee on a file: who sits, who is recused, what each has said, and what was resolved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlmodel import col, select

from fund.holdings.bookings import locked_holding
from fund.holdings.mark_rules import MarkState
from fund.holdings.queries import HoldingSheet, MarkSheet, holding, mark
from fund.parties.conflict_rules import RECUSING, Conflicted
from fund.parties.conflicts import conflicts_found
from fund.valuations.committee_rules import (
    CommitteeStanding,
    NoCommittee,
    Opinion,
    Outcome,
    check_may_answer,
    check_reason,
    decide,
)
from fund.valuations.models import ValuationFile, ValuationOpinion, ValuationResolution
from fund.valuations.policy import Policy
from fund.valuations.queries import FileSheet, file_of, policy_on
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.errors import Conflict
from kernel.identity.models import User
from kernel.identity.queries import user_by_login
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing

MEMBERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.COMMITTEE)


class MarkDecided(Conflict):
    code = "valuation_mark_decided"
    says = "Mark {mark_id} is {state}; the committee answers while it is a draft."


@dataclass(frozen=True)
class MemberSheet:
    """A member on a file. `conflicts` recuse, and so does `is_preparer`; `opinion` is None until there is one."""

    user_id: int
    login: str
    name: str
    conflicts: tuple[Conflicted, ...]
    is_preparer: bool
    opinion: Opinion | None
    reason: str
    answered_at: datetime | None

    @property
    def is_recused(self) -> bool:
        """Whether the member has no part in this decision."""
        return self.is_preparer or bool(self.conflicts)


MEMBER_LIST: TypeAdapter[tuple[MemberSheet, ...]] = TypeAdapter(tuple[MemberSheet, ...])


@dataclass(frozen=True)
class ResolutionSheet:
    """What was resolved when the mark was put in force: who sat, and what each had said."""

    outcome: Outcome
    members: tuple[MemberSheet, ...]
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True)
class CommitteeSheet:
    """The committee on the file that holds for a mark. `voided`: answers to earlier files, which count no more.

    Until the mark is in force as of the day that was asked for; from then on as it was resolved.
    """

    mark_id: int
    file_id: int
    file_number: int
    file_sha256: str
    policy_id: int
    members: tuple[MemberSheet, ...]
    outcome: Outcome
    voided: int
    resolution: ResolutionSheet | None

    def of(self, user_id: int | None) -> MemberSheet | None:
        """The member that a user is."""
        return next((one for one in self.members if one.user_id == user_id), None)


def committee_on(tx: Tx, *, mark_id: int, on: date, actor: Actor | None = None) -> CommitteeSheet | None:
    """The committee on a mark's file, conflicts as of a day; None where the policy has none.

    Refused: a mark without a file, and one that the actor may not see.
    """
    file = file_of(tx, mark_id=mark_id, actor=actor)
    known = mark(tx, mark_id=mark_id)
    sheet = holding(tx, holding_id=known.holding_id, as_of=known.marked_on)
    kept = policy_on(tx, fund_id=sheet.fund_id, on=known.marked_on)
    resolved = _resolution(tx, file.id)
    if kept is None or not (kept.policy.committee or resolved):
        return None
    members = resolved.members if resolved else _members(tx, kept.policy, sheet, known, file, on)
    return CommitteeSheet(
        mark_id=mark_id,
        file_id=file.id,
        file_number=file.number,
        file_sha256=file.sha256,
        policy_id=kept.id,
        members=members,
        outcome=resolved.outcome if resolved else _outcome(kept.policy, members),
        voided=_voided(tx, file),
        resolution=resolved,
    )


def give_opinion(
    tx: Tx,
    actor: Actor,
    *,
    mark_id: int,
    file_sha256: str,
    opinion: Opinion,
    reason: str = "",
    now: datetime,
) -> CommitteeSheet:
    """Approve or object to the file of a draft, as a member of the committee, for good.

    Refused: whoever is no member or recused, a second answer, a file that has changed since it was read, an objection
    without a reason, a mark that is decided, a policy without a committee.
    """
    actor.require(*MEMBERS)
    check_reason(opinion, reason=reason)
    known = mark(tx, mark_id=mark_id)
    locked_holding(tx, holding_id=known.holding_id)
    known, today = mark(tx, mark_id=mark_id), day_in_beijing(now)
    found = committee_on(tx, mark_id=mark_id, on=today, actor=actor)
    if found is None:
        raise NoCommittee()
    if known.state is not MarkState.DRAFT:
        raise MarkDecided(mark_id=mark_id, state=known.state)
    own = found.of(actor.user_id)
    check_may_answer(
        name=actor.name,
        is_member=own is not None,
        is_preparer=own is not None and own.is_preparer,
        conflicts=[one.kind for one in own.conflicts] if own else [],
        has_answered=own is not None and own.opinion is not None,
        read=file_sha256,
        sha256=found.file_sha256,
        number=found.file_number,
    )
    assert own is not None
    _write(tx, actor, found, own.user_id, opinion, reason.strip(), now)
    told = committee_on(tx, mark_id=mark_id, on=today, actor=actor)
    assert told is not None
    return told


def _write(
    tx: Tx,
    actor: Actor,
    found: CommitteeSheet,
    user_id: int,
    opinion: Opinion,
    reason: str,
    now: datetime,
) -> None:
    row = ValuationOpinion(
        file_id=found.file_id,
        user_id=user_id,
        name=actor.name,
        opinion=opinion,
        reason=reason,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail: dict[str, object] = {"file": found.file_number, "sha256": found.file_sha256}
    detail |= {"opinion": opinion.value, "reason": reason}
    subject = f"mark:{found.mark_id}"
    record(tx, actor, action="valuation.opinion_given", subject=subject, detail=detail, now=now)


def resolve(tx: Tx, actor: Actor, *, found: CommitteeSheet, now: datetime) -> None:
    """Write down what the committee resolved on a file, when its mark is put in force."""
    outcome = found.outcome
    row = ValuationResolution(
        file_id=found.file_id,
        policy_id=found.policy_id,
        eligible=outcome.eligible,
        quorum=outcome.quorum,
        needed=outcome.needed,
        approved=outcome.approved,
        objected=outcome.objected,
        members=MEMBER_LIST.dump_python(found.members, mode="json"),
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"file": found.file_number, "sha256": found.file_sha256, "members": row.members}
    record(tx, actor, action="valuation.resolved", subject=f"mark:{found.mark_id}", detail=detail, now=now)


def _members(
    tx: Tx, policy: Policy, sheet: HoldingSheet, known: MarkSheet, file: FileSheet, on: date
) -> tuple[MemberSheet, ...]:
    seated = [user for login in policy.committee if (user := user_by_login(tx, login=login)) is not None]
    conflicts = conflicts_found(
        tx,
        company_id=sheet.party_id,
        parties_of={user.key: [user.party_id] if user.party_id else [] for user in seated},
        kinds=RECUSING,
        on=on,
    )
    said = {row.user_id: row for row in _opinions(tx, file.id)}
    preparers = {file.prepared_by_id, known.prepared_by_id}
    return tuple(
        _member(user, conflicts[user.key], user.key in preparers, said.get(user.key)) for user in seated
    )


def _member(
    user: User, conflicts: Sequence[Conflicted], is_preparer: bool, said: ValuationOpinion | None
) -> MemberSheet:
    """A member; what somebody said who is recused by now does not exist."""
    counts = said if said is not None and not (conflicts or is_preparer) else None
    return MemberSheet(
        user.key,
        user.login,
        user.name,
        tuple(conflicts),
        is_preparer,
        counts.opinion if counts else None,
        counts.reason if counts else "",
        counts.recorded_at if counts else None,
    )


def _outcome(policy: Policy, members: Sequence[MemberSheet]) -> Outcome:
    eligible = [one for one in members if not one.is_recused]
    answers = [one.opinion for one in eligible if one.opinion is not None]
    return decide(eligible=len(eligible), answers=answers, quorum=policy.quorum, threshold=policy.threshold)


def _opinions(tx: Tx, file_id: int) -> Sequence[ValuationOpinion]:
    return tx.exec(select(ValuationOpinion).where(ValuationOpinion.file_id == file_id)).all()


def _voided(tx: Tx, file: FileSheet) -> int:
    statement = (
        sa.select(sa.func.count())
        .select_from(ValuationOpinion)
        .join(ValuationFile, col(ValuationFile.id) == col(ValuationOpinion.file_id))
        .where(col(ValuationFile.mark_id) == file.mark_id, col(ValuationFile.number) < file.number)
    )
    return int(tx.execute(statement).scalar_one())


def _resolution(tx: Tx, file_id: int) -> ResolutionSheet | None:
    row = tx.exec(select(ValuationResolution).where(ValuationResolution.file_id == file_id)).one_or_none()
    if row is None:
        return None
    outcome = Outcome(
        CommitteeStanding.AGREED, row.eligible, row.quorum, row.needed, row.approved, row.objected
    )
    return ResolutionSheet(
        outcome, MEMBER_LIST.validate_python(row.members), row.recorded_by, row.recorded_at
    )
