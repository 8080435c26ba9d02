"""Proving the findings: no signed version was changed, taken out or slipped in."""

from collections.abc import Iterator

from sqlmodel import col, select

from kernel.audit.models import AuditEvent
from kernel.audit.rules import Break
from kernel.db import Tx
from pipeline.diligence.models import Finding, FindingVersion
from pipeline.diligence.queries import text_of
from pipeline.diligence.rules import UNSIGNED, signature


def prove(tx: Tx) -> list[Break]:
    """Compute every signature again, each from the version before it, and look each up in the audit trail."""
    signed = _told(tx)
    breaks: list[Break] = []
    expected: dict[int, tuple[int, str]] = {}
    statement = (
        select(Finding, FindingVersion)
        .join(FindingVersion, col(FindingVersion.finding_id) == Finding.id)
        .order_by(col(Finding.id), col(FindingVersion.version))
    )
    for finding, row in tx.exec(statement):
        number, previous = expected.get(finding.key, (1, UNSIGNED))
        where = f"finding {finding.code} version {row.version}"
        breaks += [Break(where, what) for what in _faults(finding, row, number, previous)]
        if row.signature not in signed:
            breaks.append(Break(where, "the audit trail does not know its signature"))
        signed.discard(row.signature)
        expected[finding.key] = row.version + 1, row.signature
    return breaks + [Break(f"signature {lost[:16]}", "its version is missing") for lost in sorted(signed)]


def _faults(finding: Finding, row: FindingVersion, number: int, previous: str) -> Iterator[str]:
    if row.version != number or row.previous != previous:
        yield "does not follow from the version before it"
    if row.signature != signature(finding.code, row.version, text_of(row), row.signed_by, row.previous):
        yield "its content does not match its signature"


def _told(tx: Tx) -> set[str]:
    statement = select(AuditEvent).where(AuditEvent.action == "finding.signed")
    return {str(event.detail["signature"]) for event in tx.exec(statement)}
