"""Rows of the archive: frozen figures, the reports printed from them, each step of their life, who was sent what.

Figures and files never change. A report's state does, within the walls below; everything that led to it is in
`report_step`, which only grows.
"""

from datetime import datetime

import sqlalchemy as sa

from kernel import columns, walls
from kernel.columns import Row
from lp_reports.edition import Language
from lp_reports.rules import Act, Channel, Opening, State, Verb


class ReportSnapshot(Row, table=True):
    """One partner's figures for one quarter and version: canonical JSON under its SHA-256."""

    __tablename__ = "report_snapshot"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "partner_id", "quarter", "version"),
        sa.CheckConstraint("version >= 1", name="version_positive"),
        sa.CheckConstraint("(version = 1) = (reason IS NULL)", name="later_version_has_reason"),
    )

    fund_id: int = columns.ref("fund.id")
    partner_id: int = columns.ref("partner.id", index=True)
    quarter: str = columns.code()
    version: int = columns.number()
    sha256: str = columns.code()
    content: str = columns.text()
    reason: str | None = columns.text(nullable=True)
    prepared_by: int | None = columns.ref("app_user.id", nullable=True)
    frozen_at: datetime = columns.instant()


class Report(Row, table=True):
    """One printed edition of a snapshot."""

    __tablename__ = "report"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "partner_id", "quarter", "language", "version"),
        sa.UniqueConstraint("snapshot_id", "language"),
        sa.ForeignKeyConstraint(["pdf"], ["blob.sha256"]),
        sa.ForeignKeyConstraint(["workbook"], ["blob.sha256"]),
        columns.choices_check("state", State),
        columns.choices_check("language", Language),
        sa.Index("ix_report_listed", "fund_id", "quarter", "partner_id"),
    )

    fund_id: int = columns.ref("fund.id")
    partner_id: int = columns.ref("partner.id", index=True)
    snapshot_id: int = columns.ref("report_snapshot.id")
    quarter: str = columns.code()
    language: Language = columns.choice(Language)
    version: int = columns.number()
    number: str = columns.code()
    state: State = columns.choice(State)
    pdf: str = columns.code()
    workbook: str = columns.code()
    prepared_by: int | None = columns.ref("app_user.id", nullable=True)
    recorded_at: datetime = columns.instant()
    published_at: datetime | None = columns.instant(nullable=True)


class ReportStep(Row, table=True):
    """A step in the life of a report: who did what, when, and with which words."""

    __tablename__ = "report_step"
    __table_args__ = (columns.choices_check("verb", Verb),)

    report_id: int = columns.ref("report.id", index=True)
    verb: Verb = columns.choice(Verb)
    note: str = columns.text()
    by_id: int | None = columns.ref("app_user.id", nullable=True)
    by_name: str = columns.text()
    recorded_at: datetime = columns.instant()


class ReportSeal(Row, table=True):
    """The sealed file of a published report: the drawn one with a signature behind it, by `certificate` (SHA-256)."""

    __tablename__ = "report_seal"
    __table_args__ = (sa.ForeignKeyConstraint(["pdf"], ["blob.sha256"]),)

    report_id: int = columns.ref("report.id", unique=True)
    partner_id: int = columns.ref("partner.id")
    pdf: str = columns.code()
    holder: str = columns.text()
    certificate: str = columns.code()
    recorded_at: datetime = columns.instant()


class ReportDelivery(Row, table=True):
    """A published report put before one recipient by one channel."""

    __tablename__ = "report_delivery"
    __table_args__ = (
        sa.UniqueConstraint("report_id", "channel", "recipient"),
        columns.choices_check("channel", Channel),
    )

    report_id: int = columns.ref("report.id")
    partner_id: int = columns.ref("partner.id", index=True)
    channel: Channel = columns.choice(Channel)
    recipient: str = columns.text()
    recorded_at: datetime = columns.instant()


class ReportOpening(Row, table=True):
    """Somebody viewed or downloaded a report."""

    __tablename__ = "report_opening"
    __table_args__ = (columns.choices_check("kind", Opening),)

    report_id: int = columns.ref("report.id", index=True)
    partner_id: int = columns.ref("partner.id")
    kind: Opening = columns.choice(Opening)
    by_id: int | None = columns.ref("app_user.id", nullable=True)
    by_name: str = columns.text()
    recorded_at: datetime = columns.instant()


class ValuationMemo(Row, table=True):
    """One printed memo of a valuation: what was known of a mark then, as canonical JSON under its SHA-256, and its PDF.

    `mark_state` is that of the mark when it was printed. Equal figures are printed once a language.
    """

    __tablename__ = "valuation_memo"
    __table_args__ = (
        sa.UniqueConstraint("sha256", "language"),
        sa.ForeignKeyConstraint(["pdf"], ["blob.sha256"]),
        columns.choices_check("language", Language),
    )

    holding_id: int = columns.ref("holding.id", index=True)
    mark_id: int = columns.ref("holding_mark.id", index=True)
    language: Language = columns.choice(Language)
    number: str = columns.code()
    mark_state: str = columns.code()
    sha256: str = columns.code()
    content: str = columns.text()
    pdf: str = columns.code()
    recorded_at: datetime = columns.instant()


class PartnerNotice(Row, table=True):
    """What one partner was told of an act: canonical JSON under its SHA-256, as known at the act's own instant."""

    __tablename__ = "partner_notice"
    __table_args__ = (
        sa.UniqueConstraint("act", "act_id", "partner_id"),
        columns.choices_check("act", Act),
        sa.ForeignKeyConstraint(["fund_id", "partner_id"], ["partner.fund_id", "partner.id"]),
    )

    fund_id: int = columns.ref("fund.id")
    partner_id: int = columns.number(index=True)
    act: Act = columns.choice(Act)
    act_id: int = columns.number()
    number: str = columns.code()
    sha256: str = columns.code()
    content: str = columns.text()
    frozen_at: datetime = columns.instant()
    recorded_at: datetime = columns.instant()


class PartnerNoticeFile(Row, table=True):
    """A printed edition of a notice: the file as drawn, and the sealed one that is handed out."""

    __tablename__ = "partner_notice_file"
    __table_args__ = (
        sa.UniqueConstraint("notice_id", "language"),
        sa.ForeignKeyConstraint(["pdf"], ["blob.sha256"]),
        sa.ForeignKeyConstraint(["sealed"], ["blob.sha256"]),
        columns.choices_check("language", Language),
    )

    notice_id: int = columns.ref("partner_notice.id")
    partner_id: int = columns.ref("partner.id")
    language: Language = columns.choice(Language)
    pdf: str = columns.code()
    sealed: str = columns.code()
    holder: str = columns.text()
    certificate: str = columns.code()
    recorded_at: datetime = columns.instant()


OWN_PUBLISHED = "partner_id = ANY (afund_partners()) AND state IN ('published', 'superseded')"

walls.append_only("report_snapshot")
walls.append_only("report_step")
walls.append_only("report_seal")
walls.append_only("report_delivery")
walls.append_only("report_opening")
walls.append_only("valuation_memo")
for _table in ("partner_notice", "partner_notice_file"):
    walls.append_only(_table)
    walls.readable(_table, "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
walls.readable("report", f"afund_reach() = 'all' OR ({OWN_PUBLISHED})")
walls.readable(
    "report_snapshot",
    "afund_reach() = 'all' OR (partner_id = ANY (afund_partners()) AND EXISTS "
    "(SELECT FROM report r WHERE r.snapshot_id = report_snapshot.id AND r.state IN ('published', 'superseded')))",
)
walls.readable(
    "valuation_memo",
    "afund_reach() = 'all' OR EXISTS (SELECT FROM valuation_file f WHERE f.mark_id = valuation_memo.mark_id)",
)
walls.readable("report_step", "afund_reach() = 'all'")
walls.readable("report_seal", "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
walls.readable("report_delivery", "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
walls.readable("report_opening", "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
walls.guard(
    "report_keeps_its_word",
    "report",
    """
    IF TG_OP = 'INSERT' AND NEW.state <> 'draft' THEN
        RAISE EXCEPTION 'a report begins as a draft' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.fund_id, NEW.partner_id, NEW.snapshot_id, NEW.quarter, NEW.language, NEW.version, NEW.number,
            NEW.pdf, NEW.workbook) IS DISTINCT FROM
           (OLD.fund_id, OLD.partner_id, OLD.snapshot_id, OLD.quarter, OLD.language, OLD.version, OLD.number,
            OLD.pdf, OLD.workbook) THEN
            RAISE EXCEPTION 'report % keeps its files', OLD.number USING ERRCODE = 'restrict_violation';
        END IF;
        IF OLD.state = 'superseded' OR (OLD.state = 'published' AND NEW.state NOT IN ('published', 'superseded')) THEN
            RAISE EXCEPTION 'report % is published', OLD.number USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    """,
)
