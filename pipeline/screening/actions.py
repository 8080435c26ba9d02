"""Screening a deal: publishing a card, opening a round, and the two gates that a round opens."""

from dataclasses import asdict
from datetime import date, datetime

from sqlmodel import col, select

from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.numbering import next_number
from pipeline.deals.actions import move
from pipeline.deals.moves import MoveBlocked
from pipeline.deals.queries import deal, history, stays_of
from pipeline.deals.rules import Gate, Stage, Status, missing, possible_moves
from pipeline.deals.sheets import DealSheet, facts_of
from pipeline.screening.models import ScorecardCriterion, ScorecardShare, ScorecardVersion, ScreeningRound
from pipeline.screening.queries import latest_result, scorecard, scorecard_in_force
from pipeline.screening.rounds import NotScreening, RoundRunning, gate_problems
from pipeline.screening.rules import RoundState, Scorecard, check_card
from pipeline.screening.sheets import CardSheet


def publish_scorecard(
    tx: Tx, actor: Actor, *, name: str, card: Scorecard, effective_on: date, now: datetime
) -> CardSheet:
    """Publish the next version of the scorecard `name`; rounds that run keep the version they began with."""
    actor.require(Role.MANAGER)
    check_card(card)
    lock(tx, f"scorecard:{name}")
    version = next_number(tx, of=ScorecardVersion.version, within=col(ScorecardVersion.name) == name)
    row = ScorecardVersion(
        name=name,
        version=version,
        effective_on=effective_on,
        pass_mark=card.pass_mark,
        spread_limit=card.spread_limit,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    for audience, share in card.shares.items():
        tx.add(ScorecardShare(scorecard_id=row.key, audience=audience, **asdict(share)))
    for place, one in enumerate(card.criteria, 1):
        given = asdict(one)
        tx.add(ScorecardCriterion(scorecard_id=row.key, place=place, name=given.pop("key"), **given))
    tx.flush()
    detail = {"name": name, "version": version, "effective_on": effective_on.isoformat()}
    record(tx, actor, action="scorecard.published", subject=f"scorecard:{row.key}", detail=detail, now=now)
    return scorecard(tx, scorecard_id=row.key)


def open_round(tx: Tx, actor: Actor, *, deal_id: int, card_name: str, now: datetime) -> int:
    """Open a round for a deal in screening, under the scorecard of that name in force today; returns its id."""
    actor.require(Role.MANAGER, Role.ANALYST)
    lock(tx, f"screening:{deal_id}")
    sheet = deal(tx, deal_id=deal_id)
    if (sheet.stage, sheet.status) != (Stage.SCREENING, Status.ACTIVE):
        raise NotScreening(deal=sheet.code, stage=sheet.stage, status=sheet.status)
    known = tx.exec(select(ScreeningRound).where(ScreeningRound.deal_id == deal_id)).all()
    running = next((row.number for row in known if row.state == RoundState.OPEN), None)
    if running is not None:
        raise RoundRunning(deal=sheet.code, round=running)
    card = scorecard_in_force(tx, name=card_name, as_of=day_in_beijing(now))
    row = ScreeningRound(deal_id=deal_id, number=len(known) + 1, scorecard_id=card.id, opened_at=now)
    tx.add(row)
    tx.flush()
    detail = {"deal": sheet.code, "scorecard": f"{card.name} v{card.version}"}
    record(tx, actor, action="screening.opened", subject=f"screening:{row.key}", detail=detail, now=now)
    return row.key


def pass_to_project_approval(tx: Tx, actor: Actor, *, deal_id: int, now: datetime) -> DealSheet:
    """Let a deal that was screened well enough go on to project approval (立项).

    Refused with everything that is missing: no result since the deal entered screening, a knock-out, a total below
    the pass mark, and whatever the next stage asks for.
    """
    actor.require(Role.MANAGER, Role.ANALYST)
    return _pass(tx, actor, deal_id, Stage.PROJECT_APPROVAL, now)


def pass_to_diligence(tx: Tx, actor: Actor, *, deal_id: int, now: datetime) -> DealSheet:
    """Approve the project: a manager lets the deal go on to due diligence. Refused with everything missing."""
    actor.require(Role.MANAGER)
    return _pass(tx, actor, deal_id, Stage.DUE_DILIGENCE, now)


def _pass(tx: Tx, actor: Actor, deal_id: int, target: Stage, now: datetime) -> DealSheet:
    sheet = deal(tx, deal_id=deal_id)
    if sheet.status == Status.ACTIVE and target in possible_moves(sheet.stage):
        result = latest_result(tx, deal_id=deal_id)
        problems = gate_problems(
            result.result if result else None,
            concluded_at=result.concluded_at if result else None,
            entered_at=_screened_since(tx, sheet, now),
        )
        if problems:
            problems += [one for one in missing(facts_of(sheet), target) if one.where != "score"]
            raise MoveBlocked(deal=sheet.code, target=target, problems=problems)
    return move(tx, actor, deal_id=deal_id, to=target, gate=Gate.SCREENING, now=now)


def _screened_since(tx: Tx, sheet: DealSheet, now: datetime) -> datetime:
    """When the deal last entered screening: a result from before it was sent back counts no more."""
    stays = stays_of(history(tx, deal_id=sheet.id), now=now)
    entries = [stay.entered_at for stay in stays if stay.stage == Stage.SCREENING]
    return max(entries, default=sheet.entered_stage_at)
