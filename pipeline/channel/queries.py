"""Looking at demands, achievements and matches.

A confidential demand is seen by its own enterprise and by those who run the channel or the fund, by no other
enterprise; a match by the enterprise whose demand it answers and by those. Achievements are there to be shown.
"""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from fund.parties.models import Party
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.paging import DEFAULT_LIMIT, Page, keyset
from pipeline.channel.models import Achievement, Demand, Element, Match, Readiness, RightItem, TeamMember
from pipeline.channel.rules import (
    AchievementState,
    AchievementUnknown,
    Assessment,
    DemandState,
    DemandUnknown,
    MatchState,
    MatchUnknown,
    Scale,
    binding,
    latest,
)
from pipeline.channel.sheets import (
    AchievementDetail,
    AchievementSheet,
    DemandSheet,
    MatchSheet,
    MemberSheet,
    ReadinessSheet,
    RightSheet,
    achievement_sheet,
    demand_sheet,
    match_sheet,
)
from pipeline.channel.words import segmented


def runs_the_channel(actor: Actor) -> bool:
    """Whether the actor sees every demand, confidential ones included."""
    return actor.reach == "all" or actor.has(Role.TECHNOLOGY_MANAGER)


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The demands that `actor` may know of; the database's row-level security says the same."""
    if runs_the_channel(actor):
        return sa.true()
    if not actor.has(Role.LP_USER, Role.LP_EXPERT, Role.COMMITTEE):
        return sa.false()
    own = col(Demand.party_id) == actor.party_id if actor.party_id is not None else sa.false()
    return sa.or_(own, col(Demand.is_confidential).is_(False))


def matches_visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The matches that `actor` may know of, told by their demands: those of its own enterprise."""
    if runs_the_channel(actor):
        return sa.true()
    if actor.party_id is None or not actor.has(Role.LP_USER, Role.LP_EXPERT):
        return sa.false()
    return col(Demand.party_id) == actor.party_id


def achievements_visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Achievements are shown to everybody who works with the fund or the channel."""
    shown = runs_the_channel(actor) or actor.has(Role.LP_USER, Role.LP_EXPERT, Role.COMMITTEE)
    return sa.true() if shown else sa.false()


def demands(
    tx: Tx,
    *,
    actor: Actor,
    text: str = "",
    sector: str = "",
    state: DemandState | None = None,
    party_id: int | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[DemandSheet]:
    """The demands that `actor` may know of, all words of `text` in them, oldest first."""
    statement = select(Demand).where(visible_to(actor))
    if segmented(text):
        statement = statement.where(_says(col(Demand.words), text))
    if sector:
        statement = statement.where(Demand.sector == sector)
    if state is not None:
        statement = statement.where(Demand.state == state)
    if party_id is not None:
        statement = statement.where(Demand.party_id == party_id)
    page = keyset(tx, statement, col(Demand.id), after=after, limit=limit, sheet=lambda row: row)
    ids = {row.party_id for row in page.items}
    owners = {party.key: party for party in tx.exec(select(Party).where(col(Party.id).in_(ids)))}
    return Page(tuple(demand_sheet(row, owners[row.party_id]) for row in page.items), page.next)


def demand(tx: Tx, *, demand_id: int, actor: Actor | None = None) -> DemandSheet:
    """The demand with that id; with an `actor`, only if it may know of it."""
    return _demand(tx, col(Demand.id) == demand_id, actor, named=demand_id)


def demand_by_code(tx: Tx, *, code: str, actor: Actor | None = None) -> DemandSheet:
    """The demand with that code, in any case; with an `actor`, only if it may know of it."""
    return _demand(tx, col(Demand.code) == code.strip().upper(), actor, named=code)


def achievements(
    tx: Tx,
    *,
    actor: Actor,
    text: str = "",
    sector: str = "",
    state: AchievementState | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[AchievementSheet]:
    """The achievements, all words of `text` in them, oldest first."""
    statement = select(Achievement).where(achievements_visible_to(actor))
    if segmented(text):
        statement = statement.where(_says(col(Achievement.words), text))
    if sector:
        statement = statement.where(Achievement.sector == sector)
    if state is not None:
        statement = statement.where(Achievement.state == state)
    return keyset(tx, statement, col(Achievement.id), after=after, limit=limit, sheet=achievement_sheet)


def achievement(tx: Tx, *, achievement_id: int, actor: Actor | None = None) -> AchievementSheet:
    """The achievement with that id."""
    return achievement_sheet(
        _achievement(tx, col(Achievement.id) == achievement_id, actor, named=achievement_id)
    )


def achievement_by_code(tx: Tx, *, code: str, actor: Actor | None = None) -> AchievementSheet:
    """The achievement with that code, in any case."""
    where = col(Achievement.code) == code.strip().upper()
    return achievement_sheet(_achievement(tx, where, actor, named=code))


def achievement_detail(tx: Tx, *, achievement_id: int, actor: Actor | None = None) -> AchievementDetail:
    """The achievement with its team, rights, elements and assessments."""
    row = _achievement(tx, col(Achievement.id) == achievement_id, actor, named=achievement_id)
    team = tx.exec(
        select(TeamMember).where(TeamMember.achievement_id == row.key).order_by(col(TeamMember.place))
    )
    rights = tx.exec(
        select(RightItem).where(RightItem.achievement_id == row.key).order_by(col(RightItem.number))
    )
    return AchievementDetail(
        sheet=achievement_sheet(row),
        team=tuple(MemberSheet(one.name, one.role, one.party_id) for one in team),
        rights=tuple(RightSheet(one.number, one.title, one.kind, one.status, one.as_of) for one in rights),
        elements=elements(tx, achievement_id=row.key),
        readiness=tuple(_readiness(tx, row.key)),
    )


def elements(tx: Tx, *, achievement_id: int) -> dict[str, bool]:
    """The achievement's elements by name, and whether each is critical."""
    statement = select(Element).where(Element.achievement_id == achievement_id).order_by(col(Element.id))
    return {row.name: row.is_critical for row in tx.exec(statement)}


def assessments(tx: Tx, *, achievement_id: int) -> list[Assessment]:
    """Every assessment of the achievement's elements, as the rules see them."""
    return [_assessment(row, element) for row, element in _assessed(tx, achievement_id)]


def binding_assessment(tx: Tx, *, achievement_id: int, as_of: date, scale: Scale) -> ReadinessSheet | None:
    """The assessment that gives the achievement its level on a day; None while something critical has none."""
    found = [(row, element) for row, element in _assessed(tx, achievement_id) if row.assessed_on <= as_of]
    known = elements(tx, achievement_id=achievement_id)
    told = binding(known, [_assessment(row, element) for row, element in found], scale)
    if told is None:
        return None
    return next(_readiness_sheet(row, element, True) for row, element in found if row.key == told.number)


def matches(
    tx: Tx,
    *,
    actor: Actor,
    demand_id: int | None = None,
    achievement_id: int | None = None,
    state: MatchState | None = None,
    behind: MatchSheet | None = None,
    limit: int = DEFAULT_LIMIT,
) -> list[MatchSheet]:
    """The best matches of a demand, of an achievement or of all, best first, ties by their codes.

    With `behind` only those that come after that one in this order.
    """
    statement = _matched(actor)
    if behind is not None:
        codes = sa.tuple_(col(Demand.code), col(Achievement.code))
        tied = codes > sa.tuple_(sa.literal(behind.demand), sa.literal(behind.achievement))
        statement = statement.where(
            (col(Match.score) < behind.score) | ((col(Match.score) == behind.score) & tied)
        )
    if demand_id is not None:
        statement = statement.where(col(Match.demand_id) == demand_id)
    if achievement_id is not None:
        statement = statement.where(col(Match.achievement_id) == achievement_id)
    if state is not None:
        statement = statement.where(col(Match.state) == state)
    statement = statement.order_by(col(Match.score).desc(), col(Demand.code), col(Achievement.code)).limit(
        limit
    )
    return [match_sheet(*row) for row in tx.execute(statement)]


def match(tx: Tx, *, match_id: int, actor: Actor) -> MatchSheet:
    """The match with that id, if `actor` may know of it."""
    row = tx.execute(_matched(actor).where(col(Match.id) == match_id)).one_or_none()
    if row is None:
        raise MatchUnknown(match=match_id)
    return match_sheet(*row)


def _matched(actor: Actor) -> sa.Select[Match, Demand, Achievement]:
    return (
        sa.select(Match, Demand, Achievement)
        .join(Demand, col(Demand.id) == Match.demand_id)
        .join(Achievement, col(Achievement.id) == Match.achievement_id)
        .where(matches_visible_to(actor))
    )


def _says(column: Mapped[str], text: str) -> sa.ColumnElement[bool]:
    """Whether the segmented text in `column` holds every word of `text`."""
    simple: sa.ColumnElement[str] = sa.literal_column("'simple'::regconfig")
    query = sa.func.plainto_tsquery(simple, segmented(text))
    return sa.func.to_tsvector(simple, column).bool_op("@@")(query)


def _demand(tx: Tx, which: sa.ColumnElement[bool], actor: Actor | None, *, named: object) -> DemandSheet:
    statement = sa.select(Demand, Party).join(Party, col(Party.id) == Demand.party_id).where(which)
    if actor is not None:
        statement = statement.where(visible_to(actor))
    found = tx.execute(statement).one_or_none()
    if found is None:
        raise DemandUnknown(demand=named)
    return demand_sheet(found[0], found[1])


def _achievement(tx: Tx, which: sa.ColumnElement[bool], actor: Actor | None, *, named: object) -> Achievement:
    statement = select(Achievement).where(which)
    if actor is not None:
        statement = statement.where(achievements_visible_to(actor))
    row = tx.exec(statement).one_or_none()
    if row is None:
        raise AchievementUnknown(achievement=named)
    return row


def _assessed(tx: Tx, achievement_id: int) -> list[tuple[Readiness, Element]]:
    statement = (
        sa.select(Readiness, Element)
        .join(Element, col(Element.id) == Readiness.element_id)
        .where(col(Element.achievement_id) == achievement_id)
        .order_by(col(Readiness.id))
    )
    return [(row, element) for row, element in tx.execute(statement)]


def _assessment(row: Readiness, element: Element) -> Assessment:
    return Assessment(element.name, element.is_critical, row.scale, row.level, row.assessed_on, row.key)


def _readiness(tx: Tx, achievement_id: int) -> list[ReadinessSheet]:
    found = [(row, element, _assessment(row, element)) for row, element in _assessed(tx, achievement_id)]
    newest = set(latest([one for _, _, one in found]).values())
    return [_readiness_sheet(row, element, one in newest) for row, element, one in found]


def _readiness_sheet(row: Readiness, element: Element, is_newest: bool) -> ReadinessSheet:
    return ReadinessSheet(
        element=element.name,
        is_critical=element.is_critical,
        scale=row.scale,
        level=row.level,
        evidence=row.evidence,
        assessor=row.assessor,
        assessed_on=row.assessed_on,
        is_newest=is_newest,
    )
