"""Matches: computing them, and what people make of them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from pipeline.channel.matching import Corpus, Experience, Fit, Offered, Wanted, corpus, fit
from pipeline.channel.models import Achievement, Demand, Match
from pipeline.channel.queries import match, runs_the_channel
from pipeline.channel.rules import (
    DemandState,
    MatchState,
    MatchUnknown,
    NotYours,
    check_decision,
)
from pipeline.channel.sheets import MatchSheet
from pipeline.channel.words import words

LOWEST_SCORE = 250


def propose_matches(
    tx: Tx,
    actor: Actor,
    *,
    now: datetime,
    demand_id: int | None = None,
    achievement_id: int | None = None,
    lowest: int = LOWEST_SCORE,
) -> int:
    """Compute the matches of one demand, one achievement or all that are open, and keep those worth a look.

    A proposal is renewed; a decision stays as it was made. Returns how many stand at `lowest` (0..1000) or more.
    """
    actor.require(Role.MANAGER, Role.ANALYST, Role.TECHNOLOGY_MANAGER)
    lock(tx, "channel:matches")
    offered = list(tx.exec(select(Achievement).order_by(col(Achievement.id))))
    known = corpus([_offered(row).words for row in offered])
    wanted = select(Demand).where(Demand.state == DemandState.OPEN).order_by(col(Demand.id))
    if demand_id is not None:
        wanted = wanted.where(Demand.id == demand_id)
    if achievement_id is not None:
        offered = [row for row in offered if row.key == achievement_id]
    kept = 0
    sides = [(row, _offered(row)) for row in offered]
    for demand in tx.exec(wanted).all():
        kept += _propose(tx, demand, sides, known, lowest, now)
    detail = {"demand": demand_id, "achievement": achievement_id, "kept": kept}
    record(tx, actor, action="matches.proposed", subject="channel", detail=detail, now=now)
    return kept


def accept_match(tx: Tx, actor: Actor, *, match_id: int, reason: str, now: datetime) -> MatchSheet:
    """Accept a proposed match, with the reason."""
    return _decide(tx, actor, match_id, MatchState.ACCEPTED, reason, now)


def reject_match(tx: Tx, actor: Actor, *, match_id: int, reason: str, now: datetime) -> MatchSheet:
    """Reject a proposed match; the reason and the count of rejections feed the next computation."""
    return _decide(tx, actor, match_id, MatchState.REJECTED, reason, now)


def _decide(
    tx: Tx, actor: Actor, match_id: int, decision: MatchState, reason: str, now: datetime
) -> MatchSheet:
    actor.require(Role.MANAGER, Role.ANALYST, Role.TECHNOLOGY_MANAGER, Role.LP_USER)
    sheet = match(tx, match_id=match_id, actor=actor)
    row = tx.get(Match, match_id, with_for_update=True, populate_existing=True)
    demand = tx.get(Demand, sheet.demand_id)
    if row is None or demand is None:
        raise MatchUnknown(match=match_id)
    if not runs_the_channel(actor) and actor.party_id != demand.party_id:
        raise NotYours()
    check_decision(f"{sheet.demand} – {sheet.achievement}", row.state, decision, reason)
    row.state, row.reason, row.decided_by, row.decided_at = decision, reason.strip(), actor.name, now
    tx.flush()
    detail = {"reason": row.reason, "score": row.score}
    record(tx, actor, action=f"match.{decision}", subject=f"match:{match_id}", detail=detail, now=now)
    return match(tx, match_id=match_id, actor=actor)


def _propose(
    tx: Tx,
    demand: Demand,
    sides: Sequence[tuple[Achievement, Offered]],
    known: Corpus,
    lowest: int,
    now: datetime,
) -> int:
    """Write one demand's matches; proposals that have fallen below `lowest` go."""
    side, experience = _wanted(demand), _experience(tx, demand)
    fits = [(row.key, fit(side, offered, known=known, experience=experience)) for row, offered in sides]
    good = [(key, found) for key, found in fits if found.score >= lowest]
    proposed = sa.and_(col(Match.demand_id) == demand.key, col(Match.state) == MatchState.PROPOSED)
    weak = [key for key, found in fits if found.score < lowest]
    tx.execute(sa.delete(Match).where(proposed, col(Match.achievement_id).in_(weak)))
    if good:
        rows = [_row(demand.key, key, found, now) for key, found in good]
        statement = insert(Match).values(rows)
        renewed = {name: statement.excluded[name] for name in ("score", "components", "computed_at")}
        tx.execute(
            statement.on_conflict_do_update(
                index_elements=["demand_id", "achievement_id"], set_=renewed, where=proposed
            )
        )
    return len(good)


def _row(demand_id: int, achievement_id: int, found: Fit, now: datetime) -> dict[str, object]:
    components = [
        {
            "name": one.name,
            "weight": one.weight,
            "score": one.score,
            "says": one.says,
            "facts": dict(one.facts),
        }
        for one in found.components
    ]
    return {
        "demand_id": demand_id,
        "achievement_id": achievement_id,
        "score": found.score,
        "components": components,
        "state": MatchState.PROPOSED,
        "reason": "",
        "decided_by": "",
        "computed_at": now,
    }


def _experience(tx: Tx, demand: Demand) -> Experience:
    """What became of the decided matches of this enterprise in this sector, other demands included."""
    statement = (
        sa.select(col(Match.state), sa.func.count())
        .join(Demand, col(Demand.id) == Match.demand_id)
        .where(col(Demand.party_id) == demand.party_id, col(Demand.sector) == demand.sector)
        .group_by(col(Match.state))
    )
    counts = {MatchState(row[0]): int(row[1]) for row in tx.execute(statement)}
    return Experience(counts.get(MatchState.ACCEPTED, 0), counts.get(MatchState.REJECTED, 0))


def _wanted(row: Demand) -> Wanted:
    said = [part for line in row.specification for part in line.values()]
    return Wanted(
        words=words(row.title, row.problem, *said),
        sector=row.sector,
        trl=row.wanted_trl,
        site=row.site,
        budget=row.budget,
        currency=row.currency,
        deadline_on=row.deadline_on,
    )


def _offered(row: Achievement) -> Offered:
    return Offered(
        words=words(row.title_zh, row.summary_zh, row.title_en, row.summary_en),
        sector=row.sector,
        trl=row.trl,
        site=row.site,
        cost=row.cost,
        currency=row.currency,
        available_on=row.available_on,
    )
