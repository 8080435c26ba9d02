"""Reading lists of demands and achievements from sheets; one row, one error message, all rows or none.

A workbook of achievements may hold three sheets: the achievements, their rights, and readiness assessments.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from fund.parties.imports import party_named
from fund.parties.queries import by_name
from kernel.db import Tx
from kernel.errors import Invalid
from kernel.identity.rules import Actor
from kernel.sheets.importing import Imported, belonging, book, together
from kernel.sheets.reading import read_file, read_if_there
from pipeline.channel.achievements import Item, Member, add_element, assess, register_achievement
from pipeline.channel.demands import register_demand
from pipeline.channel.layouts import (
    ACHIEVEMENTS,
    DEMANDS,
    READINESS,
    RIGHTS,
    AchievementRow,
    DemandRow,
    ReadinessRow,
    RightRow,
)
from pipeline.channel.queries import achievement_by_code, elements
from pipeline.channel.rules import Scale, Spec


class RightWithoutAchievement(Invalid):
    code = "right_without_achievement"
    says = "There is no achievement {achievement} in this file for the right to belong to."


def import_demands(
    tx: Tx, actor: Actor, *, filename: str, content: bytes, dry_run: bool = False, now: datetime
) -> tuple[Imported, ...]:
    """Write down every demand of a sheet. Refused: see SheetRefused, each fault with its row."""
    reading = read_file(filename, content, DEMANDS)

    def act(row: DemandRow) -> None:
        add_demand(tx, actor, row=row, now=now)

    return (book(tx, reading, act, what="demands", dry_run=dry_run),)


def import_achievements(
    tx: Tx, actor: Actor, *, filename: str, content: bytes, dry_run: bool = False, now: datetime
) -> tuple[Imported, ...]:
    """Write down every achievement of a workbook with its rights, then its readiness assessments."""
    achievements = read_file(filename, content, ACHIEVEMENTS)
    rights = belonging(
        read_if_there(filename, content, RIGHTS),
        {line.value.code for line in achievements.required()},
        owner=lambda row: row.achievement,
        name="achievement",
        says=RightWithoutAchievement.says,
    )
    readiness = read_if_there(filename, content, READINESS)

    def register(row: AchievementRow) -> None:
        add_achievement(tx, actor, row=row, rights=rights.get(row.code, ()), now=now)

    def judge(row: ReadinessRow) -> None:
        add_readiness(tx, actor, row=row, now=now)

    readiness.required()
    first = partial(book, tx, achievements, register, what="achievements")
    return together(tx, first, partial(book, tx, readiness, judge, what="readiness"), dry_run=dry_run)


def import_readiness(
    tx: Tx, actor: Actor, *, filename: str, content: bytes, dry_run: bool = False, now: datetime
) -> tuple[Imported, ...]:
    """Write down the assessments of a sheet; elements not known yet are added to their achievement."""
    reading = read_file(filename, content, READINESS)

    def act(row: ReadinessRow) -> None:
        add_readiness(tx, actor, row=row, now=now)

    return (book(tx, reading, act, what="readiness", dry_run=dry_run),)


def add_demand(tx: Tx, actor: Actor, *, row: DemandRow, now: datetime) -> None:
    """Write down one demand."""
    register_demand(
        tx,
        actor,
        code=row.code,
        party_id=party_named(tx, name=row.enterprise).id,
        title=row.title,
        problem=row.problem,
        sector=row.sector,
        chain_position=row.chain_position,
        specification=[Spec(**spec) for spec in row.specification],
        wanted_trl=row.wanted_trl,
        site=row.site,
        budget=row.budget,
        deadline_on=row.deadline_on,
        market_capacity=row.market_capacity,
        urgency=row.urgency,
        is_common_need=row.is_common_need,
        is_confidential=row.is_confidential,
        now=now,
    )


def add_achievement(
    tx: Tx, actor: Actor, *, row: AchievementRow, rights: Sequence[RightRow] = (), now: datetime
) -> None:
    """Write down one achievement; people of its team who are on record under their name are linked."""
    register_achievement(
        tx,
        actor,
        code=row.code,
        discipline=row.discipline,
        sector=row.sector,
        title_zh=row.title_zh,
        title_en=row.title_en,
        summary_zh=row.summary_zh,
        summary_en=row.summary_en,
        site=row.site,
        cost=row.cost,
        available_on=row.available_on,
        state=row.state,
        team=[Member(name, party_id=_person(tx, name)) for name in row.team],
        rights=[Item(one.number, one.kind, one.status, one.as_of, one.title) for one in rights],
        now=now,
    )


def add_readiness(tx: Tx, actor: Actor, *, row: ReadinessRow, now: datetime) -> None:
    """Write down one assessment of one element, on each scale that was judged."""
    found = achievement_by_code(tx, code=row.achievement)
    if row.element not in elements(tx, achievement_id=found.id):
        add_element(
            tx, actor, achievement_id=found.id, name=row.element, is_critical=row.is_critical, now=now
        )
    for scale, level in ((Scale.TRL, row.trl), (Scale.MRL, row.mrl)):
        if level is not None:
            assess(
                tx,
                actor,
                achievement_id=found.id,
                element=row.element,
                scale=scale,
                level=level,
                evidence=row.evidence,
                assessor=row.assessor,
                assessed_on=row.assessed_on,
                now=now,
            )


def _person(tx: Tx, name: str) -> int | None:
    found = by_name(tx, name=name)
    return found[0].id if len(found) == 1 else None
