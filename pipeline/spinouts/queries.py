"""Looking at spinouts: the company, the transfer of its rights with what is missing, and its cap table."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from fund.parties.models import Party
from kernel.db import Tx
from kernel.errors import Problem
from kernel.identity.rules import Actor, Role
from kernel.paging import DEFAULT_LIMIT, Page, keyset
from pipeline.channel.models import Achievement
from pipeline.spinouts.gate import rights_may_be_booked
from pipeline.spinouts.models import (
    CapMovement,
    Founder,
    NoticeObjection,
    PublicNotice,
    RightsShare,
    RightsTransfer,
    Spinout,
    SpinoutAchievement,
)
from pipeline.spinouts.ownership import Holding, ownership, total_units
from pipeline.spinouts.rules import (
    LOWEST_INVENTORS_SHARE,
    Form,
    Notice,
    Objection,
    RightsFacts,
    RightsUnknown,
    Route,
    SpinoutUnknown,
)


@dataclass(frozen=True)
class FounderSheet:
    """A founder with the share held at founding."""

    party_id: int
    name_zh: str
    name_en: str
    share: Fraction
    role: str
    is_inventor: bool


@dataclass(frozen=True)
class SpinoutSheet:
    """A company with its founders and the codes of the achievements it was born of."""

    id: int
    code: str
    party_id: int
    name_zh: str
    name_en: str
    form: Form
    founded_on: date | None
    city: str
    sector: str
    business: str
    registered_capital: int | None
    currency: str
    version: int
    achievements: tuple[str, ...]
    founders: tuple[FounderSheet, ...]


@dataclass(frozen=True)
class Listed:
    """A company in a list."""

    id: int
    code: str
    party_id: int
    sector: str
    city: str


@dataclass(frozen=True)
class RightsSheet:
    """The transfer of one achievement's rights into one company, and what still keeps it from being booked."""

    id: int
    spinout_id: int
    achievement_id: int
    achievement: str
    route: Route
    price: int | None
    currency: str
    facts: RightsFacts
    booked_on: date | None
    missing: tuple[Problem, ...]


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Companies are for the fund's people, the committee and the technology managers, not for enterprises."""
    insider = actor.reach == "all" or actor.has(Role.TECHNOLOGY_MANAGER, Role.COMMITTEE)
    return sa.true() if insider else sa.false()


def spinout(tx: Tx, *, spinout_id: int, actor: Actor | None = None) -> SpinoutSheet:
    """The company with that id; with an `actor`, only if it may know of it."""
    return _one(tx, col(Spinout.id) == spinout_id, actor, named=spinout_id)


def spinout_by_code(tx: Tx, *, code: str, actor: Actor | None = None) -> SpinoutSheet:
    """The company with that code, in any case; with an `actor`, only if it may know of it."""
    return _one(tx, col(Spinout.code) == code.strip().upper(), actor, named=code)


def spinouts(
    tx: Tx,
    *,
    actor: Actor,
    text: str = "",
    party_ids: Collection[int] = (),
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[Listed]:
    """The companies that `actor` may know of; with `text` those of that code, business or of `party_ids`."""
    statement = select(Spinout).where(visible_to(actor))
    if text:
        named = col(Spinout.code).icontains(text, autoescape=True)
        does = col(Spinout.business).icontains(text, autoescape=True)
        statement = statement.where(named | does | col(Spinout.party_id).in_(party_ids))
    return keyset(tx, statement, col(Spinout.id), after=after, limit=limit, sheet=_listed)


def rights(tx: Tx, *, rights_id: int, as_of: date, floor: Fraction = LOWEST_INVENTORS_SHARE) -> RightsSheet:
    """The transfer with that id, and what is missing on `as_of` under the house's `floor` for inventors."""
    row = tx.get(RightsTransfer, rights_id)
    if row is None:
        raise RightsUnknown(rights=rights_id)
    return _rights(tx, row, as_of, floor)


def rights_of(
    tx: Tx, *, spinout_id: int, as_of: date, floor: Fraction = LOWEST_INVENTORS_SHARE
) -> list[RightsSheet]:
    """Every transfer of rights into the company."""
    statement = select(RightsTransfer).where(RightsTransfer.spinout_id == spinout_id)
    return [_rights(tx, row, as_of, floor) for row in tx.exec(statement.order_by(col(RightsTransfer.id)))]


def rights_missing(
    tx: Tx,
    *,
    spinout_id: int,
    as_of: date,
    achievement_id: int | None = None,
    floor: Fraction = LOWEST_INVENTORS_SHARE,
) -> tuple[Problem, ...]:
    """Everything that keeps the rights in the company's achievements from being its equity, each by its achievement.

    With `achievement_id`, the achievement that a deal rests on counts too, whether or not the company lists it.
    """
    sheets = rights_of(tx, spinout_id=spinout_id, as_of=as_of, floor=floor)
    covered = {sheet.achievement for sheet in sheets}
    wanted = {*_achievements(tx, spinout_id), *_code(tx, achievement_id)}
    bare = sorted(wanted - covered)
    unbooked = [sheet for sheet in sheets if sheet.booked_on is None]
    return (
        *(Problem(code, "no transfer of its rights has been recorded") for code in bare),
        *(replace(problem, where=sheet.achievement) for sheet in unbooked for problem in sheet.missing),
    )


def cap_table(tx: Tx, *, spinout_id: int, as_of: date) -> list[Holding]:
    """Who owned what on `as_of`, the largest first; the shares of the whole sum to exactly one."""
    statement = select(CapMovement).where(
        CapMovement.spinout_id == spinout_id, CapMovement.effective_on <= as_of
    )
    moves = [(row.holder_party_id, row.share_class, row.units) for row in tx.exec(statement)]
    return ownership(total_units(moves))


def _one(tx: Tx, which: sa.ColumnElement[bool], actor: Actor | None, *, named: object) -> SpinoutSheet:
    statement = sa.select(Spinout, Party).join(Party, col(Party.id) == Spinout.party_id).where(which)
    if actor is not None:
        statement = statement.where(visible_to(actor))
    found = tx.execute(statement).one_or_none()
    if found is None:
        raise SpinoutUnknown(spinout=named)
    row, party = found
    return SpinoutSheet(
        id=row.key,
        code=row.code,
        party_id=row.party_id,
        name_zh=party.name_zh,
        name_en=party.name_en,
        form=row.form,
        founded_on=row.founded_on,
        city=row.city,
        sector=row.sector,
        business=row.business,
        registered_capital=row.registered_capital,
        currency=row.currency,
        version=row.version,
        achievements=tuple(_achievements(tx, row.key)),
        founders=tuple(_founders(tx, row.key)),
    )


def _achievements(tx: Tx, spinout_id: int) -> list[str]:
    statement = (
        select(Achievement.code)
        .join(SpinoutAchievement, col(SpinoutAchievement.achievement_id) == Achievement.id)
        .where(SpinoutAchievement.spinout_id == spinout_id)
    )
    return list(tx.exec(statement.order_by(Achievement.code)))


def _code(tx: Tx, achievement_id: int | None) -> list[str]:
    return list(tx.exec(select(Achievement.code).where(Achievement.id == achievement_id)))


def _founders(tx: Tx, spinout_id: int) -> list[FounderSheet]:
    statement = (
        sa.select(Founder, Party)
        .join(Party, col(Party.id) == Founder.party_id)
        .where(col(Founder.spinout_id) == spinout_id)
        .order_by(col(Founder.id))
    )
    return [
        FounderSheet(party.key, party.name_zh, party.name_en, row.share, row.role, row.is_inventor)
        for row, party in tx.execute(statement)
    ]


def _listed(row: Spinout) -> Listed:
    return Listed(row.key, row.code, row.party_id, row.sector, row.city)


def _rights(tx: Tx, row: RightsTransfer, as_of: date, floor: Fraction) -> RightsSheet:
    code = tx.exec(select(Achievement.code).where(Achievement.id == row.achievement_id)).one()
    facts = _facts(tx, row, code)
    return RightsSheet(
        id=row.key,
        spinout_id=row.spinout_id,
        achievement_id=row.achievement_id,
        achievement=code,
        route=row.route,
        price=row.price,
        currency=row.currency,
        facts=facts,
        booked_on=row.booked_on,
        missing=tuple(rights_may_be_booked(facts, as_of=as_of, floor=floor)),
    )


def _facts(tx: Tx, row: RightsTransfer, code: str) -> RightsFacts:
    notice = latest_notice(tx, rights_id=row.key)
    objections = objections_to(tx, notice_id=notice.key) if notice else []
    shares = tx.exec(select(RightsShare).where(RightsShare.rights_id == row.key)).all()
    return RightsFacts(
        achievement=code,
        route=row.route,
        price=row.price,
        notice=notice_of(notice) if notice else None,
        objections=tuple(_objection(one) for one in objections),
        appraisal=row.appraisal,
        appraisal_reference=row.appraisal_reference,
        waiver_reason=row.waiver_reason,
        secrecy_screened_on=row.secrecy_screened_on,
        secrecy_clear=row.secrecy_clear,
        inventors=tuple(share.share for share in shares if share.is_inventor),
        others=tuple(share.share for share in shares if not share.is_inventor),
    )


def latest_notice(tx: Tx, *, rights_id: int) -> PublicNotice | None:
    """The newest public notice of a transfer: a repeated one replaces the earlier."""
    statement = select(PublicNotice).where(PublicNotice.rights_id == rights_id)
    return tx.exec(statement.order_by(col(PublicNotice.id).desc()).limit(1)).first()


def objections_to(tx: Tx, *, notice_id: int) -> Sequence[NoticeObjection]:
    """The objections to a notice, as they came in."""
    statement = select(NoticeObjection).where(NoticeObjection.notice_id == notice_id)
    return tx.exec(statement.order_by(col(NoticeObjection.received_on), col(NoticeObjection.id))).all()


def notice_of(row: PublicNotice) -> Notice:
    """A notice as the rules see it."""
    return Notice(row.achievement, row.price, row.starts_on, row.ends_on)


def _objection(row: Any) -> Objection:
    return Objection(row.received_on, row.handled_on, row.is_upheld)
