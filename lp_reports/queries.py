"""Which reports there are, for whom, in which state; the proof of them is in `proof.py`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.charter.queries import first_quarter
from fund.ledger.queries import open_through
from fund.ledger.rules import PeriodBeforeFund
from fund.partners import queries as partner_queries
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.paging import DEFAULT_LIMIT, Page, keyset
from kernel.periods import Quarter
from lp_reports.edition import Language
from lp_reports.models import Report, ReportDelivery, ReportOpening, ReportSeal, ReportSnapshot, ReportStep
from lp_reports.proof import prove_reports
from lp_reports.rules import READABLE, Channel, Opening, QuarterOpen, ReportUnknown, State, Verb

__all__ = ["prove_reports"]


@dataclass(frozen=True)
class ReportSheet:
    """One edition of one partner's report; `sha256` is the fingerprint of its figures, `pdf` of its file as drawn.

    Once published it has a seal: `sealed` is the fingerprint of the file that is handed out, `sealed_by` whose
    seal it is, `certificate` the fingerprint of the seal's certificate. `has_ilpa` says whether its figures hold the
    ILPA Reporting Template.
    """

    id: int
    fund_id: int
    partner_id: int
    partner_code: str
    partner_name_zh: str
    partner_name_en: str
    quarter: str
    language: Language
    version: int
    number: str
    state: State
    snapshot_id: int
    sha256: str
    pdf: str
    workbook: str
    prepared_by: int | None
    recorded_at: datetime
    published_at: datetime | None
    sealed: str | None
    sealed_by: str | None
    certificate: str | None
    has_ilpa: bool


@dataclass(frozen=True)
class StepSheet:
    verb: Verb
    note: str
    by_name: str
    recorded_at: datetime


@dataclass(frozen=True)
class DeliverySheet:
    """A recipient, and when they first viewed and first downloaded the report."""

    channel: Channel
    recipient: str
    recorded_at: datetime
    viewed_at: datetime | None
    downloaded_at: datetime | None


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """All reports for those who run or audit the fund; for a partner's people their own, once published."""
    if actor.reach == "all":
        return sa.true()
    if not actor.has(Role.LP_USER):
        return sa.false()
    return col(Report.partner_id).in_(actor.partner_ids) & col(Report.state).in_(READABLE)


def reports(
    tx: Tx,
    *,
    actor: Actor,
    fund_id: int | None = None,
    quarter: str | None = None,
    partner_id: int | None = None,
    state: State | None = None,
    text: str = "",
    partner_ids: Collection[int] = (),
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[ReportSheet]:
    """The reports that `actor` may see, newest first; with `text` those of that number or of `partner_ids`."""
    statement = select(Report).where(visible_to(actor))
    wanted = {"fund_id": fund_id, "quarter": quarter, "partner_id": partner_id, "state": state}
    statement = statement.filter_by(**{name: value for name, value in wanted.items() if value is not None})
    if text:
        numbered = col(Report.number).icontains(text, autoescape=True)
        statement = statement.where(numbered | col(Report.partner_id).in_(partner_ids))
    page = keyset(
        tx,
        statement,
        col(Report.id),
        after=after,
        limit=limit,
        sheet=lambda row: row,
        newest_first=True,
    )
    return Page(tuple(_sheets(tx, page.items)), page.next)


def report(tx: Tx, *, actor: Actor, report_id: int) -> ReportSheet:
    """The report with that id; one that the actor may not see is as unknown as one that is not there."""
    return _sheets(tx, [row_of(tx, actor=actor, report_id=report_id)])[0]


def row_of(tx: Tx, *, actor: Actor, report_id: int, lock: bool = False) -> Report:
    """The row itself for this room's actions, locked against another step when asked."""
    statement = select(Report).where(Report.id == report_id, visible_to(actor))
    row = tx.exec(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise ReportUnknown()
    return row


def steps(tx: Tx, *, actor: Actor, report_id: int) -> list[StepSheet]:
    """The life of a report so far; a partner's people see none of it."""
    row_of(tx, actor=actor, report_id=report_id)
    statement = select(ReportStep).where(ReportStep.report_id == report_id).order_by(col(ReportStep.id))
    return [StepSheet(row.verb, row.note, row.by_name, row.recorded_at) for row in tx.exec(statement)]


def deliveries(tx: Tx, *, actor: Actor, report_id: int) -> list[DeliverySheet]:
    """Who was put in the way of a report, and who has opened it."""
    row_of(tx, actor=actor, report_id=report_id)
    opened = _first_openings(tx, report_id)
    statement = select(ReportDelivery).where(ReportDelivery.report_id == report_id)
    return [
        DeliverySheet(
            row.channel,
            row.recipient,
            row.recorded_at,
            opened.get((row.recipient, Opening.VIEWED)),
            opened.get((row.recipient, Opening.DOWNLOADED)),
        )
        for row in tx.exec(statement.order_by(col(ReportDelivery.id)))
    ]


def _first_openings(tx: Tx, report_id: int) -> dict[tuple[str, Opening], datetime]:
    statement = select(ReportOpening).where(ReportOpening.report_id == report_id)
    first: dict[tuple[str, Opening], datetime] = {}
    for row in tx.exec(statement.order_by(col(ReportOpening.id))):
        first.setdefault((row.by_name, row.kind), row.recorded_at)
    return first


def latest_snapshot(tx: Tx, *, fund_id: int, partner_id: int, quarter: str) -> ReportSnapshot | None:
    """The newest version of a partner's figures for a quarter, if any was frozen."""
    statement = select(ReportSnapshot).where(
        ReportSnapshot.fund_id == fund_id,
        ReportSnapshot.partner_id == partner_id,
        ReportSnapshot.quarter == quarter,
    )
    return tx.exec(statement.order_by(col(ReportSnapshot.version).desc()).limit(1)).first()


def published_snapshot(tx: Tx, *, fund_id: int, partner_id: int, quarter: str) -> ReportSnapshot | None:
    """The newest version of a partner's figures for a quarter of which an edition was published, if any was."""
    published = sa.exists().where(
        col(Report.snapshot_id) == col(ReportSnapshot.id), col(Report.state).in_(READABLE)
    )
    statement = select(ReportSnapshot).where(
        ReportSnapshot.fund_id == fund_id,
        ReportSnapshot.partner_id == partner_id,
        ReportSnapshot.quarter == quarter,
        published,
    )
    return tx.exec(statement.order_by(col(ReportSnapshot.version).desc()).limit(1)).first()


def check_closed(tx: Tx, *, fund_id: int, quarter: Quarter) -> None:
    """Refuse a quarter that is not closed; every quarter that must be closed first is named."""
    first = first_quarter(tx, fund_id=fund_id)
    if quarter < first:
        raise PeriodBeforeFund(quarter=str(quarter), first=str(first))
    still = open_through(tx, fund_id=fund_id, through=quarter)
    if still:
        raise QuarterOpen(quarter=str(quarter), open=", ".join(str(one) for one in still))


def _sheets(tx: Tx, rows: Sequence[Report]) -> list[ReportSheet]:
    funds = {row.fund_id for row in rows}
    named = {one.id: one for fund_id in funds for one in partner_queries.partners(tx, fund_id=fund_id)}
    keys = {row.snapshot_id for row in rows}
    # Canonical JSON writes the part so, and no text in it can: there the quotes are escaped.
    has_ilpa = col(ReportSnapshot.content).contains('"ilpa":{', autoescape=True)
    known = sa.select(col(ReportSnapshot.id), col(ReportSnapshot.sha256), has_ilpa).where(
        col(ReportSnapshot.id).in_(keys)
    )
    frozen = {row[0]: (row[1], row[2]) for row in tx.execute(known)}
    held = select(ReportSeal).where(col(ReportSeal.report_id).in_([row.key for row in rows]))
    seals = {seal.report_id: (seal.pdf, seal.holder, seal.certificate) for seal in tx.exec(held)}
    return [
        ReportSheet(
            row.key,
            row.fund_id,
            row.partner_id,
            named[row.partner_id].code,
            named[row.partner_id].name_zh,
            named[row.partner_id].name_en,
            row.quarter,
            row.language,
            row.version,
            row.number,
            row.state,
            row.snapshot_id,
            frozen[row.snapshot_id][0],
            row.pdf,
            row.workbook,
            row.prepared_by,
            row.recorded_at,
            row.published_at,
            *(*seals.get(row.key, (None, None, None)), frozen[row.snapshot_id][1]),
        )
        for row in rows
    ]
