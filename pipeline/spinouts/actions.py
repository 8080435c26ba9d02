"""Founding a company from achievements, and writing down who owns what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlmodel import col, select

from fund.parties.queries import party
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.money import places_of
from pipeline.channel.models import Achievement
from pipeline.channel.rules import AchievementUnknown, CodeTaken
from pipeline.spinouts.models import CapMovement, Founder, Spinout, SpinoutAchievement
from pipeline.spinouts.ownership import check_movement
from pipeline.spinouts.queries import SpinoutSheet, cap_table, spinout
from pipeline.spinouts.rules import Form, check_split


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
    actor.require(Role.MANAGER, Role.ANALYST, Role.TECHNOLOGY_MANAGER)
    places_of(currency)
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
    for achievement_id in dict.fromkeys(achievement_ids):
        _check_achievement(tx, achievement_id)
        tx.add(SpinoutAchievement(spinout_id=row.key, achievement_id=achievement_id))
    if founders:
        _write_founders(tx, row.key, founders)
    tx.flush()
    record(
        tx, actor, action="spinout.registered", subject=f"spinout:{row.key}", detail={"code": code}, now=now
    )
    return spinout(tx, spinout_id=row.key)


def name_founders(
    tx: Tx, actor: Actor, *, spinout_id: int, founders: Sequence[FounderLine], now: datetime
) -> SpinoutSheet:
    """Replace the founders of a company; their shares sum to exactly 100.00 %."""
    actor.require(Role.MANAGER, Role.ANALYST, Role.TECHNOLOGY_MANAGER)
    spinout(tx, spinout_id=spinout_id)
    tx.execute(sa.delete(Founder).where(col(Founder.spinout_id) == spinout_id))
    _write_founders(tx, spinout_id, founders)
    tx.flush()
    detail = {"founders": [[line.party_id, str(line.share)] for line in founders]}
    record(
        tx, actor, action="spinout.founders_named", subject=f"spinout:{spinout_id}", detail=detail, now=now
    )
    return spinout(tx, spinout_id=spinout_id)


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

    Refused: an unknown company or holder, more units taken than the holder has on that day.
    """
    actor.require(Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT)
    spinout(tx, spinout_id=spinout_id)
    party(tx, party_id=holder_party_id)
    lock(tx, f"cap_table:{spinout_id}")
    held = sum(
        holding.units
        for holding in cap_table(tx, spinout_id=spinout_id, as_of=effective_on)
        if (holding.holder_id, holding.share_class) == (holder_party_id, share_class)
    )
    check_movement(held, units, share_class)
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


def _free_code(tx: Tx, code: str, party_id: int) -> str:
    company = party(tx, party_id=party_id)
    wanted = code.strip().upper()
    lock(tx, f"spinout:{wanted}")
    taken = sa.or_(col(Spinout.code) == wanted, col(Spinout.party_id) == party_id)
    if tx.exec(select(Spinout).where(taken)).first() is not None:
        raise CodeTaken(taken=f"{wanted} / {company.name_zh}")
    return wanted


def _check_achievement(tx: Tx, achievement_id: int) -> None:
    if tx.get(Achievement, achievement_id) is None:
        raise AchievementUnknown(achievement=achievement_id)


def _write_founders(tx: Tx, spinout_id: int, founders: Sequence[FounderLine]) -> None:
    check_split([line.share for line in founders])
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
