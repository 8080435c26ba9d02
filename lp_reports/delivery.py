"""Putting a published report before its readers, and noting who opened it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from fund.partners import queries as partner_queries
from kernel import work
from kernel.audit.actions import record
from kernel.blobs import queries as blobs
from kernel.db import Tx
from kernel.identity.models import Grant, User
from kernel.identity.rules import Actor, Role
from kernel.letters.post import is_configured
from lp_reports import pdf, snapshot, workbook
from lp_reports.archive import file_name
from lp_reports.ilpa_facts import Ilpa
from lp_reports.models import Report, ReportDelivery, ReportOpening, ReportSnapshot
from lp_reports.queries import row_of
from lp_reports.rules import Channel, IlpaNotFrozen, Opening
from lp_reports.sealing import seal_of
from lp_reports.snapshot import Figures


@dataclass(frozen=True)
class OpenedFile:
    """A file handed to its reader."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class OpenedTemplate:
    """The template handed to its reader: under which name, the fingerprint of its figures, and the two themselves."""

    name: str
    sha256: str
    figures: Figures
    ilpa: Ilpa


def deliver(tx: Tx, *, row: Report, now: datetime) -> list[str]:
    """One portal delivery per person of the partner; the partner's code where nobody has an account yet.

    Where a mail server is set, letters to the partner's contacts are asked for too.
    """
    readers = _readers(tx, row.partner_id)
    recipients = readers or [partner_queries.partner(tx, partner_id=row.partner_id).code]
    for recipient in recipients:
        fresh = {
            "report_id": row.key,
            "partner_id": row.partner_id,
            "channel": Channel.PORTAL,
            "recipient": recipient,
            "recorded_at": now,
        }
        tx.execute(insert(ReportDelivery).values(fresh).on_conflict_do_nothing())
    if is_configured():
        key = f"report_letters:{row.key}"
        work.enqueue(tx, job="report_letters", key=key, report=row.key, at=now.isoformat())
    return recipients


def open_pdf(tx: Tx, actor: Actor, *, report_id: int, kind: Opening, now: datetime) -> OpenedFile:
    """The report as PDF, sealed once it is published; noted as viewed or downloaded by `actor`."""
    row = row_of(tx, actor=actor, report_id=report_id)
    _note(tx, actor, row, kind, now)
    seal = seal_of(tx, report_id=report_id)
    blob = blobs.get(tx, sha256=seal.pdf if seal else row.pdf)
    return OpenedFile(file_name(row.number, row.language), pdf.MEDIA_TYPE, blob.content)


def open_workbook(tx: Tx, actor: Actor, *, report_id: int, now: datetime) -> OpenedFile:
    """The report's figures as a workbook, noted as downloaded by `actor`."""
    row = row_of(tx, actor=actor, report_id=report_id)
    _note(tx, actor, row, Opening.DOWNLOADED, now)
    blob = blobs.get(tx, sha256=row.workbook)
    return OpenedFile(file_name(row.number, row.language, "xlsx"), workbook.MEDIA_TYPE, blob.content)


def open_figures(tx: Tx, actor: Actor, *, report_id: int, now: datetime) -> OpenedFile:
    """The report's figures as canonical JSON, noted as downloaded by `actor`."""
    row = row_of(tx, actor=actor, report_id=report_id)
    _note(tx, actor, row, Opening.DOWNLOADED, now)
    content = tx.exec(select(ReportSnapshot.content).where(ReportSnapshot.id == row.snapshot_id)).one()
    return OpenedFile(file_name(row.number, row.language, "json"), "application/json", content.encode())


def open_ilpa(tx: Tx, actor: Actor, *, report_id: int, now: datetime) -> OpenedTemplate:
    """The ILPA Reporting Template of a report as it was frozen, noted as downloaded by `actor`."""
    row = row_of(tx, actor=actor, report_id=report_id)
    frozen = tx.get_one(ReportSnapshot, row.snapshot_id)
    figures = snapshot.loads(frozen.content.encode())
    if figures.ilpa is None:
        raise IlpaNotFrozen(number=row.number)
    _note(tx, actor, row, Opening.DOWNLOADED, now)
    name = file_name(row.number, row.language, "ilpa.json")
    return OpenedTemplate(name, frozen.sha256, figures, figures.ilpa)


def _note(tx: Tx, actor: Actor, row: Report, kind: Opening, now: datetime) -> None:
    fresh = {
        "report_id": row.key,
        "partner_id": row.partner_id,
        "kind": kind,
        "by_id": actor.user_id,
        "by_name": actor.name,
        "recorded_at": now,
    }
    tx.execute(insert(ReportOpening).values(fresh))
    detail = {"number": row.number, "language": row.language}
    record(tx, actor, action=f"report.{kind}", subject=f"report:{row.key}", detail=detail, now=now)


def _readers(tx: Tx, partner_id: int) -> list[str]:
    statement = (
        select(User.name)
        .join(Grant, col(Grant.user_id) == col(User.id))
        .where(
            Grant.partner_id == partner_id,
            Grant.role == Role.LP_USER,
            col(Grant.ended_at).is_(None),
            col(User.is_active),
        )
    )
    return sorted(set(tx.exec(statement)))
