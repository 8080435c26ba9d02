"""A transfer of rights with everything on record about it: who gets what, the notice, the objections, the screens."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlmodel import col, select

from fund.parties.models import Party
from kernel.db import Tx
from kernel.identity.rules import Actor
from pipeline.spinouts.models import NoticeObjection, PublicNotice, RightsShare, RightsTransfer, Spinout
from pipeline.spinouts.queries import RightsSheet, latest_notice, objections_to, rights_of, visible_to
from pipeline.spinouts.rules import ObjectionUnknown, RightsUnknown


@dataclass(frozen=True)
class ShareSheet:
    """What one party gets of the right."""

    party_id: int
    name_zh: str
    name_en: str
    share: Fraction
    is_inventor: bool


@dataclass(frozen=True)
class ObjectionSheet:
    """An objection to the newest notice; `handled_on` once it was dealt with."""

    id: int
    received_on: date
    objector: str
    says: str
    handled_on: date | None
    handling: str
    is_upheld: bool


@dataclass(frozen=True)
class TransferSheet:
    """The transfer as its gates see it, and what people wrote down about it."""

    rights: RightsSheet
    shares: tuple[ShareSheet, ...]
    objections: tuple[ObjectionSheet, ...]
    screened_by: str
    recorded_at: datetime


def transfers(tx: Tx, *, spinout_id: int, as_of: date) -> list[TransferSheet]:
    """Every transfer of rights into a company, with what is missing on `as_of`."""
    return [_transfer(tx, sheet) for sheet in rights_of(tx, spinout_id=spinout_id, as_of=as_of)]


def company_of_rights(tx: Tx, *, actor: Actor, rights_id: int) -> str:
    """The code of the company that takes the right over, for those who may know of it."""
    statement = (
        select(Spinout.code)
        .join(RightsTransfer, col(RightsTransfer.spinout_id) == Spinout.id)
        .where(RightsTransfer.id == rights_id, visible_to(actor))
    )
    code = tx.exec(statement).one_or_none()
    if code is None:
        raise RightsUnknown(rights=rights_id)
    return code


def rights_of_objection(tx: Tx, *, actor: Actor, objection_id: int) -> int:
    """The id of the transfer that an objection is about, for those who may know of it."""
    statement = (
        select(PublicNotice.rights_id)
        .join(NoticeObjection, col(NoticeObjection.notice_id) == PublicNotice.id)
        .where(NoticeObjection.id == objection_id, visible_to(actor))
    )
    rights_id = tx.exec(statement).one_or_none()
    if rights_id is None:
        raise ObjectionUnknown(objection=objection_id)
    return rights_id


def _transfer(tx: Tx, sheet: RightsSheet) -> TransferSheet:
    row = tx.get_one(RightsTransfer, sheet.id)
    notice = latest_notice(tx, rights_id=sheet.id)
    objections = objections_to(tx, notice_id=notice.key) if notice else ()
    return TransferSheet(
        rights=sheet,
        shares=tuple(_shares(tx, sheet.id)),
        objections=tuple(
            ObjectionSheet(
                one.key,
                one.received_on,
                one.objector,
                one.says,
                one.handled_on,
                one.handling,
                one.is_upheld,
            )
            for one in objections
        ),
        screened_by=row.secrecy_screened_by,
        recorded_at=row.recorded_at,
    )


def _shares(tx: Tx, rights_id: int) -> list[ShareSheet]:
    statement = (
        sa.select(RightsShare, Party)
        .join(Party, col(Party.id) == RightsShare.party_id)
        .where(col(RightsShare.rights_id) == rights_id)
        .order_by(col(RightsShare.id))
    )
    return [
        ShareSheet(party.key, party.name_zh, party.name_en, row.share, row.is_inventor)
        for row, party in tx.execute(statement)
    ]
