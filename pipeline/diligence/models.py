"""Workstreams with their checklists and findings, and the data room.

Row-level security: the fund's people see everything; an enterprise's people see their own workstreams and what
hangs on them. The finer rule, in which a denial beats every grant, is `rules.access`.
"""

from datetime import date, datetime

import sqlalchemy as sa

from kernel import columns, walls
from kernel.columns import Row, choices_check
from pipeline.diligence.rules import (
    Access,
    DocumentState,
    Effect,
    FindingState,
    Severity,
    Subject,
    WorkstreamState,
)


class Workstream(Row, table=True):
    """One line of work on one deal, assigned to an enterprise (`party_id`) or, without one, to the fund.

    `version` goes up by one with every change of it or of what hangs on it.
    """

    __tablename__ = "workstream"
    __table_args__ = (
        choices_check("subject", Subject),
        choices_check("state", WorkstreamState),
        sa.CheckConstraint("(state = 'concluded') = (concluded_at IS NOT NULL)", name="concluded_with_time"),
        sa.Index(
            "uq_workstream_subject", "deal_id", "subject", sa.text("coalesce(party_id, 0)"), unique=True
        ),
    )

    deal_id: int = columns.ref("deal.id")
    code: str = columns.code(unique=True)
    subject: Subject = columns.choice(Subject)
    party_id: int | None = columns.ref("party.id", nullable=True, index=True)
    lead_id: int | None = columns.ref("app_user.id", nullable=True)
    due_on: date | None = columns.day(nullable=True)
    state: WorkstreamState = columns.choice(WorkstreamState, default=WorkstreamState.OPEN)
    conclusion: str = columns.text(default="")
    concluded_at: datetime | None = columns.instant(nullable=True)
    concluded_by: str = columns.text(default="")
    version: int = columns.number(default=1)
    recorded_at: datetime = columns.instant()


class ChecklistItem(Row, table=True):
    """Something to be done in a workstream; who did it and when."""

    __tablename__ = "checklist_item"
    __table_args__ = (
        sa.UniqueConstraint("workstream_id", "number"),
        sa.CheckConstraint("(done_at IS NULL) = (done_by = '')", name="done_by_somebody"),
    )

    workstream_id: int = columns.ref("workstream.id")
    number: int = columns.number()
    says: str = columns.text()
    is_mandatory: bool = columns.flag()
    done_at: datetime | None = columns.instant(nullable=True)
    done_by: str = columns.text(default="")
    note: str = columns.text(default="")


class Finding(Row, table=True):
    """A finding; what it says stands in its versions."""

    __tablename__ = "finding"

    workstream_id: int = columns.ref("workstream.id", index=True)
    code: str = columns.code(unique=True)
    recorded_at: datetime = columns.instant()


class FindingVersion(Row, table=True):
    """One signed version of a finding; `signature` covers the text, the signer and the version before."""

    __tablename__ = "finding_version"
    __table_args__ = (
        sa.UniqueConstraint("finding_id", "version"),
        choices_check("severity", Severity),
        choices_check("state", FindingState),
    )

    finding_id: int = columns.ref("finding.id")
    version: int = columns.number()
    title: str = columns.text()
    statement: str = columns.text()
    severity: Severity = columns.choice(Severity)
    state: FindingState = columns.choice(FindingState)
    owner: str = columns.text()
    closes_by: str = columns.text()
    evidence: list[str] = columns.jsonb()
    signed_by_id: int | None = columns.number(nullable=True)
    signed_by: str = columns.text()
    signed_at: datetime = columns.instant()
    previous: str = columns.code()
    signature: str = columns.code()


class DataFolder(Row, table=True):
    """A folder of a deal's data room; with `workstream_id`, that workstream's own folder."""

    __tablename__ = "data_folder"
    __table_args__ = (sa.UniqueConstraint("deal_id", "name"),)

    deal_id: int = columns.ref("deal.id")
    workstream_id: int | None = columns.ref("workstream.id", nullable=True, index=True)
    name: str = columns.text()
    recorded_at: datetime = columns.instant()


class DataGrant(Row, table=True):
    """A permission or a denial for one person and one folder; ended, never deleted."""

    __tablename__ = "data_grant"
    __table_args__ = (
        choices_check("effect", Effect),
        sa.Index(
            "uq_data_grant_live",
            "folder_id",
            "user_id",
            "effect",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    folder_id: int = columns.ref("data_folder.id")
    user_id: int = columns.ref("app_user.id", index=True)
    effect: Effect = columns.choice(Effect)
    granted_by: str = columns.text()
    recorded_at: datetime = columns.instant()
    ended_at: datetime | None = columns.instant(nullable=True)


class DataDocument(Row, table=True):
    """A document in a folder: named bytes. `party_id` is the outside party whose people put it in."""

    __tablename__ = "data_document"
    __table_args__ = (
        choices_check("state", DocumentState),
        sa.Index("ix_data_document_folder", "folder_id", "id"),
    )

    folder_id: int = columns.ref("data_folder.id")
    title: str = columns.text()
    sha256: str = columns.code(index=True)
    media_type: str = columns.code()
    state: DocumentState = columns.choice(DocumentState)
    party_id: int | None = columns.ref("party.id", nullable=True)
    uploaded_by_id: int | None = columns.number(nullable=True)
    uploaded_by: str = columns.text()
    recorded_at: datetime = columns.instant()
    decided_by: str = columns.text(default="")
    decided_at: datetime | None = columns.instant(nullable=True)
    decision_note: str = columns.text(default="")


class DataAccess(Row, table=True):
    """An attempt to read a document. A refused one may name a document that the reader cannot even see."""

    __tablename__ = "data_access"
    __table_args__ = (choices_check("outcome", Access),)

    document_id: int = columns.number(index=True)
    user_id: int | None = columns.number(nullable=True)
    user_name: str = columns.text()
    outcome: Access = columns.choice(Access)
    at: datetime = columns.instant()


walls.append_only("finding_version")
walls.append_only("data_access")

_OWN = "(party_id = afund_party() AND afund_roles() && ARRAY['lp_user', 'lp_expert'])"

walls.readable("workstream", f"afund_reach() = 'all' OR {_OWN}")
# The subqueries below are themselves under the wall of the table they read.
walls.readable("checklist_item", "EXISTS (SELECT FROM workstream w WHERE w.id = workstream_id)")
walls.readable("finding", "EXISTS (SELECT FROM workstream w WHERE w.id = workstream_id)")
walls.readable("finding_version", "EXISTS (SELECT FROM finding f WHERE f.id = finding_id)")
walls.readable("data_grant", "afund_reach() = 'all' OR user_id = afund_user()")
walls.readable(
    "data_folder",
    """
    afund_reach() = 'all'
    OR EXISTS (SELECT FROM workstream w WHERE w.id = data_folder.workstream_id)
    OR (EXISTS (SELECT FROM data_grant g
                WHERE g.folder_id = data_folder.id AND g.user_id = afund_user()
                  AND g.effect = 'allow' AND g.ended_at IS NULL)
        AND NOT EXISTS (SELECT FROM deal_recusal r
                        WHERE r.deal_id = data_folder.deal_id AND r.user_id = afund_user()
                          AND r.ended_at IS NULL))
    """,
)
walls.readable(
    "data_document",
    f"""
    afund_reach() = 'all'
    OR uploaded_by_id = afund_user()
    OR {_OWN}
    OR (state = 'accepted' AND EXISTS (SELECT FROM data_folder f WHERE f.id = data_document.folder_id))
    """,
)
walls.readable("data_access", "afund_reach() = 'all' OR user_id = afund_user()")
