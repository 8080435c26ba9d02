"""Notices of calls, distributions, nettings and givebacks: frozen for all partners of an act at once, printed when
they are first asked for, sealed, kept, and handed out as they were kept.

What is frozen is what was known at the act's own instant, so it makes no difference when it is first asked for; an act
that is taken back later leaves its notices as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from fund.charter.rules import Language as Wanted
from fund.side_letters.queries import language_of
from kernel.audit.actions import record
from kernel.blobs.actions import put
from kernel.blobs.queries import get
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from lp_reports import notice as notices
from lp_reports import pdf
from lp_reports.archive import file_name
from lp_reports.canonical import fingerprint
from lp_reports.edition import Language
from lp_reports.gathering.notices import gather
from lp_reports.models import PartnerNotice, PartnerNoticeFile
from lp_reports.notice_page import compose_notice
from lp_reports.rules import Act, NoticeUnknown
from lp_reports.seal import Seal, apply

READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.LP_USER)


Wishes = Sequence[tuple[int, Language]]
"""Editions by partner and language."""


@dataclass(frozen=True)
class NoticeSheet:
    """A frozen notice; `sha256` is the fingerprint of what it says, `languages` those in which its partner reads."""

    id: int
    partner_id: int
    number: str
    sha256: str
    frozen_at: datetime
    languages: tuple[Language, ...]


@dataclass(frozen=True)
class Unprinted:
    """An edition of the notice to a partner that is not kept yet."""

    partner_id: int
    language: Language
    content: bytes


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """All notices for those who run or audit the fund, a partner's people their own; the database says the same."""
    if actor.reach == "all":
        return sa.true()
    if not actor.has(Role.LP_USER):
        return sa.false()
    return col(PartnerNotice.partner_id).in_(actor.partner_ids)


def freeze(tx: Tx, *, act: Act, act_id: int, now: datetime) -> None:
    """Freeze what every partner was told of an act; what is frozen already stays. Refused: no notice was given."""
    lock(tx, f"notices:{act}:{act_id}")
    if tx.exec(_of(act, act_id).limit(1)).first() is not None:
        return
    for partner_id, told in gather(tx, act=act, act_id=act_id).items():
        content = notices.dumps(told)
        row = PartnerNotice(
            fund_id=told.fund_id,
            partner_id=partner_id,
            act=act,
            act_id=act_id,
            number=told.number,
            sha256=fingerprint(content),
            content=content.decode(),
            frozen_at=told.frozen_at,
            recorded_at=now,
        )
        tx.add(row)
    tx.flush()


def frozen(
    tx: Tx, actor: Actor, *, act: Act, act_id: int, partner_id: int | None = None
) -> list[NoticeSheet]:
    """The notices of an act that `actor` may see, in the order of the partners."""
    statement = _of(act, act_id).where(visible_to(actor))
    if partner_id is not None:
        statement = statement.where(col(PartnerNotice.partner_id) == partner_id)
    return [_sheet(tx, row) for row in tx.exec(statement)]


def one(tx: Tx, actor: Actor, *, act: Act, act_id: int, partner_id: int) -> NoticeSheet:
    """The notice to one partner. Refused: it has no part in the act, or the actor may not know of it."""
    found = frozen(tx, actor, act=act, act_id=act_id, partner_id=partner_id)
    if not found:
        raise NoticeUnknown(act=f"{act.value} {act_id}")
    return found[0]


def said(tx: Tx, *, notice_id: int) -> notices.Notice:
    """What a notice says."""
    return notices.loads(tx.get_one(PartnerNotice, notice_id).content.encode())


def unprinted(tx: Tx, *, act: Act, act_id: int, wanted: Wishes) -> list[Unprinted]:
    """Which of the wanted editions, by partner and language, are not kept yet."""
    return [
        Unprinted(row.partner_id, language, row.content.encode())
        for row, language in _rows(tx, act, act_id, wanted)
        if _kept(tx, row, language) is None
    ]


def document(one: Unprinted) -> pdf.Document:
    """An edition to be printed from saved bytes, with the data inside; the same content gives the same bytes."""
    told, sha256 = notices.loads(one.content), fingerprint(one.content)
    attached = (pdf.Attachment("notice.json", f"全部数据 Everything it says, sha256 {sha256}", one.content),)
    return pdf.Document(compose_notice(told, sha256, one.language), told.frozen_at, sha256, attached)


def file(
    tx: Tx, *, act: Act, act_id: int, printed: Sequence[tuple[Unprinted, bytes]], seal: Seal, now: datetime
) -> None:
    """Seal printed editions and keep both files; one that is kept already is left as it is."""
    lock(tx, f"notices:{act}:{act_id}")
    drawn = {(one.partner_id, one.language): content for one, content in printed}
    for row, language in _rows(tx, act, act_id, list(drawn)):
        if _kept(tx, row, language) is not None:
            continue
        content = drawn[row.partner_id, language]
        sealed = apply(seal, content, number=row.number, at=now)
        kept = PartnerNoticeFile(
            notice_id=row.key,
            partner_id=row.partner_id,
            language=language,
            pdf=put(tx, content=content, media_type=pdf.MEDIA_TYPE, now=now),
            sealed=put(tx, content=sealed, media_type=pdf.MEDIA_TYPE, now=now),
            holder=seal.holder,
            certificate=seal.fingerprint,
            recorded_at=now,
        )
        tx.add(kept)
        tx.flush()


def opened(tx: Tx, *, act: Act, act_id: int, wanted: Wishes) -> list[tuple[str, bytes]]:
    """The names and bytes of kept editions, as they are handed out: each with its seal."""
    found = []
    for row, language in _rows(tx, act, act_id, wanted):
        kept = _kept(tx, row, language)
        if kept is not None:
            found.append((file_name(row.number, language), get(tx, sha256=kept.sealed).content))
    return found


def note_download(tx: Tx, actor: Actor, *, act: Act, act_id: int, told: NoticeSheet, now: datetime) -> None:
    """Record that somebody was handed a notice."""
    detail = {"number": told.number, "sha256": told.sha256}
    record(tx, actor, action="notice.downloaded", subject=f"{act}:{act_id}", detail=detail, now=now)


def _rows(tx: Tx, act: Act, act_id: int, wanted: Wishes) -> list[tuple[PartnerNotice, Language]]:
    """The wanted editions' notices, in the order in which they are wanted."""
    named = col(PartnerNotice.partner_id).in_({partner_id for partner_id, _ in wanted})
    rows = {row.partner_id: row for row in tx.exec(_of(act, act_id).where(named))}
    return [(rows[partner_id], language) for partner_id, language in wanted]


def _kept(tx: Tx, row: PartnerNotice, language: Language) -> PartnerNoticeFile | None:
    statement = select(PartnerNoticeFile).where(
        PartnerNoticeFile.notice_id == row.key, PartnerNoticeFile.language == language
    )
    return tx.exec(statement).one_or_none()


def _of(act: Act, act_id: int) -> SelectOfScalar[PartnerNotice]:
    wanted = select(PartnerNotice).where(PartnerNotice.act == act, PartnerNotice.act_id == act_id)
    return wanted.order_by(col(PartnerNotice.id))


def _sheet(tx: Tx, row: PartnerNotice) -> NoticeSheet:
    on = day_in_beijing(row.frozen_at)
    reads = language_of(tx, partner_id=row.partner_id, as_of=on)
    languages = tuple(Language) if reads is Wanted.BOTH else (Language(reads),)
    return NoticeSheet(row.key, row.partner_id, row.number, row.sha256, row.frozen_at, languages)
