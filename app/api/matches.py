"""Matches between demands and achievements, each with its reasons."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from app.api.schemas import LIMIT, REFUSALS, After, Body, Limit, Out, PageOut, example
from app.deps import ApiActor, Now, TxDep
from pipeline.channel import queries
from pipeline.channel.match_pages import matches_page
from pipeline.channel.matches import accept_match, propose_matches, reject_match
from pipeline.channel.rules import MatchState
from pipeline.channel.sheets import MatchSheet

router = APIRouter(prefix="/api/v1", tags=["channel"], responses=REFUSALS)


class ReasonOut(Out):
    """One component of a match's score (of `weight` points), and why."""

    name: str
    weight: int
    score: int
    why: str


class MatchOut(Out):
    """A demand and an achievement that may answer it; the score is the same from either side."""

    id: int
    demand: str
    demand_title: str
    achievement: str
    title_zh: str
    title_en: str
    score: int
    reasons: list[ReasonOut]
    state: MatchState
    reason: str
    decided_by: str
    decided_at: datetime | None


class VerdictIn(Body):
    """Whether the match is taken up, and why or why not; the reason feeds back into the channel."""

    model_config = example(accept=True, reason="指标与场地均符合")

    accept: bool
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class ProposalIn(Body):
    """Of what to compute matches; of everything open when nothing is named."""

    model_config = example(demand="N26-001")

    demand: Annotated[str | None, Field(max_length=16)] = None
    achievement: Annotated[str | None, Field(max_length=16)] = None


class ProposedOut(Out):
    """How many matches are worth a look."""

    kept: int


@router.get("/matches")
def listed_matches(
    tx: TxDep,
    actor: ApiActor,
    demand: Annotated[str | None, Query(max_length=16)] = None,
    achievement: Annotated[str | None, Query(max_length=16)] = None,
    state: MatchState | None = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[MatchOut]:
    """Matches of a demand or an achievement, or all, best first."""
    page = matches_page(
        tx,
        actor=actor,
        demand_id=queries.demand_by_code(tx, code=demand, actor=actor).id if demand else None,
        achievement_id=queries.achievement_by_code(tx, code=achievement, actor=actor).id
        if achievement
        else None,
        state=state,
        after=after,
        limit=limit,
    )
    return PageOut(items=[match_out(sheet) for sheet in page.items], next=page.next)


@router.post("/matches", status_code=201)
def propose(body: ProposalIn, tx: TxDep, actor: ApiActor, now: Now) -> ProposedOut:
    """Compute the matches of one demand, one achievement, or all that are open."""
    kept = propose_matches(
        tx,
        actor,
        demand_id=queries.demand_by_code(tx, code=body.demand, actor=actor).id if body.demand else None,
        achievement_id=(
            queries.achievement_by_code(tx, code=body.achievement, actor=actor).id
            if body.achievement
            else None
        ),
        now=now,
    )
    return ProposedOut(kept=kept)


@router.post("/matches/{match_id}/verdict", status_code=201)
def decide(match_id: int, body: VerdictIn, tx: TxDep, actor: ApiActor, now: Now) -> MatchOut:
    """Take a match up, or reject it, with a reason."""
    act = accept_match if body.accept else reject_match
    return match_out(act(tx, actor, match_id=match_id, reason=body.reason, now=now))


def match_out(sheet: MatchSheet) -> MatchOut:
    """A match as the API writes it."""
    own: Mapping[str, object] = {name: getattr(sheet, name) for name in MatchOut.model_fields}
    reasons = [
        ReasonOut(name=one.name, weight=one.weight, score=one.score, why=one.says.format_map(one.facts))
        for one in sheet.reasons
    ]
    return MatchOut.of({**own, "reasons": reasons})
