"""Valuation memos: asked for, printed as durable work, kept, and handed out to the fund's own people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.holdings.queries import mark
from fund.valuations.queries import behind_marks
from kernel import work
from kernel.audit.actions import record
from kernel.blobs.actions import put
from kernel.blobs.queries import get
from kernel.db import Tx, lock
from kernel.errors import NotFound
from kernel.identity.rules import Actor, Role
from lp_reports import memo as memos
from lp_reports import pdf
from lp_reports.canonical import fingerprint
from lp_reports.edition import Language
from lp_reports.gathering.memo import gather
from lp_reports.memo_page import compose_memo
from lp_reports.models import ValuationMemo

ASKERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT)


class MemoUnknown(NotFound):
    code = "valuation_memo_unknown"
    says = "There is no memo of this mark yet; have it drawn up."


@dataclass(frozen=True)
class MemoSheet:
    """A printed memo as others see it; `sha256` is the fingerprint of what it says, `pdf` of the file."""

    mark_id: int
    language: Language
    number: str
    mark_state: str
    sha256: str
    pdf: str
    recorded_at: datetime


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Memos are read by those who may read the file that they print; the database says the same."""
    return behind_marks(col(ValuationMemo.mark_id), actor=actor)


def ask_for_memo(tx: Tx, actor: Actor, *, mark_id: int, now: datetime) -> str:
    """Ask for the memo of a mark in both languages; asked again with nothing new, nothing is printed anew.

    Returns the key of the work. Refused: a mark without a file.
    """
    actor.require(*ASKERS)
    sha256 = fingerprint(memos.dumps(gather(tx, mark_id=mark_id)))
    record(tx, actor, action="valuation.memo_asked", subject=f"mark:{mark_id}", now=now)
    return work.enqueue(
        tx,
        job="memo_print",
        key=f"memo_print:{mark_id}:{sha256[:16]}",
        mark=mark_id,
        at=now.isoformat(),
    )


def freeze(tx: Tx, *, mark_id: int) -> str:
    """What the memo says, as it will be printed."""
    return memos.dumps(gather(tx, mark_id=mark_id)).decode()


def produce(content: bytes) -> dict[Language, bytes]:
    """Print saved bytes in both languages with the data inside; the same content gives the same bytes."""
    said, sha256 = memos.loads(content), fingerprint(content)
    attached = (pdf.Attachment("memo.json", f"全部数据 Everything it says, sha256 {sha256}", content),)
    documents = [
        pdf.Document(compose_memo(said, sha256, language), said.frozen_at, sha256, attached)
        for language in Language
    ]
    return dict(zip(Language, pdf.print_all(documents), strict=True))


def file_memo(
    tx: Tx, actor: Actor, *, mark_id: int, content: bytes, pdfs: dict[Language, bytes], now: datetime
) -> list[MemoSheet]:
    """Keep the printed editions; one that is kept already is left as it is."""
    actor.require(*ASKERS)
    said, sha256 = memos.loads(content), fingerprint(content)
    lock(tx, f"memo:{mark_id}")
    kept = set(tx.exec(select(ValuationMemo.language).where(ValuationMemo.sha256 == sha256)))
    for language, printed in pdfs.items():
        if language not in kept:
            row = ValuationMemo(
                holding_id=mark(tx, mark_id=mark_id).holding_id,
                mark_id=mark_id,
                language=language,
                number=said.number,
                mark_state=said.state,
                sha256=sha256,
                content=content.decode(),
                pdf=put(tx, content=printed, media_type=pdf.MEDIA_TYPE, now=now),
                recorded_at=now,
            )
            tx.add(row)
    tx.flush()
    return memos_of(tx, mark_id=mark_id)


def memos_of(tx: Tx, *, mark_id: int, actor: Actor | None = None) -> list[MemoSheet]:
    """The memos printed of a mark, the latest first. Refused: a mark that the actor may not know of."""
    statement = select(ValuationMemo).where(ValuationMemo.mark_id == mark_id)
    if actor is not None:
        mark(tx, mark_id=mark_id, actor=actor)
        statement = statement.where(visible_to(actor))
    rows = tx.exec(statement.order_by(col(ValuationMemo.id).desc()))
    return [
        MemoSheet(row.mark_id, row.language, row.number, row.mark_state, row.sha256, row.pdf, row.recorded_at)
        for row in rows
    ]


def open_memo(
    tx: Tx, *, mark_id: int, language: Language, actor: Actor | None = None
) -> tuple[MemoSheet, bytes]:
    """The latest memo of a mark in a language. Refused: none was printed, or the actor may not know of it."""
    for one in memos_of(tx, mark_id=mark_id, actor=actor):
        if one.language is language:
            return one, get(tx, sha256=one.pdf).content
    raise MemoUnknown()
