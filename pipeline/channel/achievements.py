"""What the university has: writing it down, its team, rights and elements, and how ready it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import select

from fund.parties.queries import party
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.money import places_of
from pipeline.channel.edits import ACHIEVEMENT, check_changes
from pipeline.channel.models import Achievement, Element, Readiness, RightItem, TeamMember
from pipeline.channel.queries import achievement, assessments, elements
from pipeline.channel.rules import (
    AchievementState,
    AchievementUnknown,
    CodeTaken,
    ElementUnknown,
    RightKind,
    RightStatus,
    Scale,
    check_achievement,
    check_assessment,
    check_state,
    check_version,
    project_level,
)
from pipeline.channel.sheets import AchievementSheet
from pipeline.channel.words import segmented


@dataclass(frozen=True)
class Member:
    """A person of an achievement's team."""

    name: str
    role: str = ""
    party_id: int | None = None


@dataclass(frozen=True)
class Item:
    """An item of intellectual property to be written down."""

    number: str
    kind: RightKind
    status: RightStatus
    as_of: date
    title: str = ""


def register_achievement(
    tx: Tx,
    actor: Actor,
    *,
    code: str,
    discipline: str,
    sector: str,
    now: datetime,
    title_zh: str = "",
    title_en: str = "",
    summary_zh: str = "",
    summary_en: str = "",
    owner_party_id: int | None = None,
    site: str = "",
    cost: int | None = None,
    currency: str = "CNY",
    available_on: date | None = None,
    state: AchievementState = AchievementState.SLEEPING,
    team: Sequence[Member] = (),
    rights: Sequence[Item] = (),
    critical: Mapping[str, bool] | None = None,
) -> AchievementSheet:
    """Write down what a laboratory has made; `critical` maps each element's name to whether it is critical.

    Refused: a taken code, no title in either language, no sector or discipline.
    """
    _may_run_the_channel(actor)
    places_of(currency)
    row = Achievement(
        code=_free_code(tx, code),
        title_zh=title_zh.strip(),
        title_en=title_en.strip(),
        summary_zh=summary_zh.strip(),
        summary_en=summary_en.strip(),
        discipline=discipline.strip(),
        sector=sector.strip(),
        owner_party_id=owner_party_id,
        site=site.strip(),
        cost=cost,
        currency=currency,
        available_on=available_on,
        state=state,
        words="",
        recorded_at=now,
    )
    if owner_party_id is not None:
        party(tx, party_id=owner_party_id)
    sheet = _keep(tx, actor, row, "registered", now)
    _write_parts(tx, row.key, team, rights, critical or {})
    return sheet


def edit_achievement(
    tx: Tx, actor: Actor, *, achievement_id: int, version: int, changes: Mapping[str, object], now: datetime
) -> AchievementSheet:
    """Change an achievement that was read at `version`."""
    row = _achievement(tx, actor, achievement_id)
    check_version(row.code, yours=version, current=row.version)
    check_changes(changes, ACHIEVEMENT)
    for field, value in changes.items():
        setattr(row, field, value)
    row.version += 1
    return _keep(tx, actor, row, "edited", now)


def change_state(
    tx: Tx, actor: Actor, *, achievement_id: int, state: AchievementState, now: datetime
) -> AchievementSheet:
    """Wake an achievement, bring it into transformation, call it transformed, or one step back."""
    row = _achievement(tx, actor, achievement_id)
    check_state(row.state, state)
    row.state = state
    row.version += 1
    return _keep(tx, actor, row, state.value, now)


def assess(
    tx: Tx,
    actor: Actor,
    *,
    achievement_id: int,
    element: str,
    scale: Scale,
    level: int,
    evidence: str,
    assessor: str,
    assessed_on: date,
    now: datetime,
) -> AchievementSheet:
    """Write down one assessment of one element; the project's level follows from its least ready critical one.

    `evidence` names the file or report. Refused: an unknown element, a level off the scale, no evidence, a day to
    come.
    """
    row = _achievement(tx, actor, achievement_id)
    check_assessment(
        scale=scale,
        level=level,
        evidence=evidence,
        assessor=assessor,
        assessed_on=assessed_on,
        today=day_in_beijing(now),
    )
    wanted = select(Element).where(Element.achievement_id == achievement_id, Element.name == element.strip())
    found = tx.exec(wanted).one_or_none()
    if found is None:
        raise ElementUnknown(achievement=row.code, element=element)
    tx.add(
        Readiness(
            element_id=found.key,
            scale=scale,
            level=level,
            evidence=evidence.strip(),
            assessor=assessor.strip(),
            assessed_on=assessed_on,
            recorded_at=now,
        )
    )
    tx.flush()
    _level(tx, row)
    row.version += 1
    return _keep(tx, actor, row, "assessed", now)


def add_element(
    tx: Tx, actor: Actor, *, achievement_id: int, name: str, is_critical: bool, now: datetime
) -> AchievementSheet:
    """Add an element; a critical one that is not yet assessed leaves the whole without a level."""
    row = _achievement(tx, actor, achievement_id)
    if name.strip() in elements(tx, achievement_id=achievement_id):
        raise CodeTaken(taken=name)
    _write_parts(tx, achievement_id, (), (), {name: is_critical})
    _level(tx, row)
    row.version += 1
    return _keep(tx, actor, row, "element_added", now)


def _level(tx: Tx, row: Achievement) -> None:
    """Bring the project's levels up to date with its assessments."""
    known, found = elements(tx, achievement_id=row.key), assessments(tx, achievement_id=row.key)
    row.trl = project_level(known, found, Scale.TRL)
    row.mrl = project_level(known, found, Scale.MRL)


def _may_run_the_channel(actor: Actor) -> None:
    actor.require(Role.MANAGER, Role.ANALYST, Role.TECHNOLOGY_MANAGER)


def _free_code(tx: Tx, code: str) -> str:
    wanted = code.strip().upper()
    lock(tx, f"achievement:{wanted}")
    if tx.exec(select(Achievement).where(Achievement.code == wanted)).first() is not None:
        raise CodeTaken(taken=wanted)
    return wanted


def _achievement(tx: Tx, actor: Actor, achievement_id: int) -> Achievement:
    _may_run_the_channel(actor)
    row = tx.get(Achievement, achievement_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise AchievementUnknown(achievement=achievement_id)
    return row


def _write_parts(
    tx: Tx, key: int, team: Sequence[Member], rights: Sequence[Item], critical: Mapping[str, bool]
) -> None:
    for place, one in enumerate(team, 1):
        tx.add(
            TeamMember(achievement_id=key, place=place, name=one.name, role=one.role, party_id=one.party_id)
        )
    for item in rights:
        tx.add(
            RightItem(
                achievement_id=key,
                number=item.number,
                title=item.title,
                kind=item.kind,
                status=item.status,
                as_of=item.as_of,
            )
        )
    for name, is_critical in critical.items():
        tx.add(Element(achievement_id=key, name=name.strip(), is_critical=is_critical))
    tx.flush()


def _keep(tx: Tx, actor: Actor, row: Achievement, act: str, now: datetime) -> AchievementSheet:
    """Check the achievement as it would be, keep it with its words, and show it."""
    check_achievement(
        title_zh=row.title_zh,
        title_en=row.title_en,
        sector=row.sector,
        discipline=row.discipline,
        cost=row.cost,
    )
    row.words = segmented(
        row.title_zh, row.summary_zh, row.title_en, row.summary_en, row.discipline, row.sector
    )
    tx.add(row)
    tx.flush()
    detail = {"code": row.code, "trl": row.trl, "mrl": row.mrl, "version": row.version}
    record(tx, actor, action=f"achievement.{act}", subject=f"achievement:{row.key}", detail=detail, now=now)
    return achievement(tx, achievement_id=row.key)
