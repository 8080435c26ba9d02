"""Sealing published reports, handing out the sealed file, and proving every seal from the rows alone."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import col, select

from kernel.audit.actions import record
from kernel.audit.rules import Break
from kernel.blobs import queries as blobs
from kernel.blobs.actions import put
from kernel.blobs.models import Blob
from kernel.db import Tx
from kernel.identity.rules import Actor
from lp_reports import pdf
from lp_reports.models import Report, ReportSeal
from lp_reports.rules import READABLE
from lp_reports.seal import Seal, apply, examine


def file_sealed(tx: Tx, actor: Actor, *, row: Report, seal: Seal, now: datetime) -> ReportSeal:
    """Seal the file of a report that is being published and keep both."""
    drawn = blobs.get(tx, sha256=row.pdf).content
    content = apply(seal, drawn, number=row.number, at=now)
    sealed = ReportSeal(
        report_id=row.key,
        partner_id=row.partner_id,
        pdf=put(tx, content=content, media_type=pdf.MEDIA_TYPE, now=now),
        holder=seal.holder,
        certificate=seal.fingerprint,
        recorded_at=now,
    )
    tx.add(sealed)
    tx.flush()
    detail = {"number": row.number, "language": row.language, "pdf": sealed.pdf, "seal": sealed.certificate}
    record(tx, actor, action="report.sealed", subject=f"report:{row.key}", detail=detail, now=now)
    return sealed


def seal_of(tx: Tx, *, report_id: int) -> ReportSeal | None:
    """The seal of a report, once it is published."""
    return tx.exec(select(ReportSeal).where(ReportSeal.report_id == report_id)).one_or_none()


def prove_seals(tx: Tx) -> Iterator[Break]:
    """Every published report carries a seal that holds and lies behind exactly the file that was approved."""
    statement = (
        select(Report, ReportSeal)
        .outerjoin(ReportSeal, col(ReportSeal.report_id) == col(Report.id))
        .where(col(Report.state).in_(READABLE))
        .order_by(col(Report.id))
    )
    for row, seal in tx.exec(statement):
        what = "was published without a seal" if seal is None else _broken(tx, row, seal)
        if what:
            yield Break(f"report {row.number} {row.language}", what)


def _broken(tx: Tx, row: Report, seal: ReportSeal) -> str | None:
    drawn, sealed = tx.get(Blob, row.pdf), tx.get(Blob, seal.pdf)
    if drawn is None or sealed is None:
        return "its sealed file is missing"
    return examine(sealed.content, drawn.content, fingerprint=seal.certificate)
