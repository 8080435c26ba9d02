"""The life of a report: figures frozen, editions filed as drafts, approved by another person, published, restated."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from fund.charter import queries as charter
from fund.ledger.queries import locked_at, reopenings
from fund.partners import queries as partner_queries
from fund.results.ilpa import breaks
from kernel.audit.actions import record
from kernel.blobs.actions import put
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.periods import Quarter
from lp_reports import pdf, sealing, snapshot, workbook
from lp_reports.archive import Files
from lp_reports.canonical import fingerprint
from lp_reports.checks import inconsistencies
from lp_reports.compose import words_of
from lp_reports.delivery import deliver
from lp_reports.edition import Language
from lp_reports.figures import gather
from lp_reports.gathering.names import known_names
from lp_reports.gathering.whole import Shared
from lp_reports.models import Report, ReportSnapshot, ReportStep
from lp_reports.queries import check_closed, latest_snapshot, row_of
from lp_reports.rules import (
    AssertionsBroken,
    FiguresInconsistent,
    ForeignNames,
    NothingToRestate,
    PromiseWords,
    ReportOutdated,
    State,
    Verb,
    check_approver,
    check_reason,
    document_number,
    foreign_names,
    lint,
    move,
)
from lp_reports.seal import Seal

PREPARERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT)


def freeze(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    partner_id: int,
    quarter: Quarter,
    reason: str | None = None,
    prepared_by: int | None = None,
    shared: Shared | None = None,
    now: datetime,
) -> ReportSnapshot:
    """Freeze one partner's figures: version 1, or with a `reason` the next version, which names the last.

    What was read for another partner of the quarter is `shared`. Asked again without a reason it returns what is
    frozen already. Refused: a quarter that is not closed (named is what is still open), figures that do not add up
    or that name another partner.
    """
    actor.require(*PREPARERS)
    lock(tx, f"report:{fund_id}:{partner_id}:{quarter}")
    last = latest_snapshot(tx, fund_id=fund_id, partner_id=partner_id, quarter=str(quarter))
    if last is not None and reason is None:
        return last
    partner = partner_queries.partner(tx, partner_id=partner_id)
    check_closed(tx, fund_id=fund_id, quarter=quarter)
    now = _known_at(tx, fund_id, quarter, now)
    if last is None and reason is not None:
        raise NothingToRestate(quarter=quarter, partner=partner.code)
    version = last.version + 1 if last else 1
    whole = (shared or Shared()).of(tx, fund_id=fund_id, quarter=quarter, now=now)
    figures = gather(tx, whole=whole, partner_id=partner_id, version=version, restates=last)
    content = snapshot.dumps(figures)
    _check_figures(tx, figures, content, fund_id, partner_id)
    row = ReportSnapshot(
        fund_id=fund_id,
        partner_id=partner_id,
        quarter=str(quarter),
        version=version,
        sha256=fingerprint(content),
        content=content.decode(),
        reason=reason,
        prepared_by=prepared_by if prepared_by is not None else actor.user_id,
        frozen_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"number": figures.document.number, "sha256": row.sha256, "reason": reason}
    record(tx, actor, action="report.frozen", subject=f"report_snapshot:{row.key}", detail=detail, now=now)
    return row


def _known_at(tx: Tx, fund_id: int, quarter: Quarter, now: datetime) -> datetime:
    """`now`, or the lock of the quarter if that was written down later: a report knows all that the quarter holds.

    Whoever closes a quarter may have begun before somebody whose entries are in it.
    """
    locked = locked_at(tx, fund_id=fund_id, quarter=quarter)
    return now if locked is None else max(now, locked)


def file_editions(tx: Tx, actor: Actor, *, snapshot_id: int, files: Files, now: datetime) -> list[Report]:
    """File the printed editions of a snapshot as drafts; one that is filed already is left as it is."""
    actor.require(*PREPARERS)
    frozen = tx.get_one(ReportSnapshot, snapshot_id)
    lock(tx, f"report:{frozen.fund_id}:{frozen.partner_id}:{frozen.quarter}")
    filed = {row.language: row for row in tx.exec(select(Report).where(Report.snapshot_id == snapshot_id))}
    book = put(tx, content=files.workbook, media_type=workbook.MEDIA_TYPE, now=now)
    for language, content in files.pdfs.items():
        if language not in filed:
            file = put(tx, content=content, media_type=pdf.MEDIA_TYPE, now=now)
            filed[language] = _draft(tx, actor, frozen, language, file, book, now)
    return [filed[language] for language in files.pdfs]


def _draft(
    tx: Tx, actor: Actor, frozen: ReportSnapshot, language: Language, file: str, book: str, now: datetime
) -> Report:
    fund = charter.fund(tx, fund_id=frozen.fund_id)
    partner = partner_queries.partner(tx, partner_id=frozen.partner_id)
    row = Report(
        fund_id=frozen.fund_id,
        partner_id=frozen.partner_id,
        snapshot_id=frozen.key,
        quarter=frozen.quarter,
        language=language,
        version=frozen.version,
        number=document_number(fund.code, frozen.quarter, partner.code, frozen.version),
        state=State.DRAFT,
        pdf=file,
        workbook=book,
        prepared_by=frozen.prepared_by,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"number": row.number, "language": language, "pdf": file}
    record(tx, actor, action="report.drafted", subject=f"report:{row.key}", detail=detail, now=now)
    return row


def review(tx: Tx, actor: Actor, *, report_id: int, now: datetime) -> Report:
    """Note that the draft was read and found in order."""
    actor.require(*PREPARERS)
    return _step(tx, actor, row_of(tx, actor=actor, report_id=report_id, lock=True), Verb.REVIEW, "", now)


def request_changes(tx: Tx, actor: Actor, *, report_id: int, reason: str, now: datetime) -> Report:
    """Send a report that is not published back to draft, saying what must change."""
    actor.require(*PREPARERS)
    check_reason(reason)
    row = row_of(tx, actor=actor, report_id=report_id, lock=True)
    return _step(tx, actor, row, Verb.REQUEST_CHANGES, reason, now)


def approve(tx: Tx, actor: Actor, *, report_id: int, now: datetime) -> Report:
    """Approve exactly the file that is filed. Refused to the preparer and to the system, and once the quarter was
    opened again: what was drawn up before then may no longer be so.
    """
    actor.require(Role.MANAGER)
    row = row_of(tx, actor=actor, report_id=report_id, lock=True)
    check_approver(
        number=row.number, prepared_by=row.prepared_by, approved_by=actor.user_id, preparer=_preparer(row)
    )
    _check_current(tx, row)
    return _step(tx, actor, row, Verb.APPROVE, "", now)


def publish(tx: Tx, actor: Actor, *, report_id: int, seal: Seal, now: datetime) -> Report:
    """Seal an approved report and put it before its partner; an older version of the edition becomes superseded.

    Refused while the report contains words of promise or an ILPA assertion does not hold in the books that it was drawn
    from, and when its quarter was opened again after it was drawn up.
    """
    actor.require(Role.MANAGER)
    row = row_of(tx, actor=actor, report_id=report_id, lock=True)
    move(row.number, row.state, Verb.PUBLISH)
    _check_current(tx, row)
    problems = lint(words_of(_content(tx, row), row.language))
    if problems:
        raise PromiseWords(number=row.number, problems=problems)
    _check_assertions(tx, row)
    for older in _published_before(tx, row):
        _step(tx, actor, older, Verb.SUPERSEDE, row.number, now)
    row.published_at = now
    _step(tx, actor, row, Verb.PUBLISH, "", now)
    sealing.file_sealed(tx, actor, row=row, seal=seal, now=now)
    deliver(tx, row=row, now=now)
    return row


def _check_assertions(tx: Tx, row: Report) -> None:
    known_at = tx.get_one(ReportSnapshot, row.snapshot_id).frozen_at
    quarter = Quarter.parse(row.quarter)
    problems = breaks(tx, fund_id=row.fund_id, quarter=quarter, known_at=known_at)
    if problems:
        raise AssertionsBroken(number=row.number, quarter=quarter, problems=problems)


def _check_current(tx: Tx, row: Report) -> None:
    frozen_at = tx.get_one(ReportSnapshot, row.snapshot_id).frozen_at
    opened = reopenings(tx, fund_id=row.fund_id, quarter=Quarter.parse(row.quarter))
    if opened and opened[-1].recorded_at >= frozen_at:
        raise ReportOutdated(
            number=row.number, quarter=row.quarter, on=day_in_beijing(opened[-1].recorded_at)
        )


def _published_before(tx: Tx, row: Report) -> Sequence[Report]:
    statement = select(Report).where(
        Report.fund_id == row.fund_id,
        Report.partner_id == row.partner_id,
        Report.quarter == row.quarter,
        Report.language == row.language,
        Report.version < row.version,
        Report.state == State.PUBLISHED,
    )
    return tx.exec(statement.order_by(col(Report.id)).with_for_update()).all()


def _step(tx: Tx, actor: Actor, row: Report, verb: Verb, note: str, now: datetime) -> Report:
    row.state = move(row.number, row.state, verb)
    tx.add(row)
    tx.add(
        ReportStep(
            report_id=row.key,
            verb=verb,
            note=note,
            by_id=actor.user_id,
            by_name=actor.name,
            recorded_at=now,
        )
    )
    tx.flush()
    detail = {"number": row.number, "language": row.language, "state": row.state, "note": note}
    record(tx, actor, action=f"report.{verb}", subject=f"report:{row.key}", detail=detail, now=now)
    return row


def _content(tx: Tx, row: Report) -> bytes:
    return tx.get_one(ReportSnapshot, row.snapshot_id).content.encode()


def _preparer(row: Report) -> str:
    return "you" if row.prepared_by is not None else "the system"


def _check_figures(tx: Tx, figures: snapshot.Figures, content: bytes, fund_id: int, partner_id: int) -> None:
    facts = {"partner": figures.partner.code, "quarter": figures.document.quarter}
    problems = inconsistencies(figures)
    if problems:
        raise FiguresInconsistent(problems=problems, **facts)
    held = [name for line in figures.investments for name in (line.name.zh, line.name.en) if name]
    names = known_names(tx, fund_id=fund_id).others(partner_id)
    foreign = foreign_names(content.decode(), names, allowed=held)
    if foreign:
        raise ForeignNames(problems=foreign, **facts)
