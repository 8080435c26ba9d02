"""Founding a company from achievements, and writing down who owns what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from types import MappingProxyType, NoneType

import sqlalchemy as sa
from sqlmodel import col, select

from fund.parties.queries import party
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.money import places_of
from pipeline.channel.edits import Kinds, check_changes
from pipeline.channel.models import Achievement
from pipeline.channel.rules import AchievementUnknown, CodeTaken, check_version
from pipeline.spinouts.models import CapMovement, Founder, Spinout, SpinoutAchievement
from pipeline.spinouts.ownership import check_movement, lowest
from pipeline.spinouts.queries import SpinoutSheet, spinout
from pipeline.spinouts.rules import Form, SpinoutUnknown, check_company, check_once, check_split

WRITERS = (Role.MANAGER, Role.ANALYST, Role.TECHNOLOGY_MANAGER)
EDITABLE: Kinds = MappingProxyType(
    {
        "form": (Form,),
        "founded_on": (date, NoneType),
        "city": (str,),
        "sector": (str,),
        "business": (str,),
        "registered_capital": (int, NoneType),
    }
)


@dataclass(frozen=True)
class FounderLine:
    """A founder to be written down; `share` is a fraction of the company."""

    party_id: int
    share: Fraction
    role: str = ""
    is_inventor: bool = False


def register_spinout(
    tx: Tx,
    actor: Actor,
    *,
    code: str,
    party_id: int,
    form: Form,
    founders: Sequence[FounderLine] = (),
    achievement_ids: Sequence[int] = (),
    founded_on: date | None = None,
    city: str = "",
    sector: str = "",
    business: str = "",
    registered_capital: int | None = None,
    currency: str = "CNY",
    now: datetime,
) -> SpinoutSheet:
    """Write down a company. Founders may come later; where given, their shares sum to exactly 100.00 %.

    Refused: a taken code, an unknown party or achievement, shares that do not add up.
    """
    actor.require(*WRITERS)
    places_of(currency)
    check_company(code=code, registered_capital=registered_capital)
    row = Spinout(
        code=_free_code(tx, code, party_id),
        party_id=party_id,
        form=form,
        founded_on=founded_on,
        city=city.strip(),
        sector=sector.strip(),
        business=business.strip(),
        registered_capital=registered_capital,
        currency=currency,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    _write_achievements(tx, row.key, achievement_ids)
    if founders:
        _write_founders(tx, row.key, founders)
    tx.flush()
    record(
        tx, actor, action="spinout.registered", subject=f"spinout:{row.key}", detail={"code": code}, now=now
    )
    return spinout(tx, spinout_id=row.key)


def edit_spinout(
    tx: Tx,
    actor: Actor,
    *,
    spinout_id: int,
    version: int,
    changes: Mapping[str, object],
    achievement_ids: Sequence[int] | None = None,
    now: datetime,
) -> SpinoutSheet:
    """Change facts of a company (see `EDITABLE`) that was read at `version`; its achievements where they are given.

    Refused: a stale version, a fact that does not exist or is of the wrong kind, an unknown achievement.
    """
    actor.require(*WRITERS)
    row = _locked(tx, spinout_id, version)
    check_changes(changes, EDITABLE)
    for field, value in changes.items():
        setattr(row, field, value)
    check_company(code=row.code, registered_capital=row.registered_capital)
    if achievement_ids is not None:
        tx.execute(sa.delete(SpinoutAchievement).where(col(SpinoutAchievement.spinout_id) == spinout_id))
        _write_achievements(tx, spinout_id, achievement_ids)
    return _keep(tx, actor, row, "edited", {"fields": sorted(changes)}, now)


def name_founders(
    tx: Tx,
    actor: Actor,
    *,
    spinout_id: int,
    founders: Sequence[FounderLine],
    version: int | None = None,
    now: datetime,
) -> SpinoutSheet:
    """Replace the founders of a company; their shares sum to exactly 100.00 %.

    Refused: a company that has changed since it was read at `version`, somebody named twice.
    """
    actor.require(*WRITERS)
    row = _locked(tx, spinout_id, version)
    tx.execute(sa.delete(Founder).where(col(Founder.spinout_id) == spinout_id))
    _write_founders(tx, spinout_id, founders)
    detail = {"founders": [[line.party_id, str(line.share)] for line in founders]}
    return _keep(tx, actor, row, "founders_named", detail, now)


def move_units(
    tx: Tx,
    actor: Actor,
    *,
    spinout_id: int,
    holder_party_id: int,
    share_class: str,
    units: int,
    effective_on: date,
    memo: str = "",
    now: datetime,
) -> None:
    """Write one movement of the cap table: units gained, or lost below zero.

    Refused: an unknown company or holder, more units taken than the holder has on that day or would have later.
    """
    actor.require(Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT)
    spinout(tx, spinout_id=spinout_id)
    party(tx, party_id=holder_party_id)
    lock(tx, f"cap_table:{spinout_id}")
    known = select(CapMovement).where(
        CapMovement.spinout_id == spinout_id,
        CapMovement.holder_party_id == holder_party_id,
        CapMovement.share_class == share_class,
    )
    moved = [(row.effective_on, row.units) for row in tx.exec(known)]
    check_movement(lowest(moved, effective_on), units, share_class)
    tx.add(
        CapMovement(
            spinout_id=spinout_id,
            holder_party_id=holder_party_id,
            share_class=share_class,
            units=units,
            effective_on=effective_on,
            memo=memo,
            recorded_at=now,
        )
    )
    tx.flush()
    detail = {"holder": holder_party_id, "class": share_class, "units": units, "on": effective_on.isoformat()}
    record(tx, actor, action="spinout.units_moved", subject=f"spinout:{spinout_id}", detail=detail, now=now)


def _locked(tx: Tx, spinout_id: int, version: int | None) -> Spinout:
    row = tx.get(Spinout, spinout_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise SpinoutUnknown(spinout=spinout_id)
    if version is not None:
        check_version(row.code, yours=version, current=row.version)
    return row


def _keep(
    tx: Tx, actor: Actor, row: Spinout, act: str, detail: Mapping[str, object], now: datetime
) -> SpinoutSheet:
    row.version += 1
    tx.flush()
    record(tx, actor, action=f"spinout.{act}", subject=f"spinout:{row.key}", detail=detail, now=now)
    return spinout(tx, spinout_id=row.key)


def _free_code(tx: Tx, code: str, party_id: int) -> str:
    company = party(tx, party_id=party_id)
    wanted = code.strip().upper()
    lock(tx, f"spinout:{wanted}")
    taken = sa.or_(col(Spinout.code) == wanted, col(Spinout.party_id) == party_id)
    if tx.exec(select(Spinout).where(taken)).first() is not None:
        raise CodeTaken(taken=f"{wanted} / {company.name_zh}")
    return wanted


def _write_achievements(tx: Tx, spinout_id: int, achievement_ids: Sequence[int]) -> None:
    for achievement_id in dict.fromkeys(achievement_ids):
        if tx.get(Achievement, achievement_id) is None:
            raise AchievementUnknown(achievement=achievement_id)
        tx.add(SpinoutAchievement(spinout_id=spinout_id, achievement_id=achievement_id))


def _write_founders(tx: Tx, spinout_id: int, founders: Sequence[FounderLine]) -> None:
    check_split([line.share for line in founders])
    check_once([line.party_id for line in founders])
    for line in founders:
        party(tx, party_id=line.party_id)
        tx.add(
            Founder(
                spinout_id=spinout_id,
                party_id=line.party_id,
                share=line.share,
                role=line.role,
                is_inventor=line.is_inventor,
            )
        )
