"""Working through due diligence: workstreams, checklists, signed findings, and the way to the committee."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlmodel import col, select

from fund.parties.queries import party
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.errors import Conflict, NotFound
from kernel.identity.rules import Actor, Role
from pipeline.channel.rules import check_version
from pipeline.deals.actions import move
from pipeline.deals.interests import note_interest
from pipeline.deals.moves import check_reason
from pipeline.deals.queries import deal
from pipeline.deals.rules import Gate, Stage
from pipeline.deals.sheets import DealSheet
from pipeline.diligence.models import ChecklistItem, DataFolder, Finding, FindingVersion, Workstream
from pipeline.diligence.queries import (
    FindingSheet,
    WorkstreamSheet,
    blocking_of,
    finding_row,
    finding_sheet,
    items_of,
    text_of,
    workstream,
    workstream_row,
)
from pipeline.diligence.rules import (
    CHECKLISTS,
    UNSIGNED,
    DiligenceUnfinished,
    FindingText,
    FindingUnchanged,
    ItemFacts,
    Subject,
    WorkstreamLocked,
    WorkstreamState,
    WorkstreamUnfinished,
    check_finding,
    signature,
    unfinished,
)


class WorkstreamTaken(Conflict):
    code = "workstream_taken"
    says = "{deal} has a workstream on {subject} for the same party already."


class DealNotInDiligence(Conflict):
    code = "deal_not_in_diligence"
    says = "{deal} is at {stage}; workstreams are opened in due diligence or at the committee."


class ItemUnknown(NotFound):
    code = "checklist_item_unknown"
    says = "The workstream has no checklist item {number}."


def open_workstream(
    tx: Tx,
    actor: Actor,
    *,
    deal_id: int,
    subject: Subject,
    party_id: int | None = None,
    lead_id: int | None = None,
    due_on: date | None = None,
    checklist: Sequence[tuple[str, bool]] | None = None,
    now: datetime,
) -> WorkstreamSheet:
    """Open a workstream for the fund or, with `party_id`, for an enterprise, which then sees the deal's teaser.

    `checklist` are (what, mandatory); without one the subject's usual list is taken. Refused: a deal that is not
    in diligence, the same subject twice for one party.
    """
    actor.require(Role.MANAGER, Role.ANALYST)
    about = deal(tx, deal_id=deal_id)
    if about.stage not in {Stage.DUE_DILIGENCE, Stage.COMMITTEE}:
        raise DealNotInDiligence(deal=about.code, stage=about.stage)
    lock(tx, f"workstreams:{deal_id}")
    _check_free(tx, about, subject, party_id)
    if party_id is not None:
        party(tx, party_id=party_id)
        note_interest(tx, actor, deal_id=deal_id, party_id=party_id, is_co_diligence=True, now=now)
    row = Workstream(
        deal_id=deal_id,
        code=_next_code(tx, about),
        subject=subject,
        party_id=party_id,
        lead_id=lead_id,
        due_on=due_on,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    _furnish(tx, row, CHECKLISTS[subject] if checklist is None else checklist, now)
    detail = {"workstream": row.code, "subject": subject, "party": party_id}
    record(tx, actor, action="workstream.opened", subject=f"workstream:{row.key}", detail=detail, now=now)
    return workstream(tx, actor=actor, workstream_id=row.key)


def check_item(
    tx: Tx,
    actor: Actor,
    *,
    workstream_id: int,
    number: int,
    done: bool = True,
    note: str = "",
    version: int | None = None,
    now: datetime,
) -> WorkstreamSheet:
    """Tick a checklist item off, or take the tick away; who and when is kept.

    Refused: a workstream that is locked, or that has changed since it was read at `version`.
    """
    row = _worked_on(tx, actor, workstream_id)
    if version is not None:
        check_version(row.code, yours=version, current=row.version)
    item = next((one for one in items_of(tx, workstream_id=row.key) if one.number == number), None)
    if item is None:
        raise ItemUnknown(number=number)
    item.done_at, item.done_by, item.note = (
        (now, actor.name, note.strip()) if done else (None, "", note.strip())
    )
    tx.add(item)
    tx.flush()
    detail = {"item": number, "done": done}
    return _tell(tx, actor, row, "workstream.item_checked", detail, now)


def add_item(
    tx: Tx, actor: Actor, *, workstream_id: int, says: str, is_mandatory: bool, now: datetime
) -> WorkstreamSheet:
    """Add an item to the checklist. Refused once locked."""
    row = _worked_on(tx, actor, workstream_id)
    number = len(items_of(tx, workstream_id=row.key)) + 1
    tx.add(ChecklistItem(workstream_id=row.key, number=number, says=says.strip(), is_mandatory=is_mandatory))
    tx.flush()
    detail = {"item": number, "says": says.strip(), "mandatory": is_mandatory}
    return _tell(tx, actor, row, "workstream.item_added", detail, now)


def sign_finding(
    tx: Tx,
    actor: Actor,
    *,
    workstream_id: int,
    text: FindingText,
    finding_id: int | None = None,
    now: datetime,
) -> FindingSheet:
    """Sign a new finding or, with `finding_id`, the next version of one; nothing signed is ever changed.

    Refused: text that leaves something out, closing what weighs without evidence, a version that says the same,
    a workstream that is locked.
    """
    row = _worked_on(tx, actor, workstream_id)
    check_finding(text)
    finding = _finding(tx, actor, row, finding_id, now)
    last = _last_version(tx, finding)
    if last is not None and text_of(last) == text:
        raise FindingUnchanged(finding=finding.code, version=last.version)
    version = last.version + 1 if last else 1
    previous = last.signature if last else UNSIGNED
    signed = _sign(actor, finding, version, text, previous, now)
    tx.add(signed)
    tx.flush()
    detail = {
        "finding": finding.code,
        "version": version,
        "severity": text.severity,
        "state": text.state,
        "signature": signed.signature,
    }
    _tell(tx, actor, row, "finding.signed", detail, now)
    return finding_sheet(finding, signed)


def conclude_workstream(
    tx: Tx, actor: Actor, *, workstream_id: int, conclusion: str, now: datetime
) -> WorkstreamSheet:
    """Conclude a workstream and lock it; refused with everything that is still missing."""
    row = _worked_on(tx, actor, workstream_id)
    items = items_of(tx, workstream_id=row.key)
    facts = [ItemFacts(item.says, item.is_mandatory, item.done_at is not None) for item in items]
    problems = unfinished(facts, conclusion)
    if problems:
        raise WorkstreamUnfinished(workstream=row.code, problems=problems)
    row.state, row.conclusion = WorkstreamState.CONCLUDED, conclusion.strip()
    row.concluded_at, row.concluded_by = now, actor.name
    detail = {"conclusion": row.conclusion}
    return _tell(tx, actor, row, "workstream.concluded", detail, now)


def reopen_workstream(
    tx: Tx, actor: Actor, *, workstream_id: int, reason: str, now: datetime
) -> WorkstreamSheet:
    """Unlock a concluded workstream, with a reason; the deal is blocked until it is concluded again."""
    actor.require(Role.MANAGER)
    row = workstream_row(tx, actor, workstream_id=workstream_id, lock=True)
    detail = {"reason": check_reason("reopening a workstream", reason), "was": row.conclusion}
    row.state, row.concluded_at, row.concluded_by = WorkstreamState.OPEN, None, ""
    return _tell(tx, actor, row, "workstream.reopened", detail, now)


def conclude(tx: Tx, actor: Actor, *, deal_id: int, now: datetime) -> DealSheet:
    """Conclude the diligence of a deal and send it to the committee.

    Refused with everything that blocks it: no workstream, one that is not concluded, a critical finding open.
    """
    actor.require(Role.MANAGER, Role.ANALYST)
    problems = blocking_of(tx, deal_id=deal_id)
    if problems:
        raise DiligenceUnfinished(deal=deal(tx, deal_id=deal_id).code, problems=problems)
    return move(tx, actor, deal_id=deal_id, to=Stage.COMMITTEE, gate=Gate.DILIGENCE, now=now)


def _worked_on(tx: Tx, actor: Actor, workstream_id: int) -> Workstream:
    """The workstream, locked for a change by somebody who works on it: the fund's people, or its party's experts."""
    row = workstream_row(tx, actor, workstream_id=workstream_id, lock=True)
    actor.require(Role.MANAGER, Role.ANALYST if row.party_id is None else Role.LP_EXPERT)
    if row.state == WorkstreamState.CONCLUDED:
        raise WorkstreamLocked(workstream=row.code)
    return row


def _furnish(tx: Tx, row: Workstream, checklist: Sequence[tuple[str, bool]], now: datetime) -> None:
    for number, (says, is_mandatory) in enumerate(checklist, 1):
        tx.add(ChecklistItem(workstream_id=row.key, number=number, says=says, is_mandatory=is_mandatory))
    tx.add(DataFolder(deal_id=row.deal_id, workstream_id=row.key, name=row.code, recorded_at=now))
    tx.flush()


def _finding(tx: Tx, actor: Actor, row: Workstream, finding_id: int | None, now: datetime) -> Finding:
    if finding_id is not None:
        return finding_row(tx, actor, finding_id=finding_id, workstream_id=row.key)
    count = len(tx.exec(select(Finding.id).where(Finding.workstream_id == row.key)).all())
    finding = Finding(workstream_id=row.key, code=f"{row.code}-F{count + 1}", recorded_at=now)
    tx.add(finding)
    tx.flush()
    return finding


def _last_version(tx: Tx, finding: Finding) -> FindingVersion | None:
    statement = select(FindingVersion).where(FindingVersion.finding_id == finding.key)
    return tx.exec(statement.order_by(col(FindingVersion.version).desc()).limit(1)).one_or_none()


def _sign(
    actor: Actor, finding: Finding, version: int, text: FindingText, previous: str, now: datetime
) -> FindingVersion:
    return FindingVersion(
        finding_id=finding.key,
        version=version,
        title=text.title,
        statement=text.statement,
        severity=text.severity,
        state=text.state,
        owner=text.owner,
        closes_by=text.closes_by,
        evidence=list(text.evidence),
        signed_by_id=actor.user_id,
        signed_by=actor.name,
        signed_at=now,
        previous=previous,
        signature=signature(finding.code, version, text, actor.name, previous),
    )


def _check_free(tx: Tx, about: DealSheet, subject: Subject, party_id: int | None) -> None:
    statement = select(Workstream.id).where(
        Workstream.deal_id == about.id, Workstream.subject == subject, Workstream.party_id == party_id
    )
    if tx.exec(statement).first() is not None:
        raise WorkstreamTaken(deal=about.code, subject=subject)


def _next_code(tx: Tx, about: DealSheet) -> str:
    count = len(tx.exec(select(Workstream.id).where(Workstream.deal_id == about.id)).all())
    return f"{about.code}-W{count + 1}"


def _tell(
    tx: Tx, actor: Actor, row: Workstream, action: str, detail: Mapping[str, object], now: datetime
) -> WorkstreamSheet:
    row.version += 1
    tx.add(row)
    tx.flush()
    record(tx, actor, action=action, subject=f"workstream:{row.key}", detail=detail, now=now)
    return workstream(tx, actor=actor, workstream_id=row.key)
