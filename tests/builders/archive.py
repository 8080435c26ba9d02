"""Frozen figures and filed reports for tests, on the small fund of the holdings' builder."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.periods import Quarter
from lp_reports import actions
from lp_reports.archive import Files
from lp_reports.edition import Language
from lp_reports.figures import gather
from lp_reports.gathering.whole import whole
from lp_reports.models import Report, ReportSnapshot
from lp_reports.snapshot import Figures
from tests.builders.holdings import a_mark, committed, held
from tests.builders.ledger import locked
from tests.builders.people import an_actor
from tests.builders.seals import a_pdf, a_seal

QUARTER = Quarter(2024, 2)
AFTER = datetime(2026, 10, 15, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Archive:
    """A fund with one marked holding, and the people who handle its reports."""

    fund_id: int
    partners: dict[str, int]
    manager: Actor
    analyst: Actor


def an_archive(tx: Tx, *, closed: bool = True, marked: bool = True) -> Archive:
    """A fund with partners LP01, LP02 and the GP, one holding bought and marked up, its quarter locked."""
    books = committed(tx)
    holding = held(tx, books.fund_id)
    if marked:
        a_mark(tx, holding.id, on=date(2024, 3, 31), value=20_000_000_00, reason="刚交割")
        a_mark(tx, holding.id, on=QUARTER.ends_on, value=26_000_000_00, reason="首台样机通过测试")
    if closed:
        locked(tx, books.fund_id, QUARTER, now=AFTER)
    manager = an_actor(tx, Role.MANAGER, login="reports.manager", now=AFTER)
    analyst = an_actor(tx, Role.ANALYST, login="reports.analyst", now=AFTER)
    return Archive(books.fund_id, books.partners, manager, analyst)


def frozen(
    tx: Tx,
    archive: Archive,
    *,
    code: str = "LP01",
    quarter: Quarter = QUARTER,
    reason: str | None = None,
    now: datetime = AFTER,
) -> ReportSnapshot:
    """A partner's figures, frozen by the analyst."""
    return actions.freeze(
        tx,
        archive.analyst,
        fund_id=archive.fund_id,
        partner_id=archive.partners[code],
        quarter=quarter,
        reason=reason,
        now=now,
    )


def figures_of(
    tx: Tx,
    *,
    fund_id: int,
    partner_id: int,
    quarter: Quarter = QUARTER,
    version: int = 1,
    now: datetime = AFTER,
) -> Figures:
    """The figures of one partner, read for it alone."""
    shared = whole(tx, fund_id=fund_id, quarter=quarter, now=now)
    return gather(tx, whole=shared, partner_id=partner_id, version=version)


def files(mark: str = "") -> Files:
    """What printing would have made, in short: the archive keeps bytes and does not read them."""
    pdfs = {language: a_pdf(f"{language} {mark}") for language in Language}
    return Files(pdfs, f"xlsx {mark}".encode())


def drafts(tx: Tx, archive: Archive, *, code: str = "LP01", reason: str | None = None) -> list[Report]:
    """Both editions of a partner's report, filed as drafts."""
    row = frozen(tx, archive, code=code, reason=reason)
    printed = files(f"{code} v{row.version}")
    return actions.file_editions(tx, SYSTEM, snapshot_id=row.key, files=printed, now=AFTER)


def published(tx: Tx, archive: Archive, *, code: str = "LP01", reason: str | None = None) -> list[Report]:
    """Both editions, approved and published by the manager."""
    rows = drafts(tx, archive, code=code, reason=reason)
    for row in rows:
        actions.approve(tx, archive.manager, report_id=row.key, now=AFTER)
        actions.publish(tx, archive.manager, report_id=row.key, seal=a_seal(), now=AFTER)
    return rows
