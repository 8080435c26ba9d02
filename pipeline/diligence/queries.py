"""Looking at due diligence. An enterprise's people see their own workstreams and nothing beside them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.parties.queries import parties
from kernel.db import Tx
from kernel.errors import NotFound, Problem
from kernel.identity.models import User
from kernel.identity.rules import Actor, Role
from pipeline.deals.models import Deal
from pipeline.diligence.models import ChecklistItem, Finding, FindingVersion, Workstream
from pipeline.diligence.rules import (
    FindingText,
    Severity,
    Subject,
    WorkstreamFacts,
    WorkstreamState,
    blocking,
    is_open_critical,
)


class WorkstreamUnknown(NotFound):
    code = "workstream_unknown"
    says = "There is no such workstream."


class FindingUnknown(NotFound):
    code = "finding_unknown"
    says = "There is no such finding."


@dataclass(frozen=True)
class ItemSheet:
    """A checklist item; `done_at` and `done_by` once it is done."""

    number: int
    says: str
    is_mandatory: bool
    done_at: datetime | None
    done_by: str
    note: str


@dataclass(frozen=True)
class FindingSheet:
    """A finding as its newest version says, with the fingerprint of that version's signature."""

    id: int
    code: str
    workstream_id: int
    version: int
    text: FindingText
    signed_by: str
    signed_at: datetime
    signature: str


@dataclass(frozen=True)
class WorkstreamSheet:
    """A workstream with its checklist and findings. `party_name` is empty where the fund itself does the work."""

    id: int
    code: str
    deal_id: int
    deal_code: str
    subject: Subject
    party_id: int | None
    party_name: str
    lead_id: int | None
    lead_name: str
    due_on: date | None
    state: WorkstreamState
    conclusion: str
    concluded_at: datetime | None
    concluded_by: str
    version: int
    items: tuple[ItemSheet, ...]
    findings: tuple[FindingSheet, ...]


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The workstreams `actor` may know of; the database's row-level security says the same."""
    if actor.reach == "all":
        return sa.true()
    if actor.party_id is None or not actor.has(Role.LP_USER, Role.LP_EXPERT):
        return sa.false()
    return col(Workstream.party_id) == actor.party_id


def workstream_row(tx: Tx, actor: Actor, *, workstream_id: int, lock: bool = False) -> Workstream:
    """The workstream's row, if `actor` may know of it; with `lock`, held until the transaction ends."""
    statement = select(Workstream).where(Workstream.id == workstream_id, visible_to(actor))
    if lock:
        statement = statement.with_for_update()
    row = tx.exec(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise WorkstreamUnknown
    return row


def workstreams(tx: Tx, *, actor: Actor, deal_id: int | None = None) -> list[WorkstreamSheet]:
    """The workstreams `actor` may know of, by code; of one deal where given."""
    statement = select(Workstream).where(visible_to(actor)).order_by(Workstream.code)
    if deal_id is not None:
        statement = statement.where(Workstream.deal_id == deal_id)
    return _sheets(tx, list(tx.exec(statement)))


def workstream(tx: Tx, *, actor: Actor, workstream_id: int) -> WorkstreamSheet:
    """One workstream with its checklist and findings."""
    return _sheets(tx, [workstream_row(tx, actor, workstream_id=workstream_id)])[0]


def findings(tx: Tx, *, workstream_ids: Collection[int]) -> list[FindingSheet]:
    """The findings of some workstreams as their newest versions say, by code."""
    newest = (
        select(FindingVersion.finding_id, sa.func.max(FindingVersion.version).label("version"))
        .group_by(col(FindingVersion.finding_id))
        .subquery()
    )
    statement = (
        select(Finding, FindingVersion)
        .join(FindingVersion, col(FindingVersion.finding_id) == Finding.id)
        .join(
            newest,
            (newest.c.finding_id == FindingVersion.finding_id) & (newest.c.version == FindingVersion.version),
        )
        .where(col(Finding.workstream_id).in_(workstream_ids))
        .order_by(col(Finding.id))
    )
    return [finding_sheet(finding, version) for finding, version in tx.exec(statement)]


def versions(tx: Tx, *, actor: Actor, finding_id: int) -> list[FindingSheet]:
    """Every signed version of one finding, oldest first."""
    finding = finding_row(tx, actor, finding_id=finding_id)
    statement = select(FindingVersion).where(FindingVersion.finding_id == finding.key)
    rows = tx.exec(statement.order_by(col(FindingVersion.version)))
    return [finding_sheet(finding, row) for row in rows]


def finding_row(tx: Tx, actor: Actor, *, finding_id: int, workstream_id: int | None = None) -> Finding:
    """The finding's row, if `actor` may know of its workstream; with `workstream_id`, only if it belongs there."""
    statement = (
        select(Finding)
        .join(Workstream, col(Workstream.id) == Finding.workstream_id)
        .where(Finding.id == finding_id, visible_to(actor))
    )
    if workstream_id is not None:
        statement = statement.where(Finding.workstream_id == workstream_id)
    row = tx.exec(statement).one_or_none()
    if row is None:
        raise FindingUnknown
    return row


def blocking_of(tx: Tx, *, deal_id: int) -> list[Problem]:
    """Everything that keeps the deal from the committee; to be asked by those who see all workstreams."""
    rows = list(tx.exec(select(Workstream).where(Workstream.deal_id == deal_id).order_by(Workstream.code)))
    critical: dict[int, list[str]] = defaultdict(list)
    for finding in findings(tx, workstream_ids=[row.key for row in rows]):
        if is_open_critical(finding.text):
            critical[finding.workstream_id].append(finding.code)
    return blocking(
        [
            WorkstreamFacts(
                row.code, row.subject, row.state == WorkstreamState.CONCLUDED, tuple(critical[row.key])
            )
            for row in rows
        ]
    )


def open_findings(
    tx: Tx, *, actor: Actor, deal_id: int, severity: Severity | None = None
) -> list[FindingSheet]:
    """The findings that still stand against a deal, as far as `actor` sees them."""
    seen = workstreams(tx, actor=actor, deal_id=deal_id)
    standing = [one for sheet in seen for one in sheet.findings if one.text.state == "open"]
    return [one for one in standing if severity is None or one.text.severity == severity]


def items_of(tx: Tx, *, workstream_id: int) -> list[ChecklistItem]:
    """The rows of a workstream's checklist, in order."""
    statement = select(ChecklistItem).where(ChecklistItem.workstream_id == workstream_id)
    return list(tx.exec(statement.order_by(col(ChecklistItem.number))))


def text_of(row: FindingVersion) -> FindingText:
    """What a version of a finding says."""
    return FindingText(
        title=row.title,
        statement=row.statement,
        severity=row.severity,
        state=row.state,
        owner=row.owner,
        closes_by=row.closes_by,
        evidence=tuple(row.evidence),
    )


def finding_sheet(finding: Finding, row: FindingVersion) -> FindingSheet:
    """A finding with one of its versions."""
    return FindingSheet(
        finding.key,
        finding.code,
        finding.workstream_id,
        row.version,
        text_of(row),
        row.signed_by,
        row.signed_at,
        row.signature,
    )


def _sheets(tx: Tx, rows: list[Workstream]) -> list[WorkstreamSheet]:
    found: dict[int, list[FindingSheet]] = defaultdict(list)
    for finding in findings(tx, workstream_ids=[row.key for row in rows]):
        found[finding.workstream_id].append(finding)
    named = parties(tx, party_ids={row.party_id for row in rows if row.party_id is not None})
    codes = dict(
        tx.exec(select(Deal.id, Deal.code).where(col(Deal.id).in_({row.deal_id for row in rows}))).all()
    )
    leads = {row.lead_id for row in rows}
    people = dict(tx.exec(select(User.id, User.name).where(col(User.id).in_(leads))).all())
    return [
        WorkstreamSheet(
            id=row.key,
            code=row.code,
            deal_id=row.deal_id,
            deal_code=codes.get(row.deal_id, ""),
            subject=row.subject,
            party_id=row.party_id,
            party_name=named[row.party_id].name_zh if row.party_id is not None else "",
            lead_id=row.lead_id,
            lead_name=people.get(row.lead_id, ""),
            due_on=row.due_on,
            state=row.state,
            conclusion=row.conclusion,
            concluded_at=row.concluded_at,
            concluded_by=row.concluded_by,
            version=row.version,
            items=tuple(_item(item) for item in items_of(tx, workstream_id=row.key)),
            findings=tuple(found[row.key]),
        )
        for row in rows
    ]


def _item(row: ChecklistItem) -> ItemSheet:
    return ItemSheet(row.number, row.says, row.is_mandatory, row.done_at, row.done_by, row.note)
