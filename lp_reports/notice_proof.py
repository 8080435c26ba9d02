"""The proof that every kept notice is what it says it is: fingerprint, figures against the rows, files, seals."""

from collections.abc import Iterator
from dataclasses import replace

from sqlmodel import col, select

from kernel.audit.rules import Break
from kernel.blobs.models import Blob
from kernel.db import Tx
from kernel.errors import Refusal
from lp_reports import notice as notices
from lp_reports.canonical import fingerprint
from lp_reports.gathering.notices import gather
from lp_reports.models import PartnerNotice, PartnerNoticeFile
from lp_reports.notice import Notice
from lp_reports.rules import Act
from lp_reports.seal import examine


def prove_notices(tx: Tx) -> Iterator[Break]:
    """Every break among the notices."""
    yield from _prove_figures(tx)
    for row in tx.exec(select(PartnerNoticeFile).order_by(col(PartnerNoticeFile.id))):
        drawn, sealed = tx.get(Blob, row.pdf), tx.get(Blob, row.sealed)
        if drawn is None or sealed is None:
            what: str | None = "its file is missing"
        else:
            what = examine(sealed.content, drawn.content, fingerprint=row.certificate)
        if what:
            yield Break(f"partner_notice_file {row.key}", what)


def _prove_figures(tx: Tx) -> Iterator[Break]:
    """Against their fingerprint, and against what the rows say when they are asked again as known then."""
    again: dict[tuple[Act, int], dict[int, Notice]] = {}
    for row in tx.exec(select(PartnerNotice).order_by(col(PartnerNotice.id))):
        where, content = f"partner_notice {row.number}", row.content.encode()
        if fingerprint(content) != row.sha256:
            yield Break(where, "what it says does not match its fingerprint")
            continue
        told, key = notices.loads(content), (row.act, row.act_id)
        if key not in again:
            again[key] = _gathered(tx, *key)
        known = again[key].get(row.partner_id)
        if known is None or _figures(known) != _figures(told):
            yield Break(where, "its figures are not what the rows say")


def _gathered(tx: Tx, act: Act, act_id: int) -> dict[int, Notice]:
    try:
        return gather(tx, act=act, act_id=act_id)
    except Refusal:
        return {}


def _figures(told: Notice) -> Notice:
    """The notice without its words: names may be written otherwise by now."""
    nothing = notices.NO_NOTE
    tables = tuple(
        replace(table, lines=tuple(replace(line, note=nothing) for line in table.lines))
        for table in told.tables
    )
    return replace(
        told,
        fund=nothing,
        manager=nothing,
        partner=nothing,
        purpose=nothing,
        tables=tables,
        is_example=False,
    )
