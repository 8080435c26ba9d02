"""Turning a university's right into a company's equity: price, public notice, objections, screens, booking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlmodel import col, select

from fund.parties.queries import party
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from pipeline.channel.models import Achievement
from pipeline.channel.rules import AchievementUnknown, CodeTaken
from pipeline.spinouts.models import NoticeObjection, PublicNotice, RightsShare, RightsTransfer
from pipeline.spinouts.queries import RightsSheet, latest_notice, notice_of, rights, spinout
from pipeline.spinouts.rules import (
    LOWEST_INVENTORS_SHARE,
    Appraisal,
    Notice,
    NoticeMissing,
    ObjectionUnknown,
    RightsNotReady,
    RightsUnknown,
    Route,
    check_appraisal,
    check_floor,
    check_handling,
    check_not_booked,
    check_notice,
    check_objection,
    check_once,
    check_price,
    check_received,
    check_split,
)


@dataclass(frozen=True)
class ShareLine:
    """What one party gets of the right; `share` is a fraction of the net income or shares."""

    party_id: int
    share: Fraction
    is_inventor: bool


def propose_rights(
    tx: Tx,
    actor: Actor,
    *,
    spinout_id: int,
    achievement_id: int,
    route: Route,
    price: int | None,
    shares: Sequence[ShareLine],
    currency: str = "CNY",
    now: datetime,
) -> int:
    """Begin the transfer of an achievement's rights into a company; returns its id.

    Refused: an unknown company or achievement, a second transfer of the same, shares that do not add up.
    """
    _require(actor)
    spinout(tx, spinout_id=spinout_id)
    achievement = tx.get(Achievement, achievement_id)
    if achievement is None:
        raise AchievementUnknown(achievement=achievement_id)
    known = select(RightsTransfer).where(
        RightsTransfer.spinout_id == spinout_id, RightsTransfer.achievement_id == achievement_id
    )
    if tx.exec(known).first() is not None:
        raise CodeTaken(taken=achievement.code)
    _check_terms(price, shares)
    row = RightsTransfer(
        spinout_id=spinout_id,
        achievement_id=achievement_id,
        route=route,
        price=price,
        currency=currency,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    _write_shares(tx, row.key, shares)
    _record(tx, actor, "proposed", row.key, {"route": route.value, "price": price}, now)
    return row.key


def revise_rights(
    tx: Tx,
    actor: Actor,
    *,
    rights_id: int,
    route: Route,
    price: int | None,
    shares: Sequence[ShareLine],
    now: datetime,
) -> None:
    """Put other terms in the place of those proposed, until the right is booked.

    A notice that was given stays as it is: where it names another price, the gate asks for a new one.
    """
    _require(actor)
    row = _open(tx, rights_id)
    _check_terms(price, shares)
    before = {"route": row.route.value, "price": row.price}
    row.route, row.price = route, price
    tx.execute(sa.delete(RightsShare).where(col(RightsShare.rights_id) == rights_id))
    _write_shares(tx, rights_id, shares)
    detail: dict[str, object] = {"route": route.value, "price": price, "before": before}
    _record(tx, actor, "revised", rights_id, detail, now)


def give_notice(
    tx: Tx,
    actor: Actor,
    *,
    rights_id: int,
    achievement: str,
    price: int,
    starts_on: date,
    ends_on: date,
    now: datetime,
) -> int:
    """Publish the achievement (its code) and the intended price; a repeated notice replaces the earlier one."""
    _require(actor)
    _open(tx, rights_id)
    check_notice(Notice(achievement, price, starts_on, ends_on))
    row = PublicNotice(
        rights_id=rights_id,
        achievement=achievement.strip(),
        price=price,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat(), "price": price}
    _record(tx, actor, "noticed", rights_id, detail, now)
    return row.key


def note_objection(
    tx: Tx, actor: Actor, *, rights_id: int, received_on: date, objector: str, says: str, now: datetime
) -> int:
    """Write down an objection to the running notice; returns its id."""
    _require(actor)
    _open(tx, rights_id)
    check_objection(objector, says)
    notice = latest_notice(tx, rights_id=rights_id)
    if notice is None:
        raise NoticeMissing()
    check_received(notice_of(notice), received_on)
    row = NoticeObjection(
        notice_id=notice.key,
        received_on=received_on,
        objector=objector.strip(),
        says=says.strip(),
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    _record(tx, actor, "objected", rights_id, {"objection": row.key, "objector": objector}, now)
    return row.key


def handle_objection(
    tx: Tx,
    actor: Actor,
    *,
    objection_id: int,
    handling: str,
    is_upheld: bool,
    handled_on: date,
    now: datetime,
) -> None:
    """Write down how an objection was handled; one that is upheld needs a new notice."""
    _require(actor)
    row = tx.get(NoticeObjection, objection_id, with_for_update=True)
    notice = tx.get(PublicNotice, row.notice_id) if row else None
    if row is None or notice is None:
        raise ObjectionUnknown(objection=objection_id)
    check_handling(row.handled_on, handling)
    row.handled_on, row.handling, row.is_upheld = handled_on, handling.strip(), is_upheld
    tx.flush()
    _record(
        tx, actor, "objection_handled", notice.rights_id, {"objection": row.key, "upheld": is_upheld}, now
    )


def record_appraisal(
    tx: Tx, actor: Actor, *, rights_id: int, appraisal: Appraisal, says: str, now: datetime
) -> None:
    """Name the appraisal report, or the reason why none is needed."""
    _require(actor)
    row = _open(tx, rights_id)
    check_appraisal(appraisal, says)
    row.appraisal = appraisal
    row.appraisal_reference = says.strip() if appraisal == Appraisal.DONE else ""
    row.waiver_reason = says.strip() if appraisal == Appraisal.WAIVED else ""
    tx.flush()
    _record(tx, actor, "appraised", rights_id, {"appraisal": appraisal.value, "says": says}, now)


def record_secrecy_screen(
    tx: Tx,
    actor: Actor,
    *,
    rights_id: int,
    is_clear: bool,
    screened_by: str,
    screened_on: date,
    now: datetime,
) -> None:
    """Write down the key-technology and secrecy screen."""
    _require(actor)
    row = _open(tx, rights_id)
    row.secrecy_clear, row.secrecy_screened_by, row.secrecy_screened_on = is_clear, screened_by, screened_on
    tx.flush()
    _record(tx, actor, "screened", rights_id, {"clear": is_clear, "on": screened_on.isoformat()}, now)


def book_rights(
    tx: Tx,
    actor: Actor,
    *,
    rights_id: int,
    booked_on: date,
    floor: Fraction = LOWEST_INVENTORS_SHARE,
    now: datetime,
) -> RightsSheet:
    """Book the right as equity; refused with the list of everything that is missing on `booked_on`."""
    actor.require(Role.MANAGER, Role.TECHNOLOGY_MANAGER)
    check_floor(floor)
    row = _open(tx, rights_id)
    sheet = rights(tx, rights_id=rights_id, as_of=booked_on, floor=floor)
    if sheet.missing:
        raise RightsNotReady(problems=sheet.missing)
    row.booked_on = booked_on
    tx.flush()
    _record(tx, actor, "booked", rights_id, {"on": booked_on.isoformat(), "price": row.price}, now)
    return rights(tx, rights_id=rights_id, as_of=booked_on, floor=floor)


def _check_terms(price: int | None, shares: Sequence[ShareLine]) -> None:
    check_price(price)
    check_split([line.share for line in shares])
    check_once([line.party_id for line in shares])


def _write_shares(tx: Tx, rights_id: int, shares: Sequence[ShareLine]) -> None:
    for line in shares:
        party(tx, party_id=line.party_id)
        share = RightsShare(
            rights_id=rights_id, party_id=line.party_id, share=line.share, is_inventor=line.is_inventor
        )
        tx.add(share)
    tx.flush()


def _require(actor: Actor) -> None:
    actor.require(Role.MANAGER, Role.ANALYST, Role.TECHNOLOGY_MANAGER)


def _open(tx: Tx, rights_id: int) -> RightsTransfer:
    row = tx.get(RightsTransfer, rights_id, with_for_update=True)
    if row is None:
        raise RightsUnknown(rights=rights_id)
    check_not_booked(row.booked_on)
    return row


def _record(tx: Tx, actor: Actor, act: str, rights_id: int, detail: dict[str, object], now: datetime) -> None:
    record(tx, actor, action=f"rights.{act}", subject=f"rights:{rights_id}", detail=detail, now=now)
