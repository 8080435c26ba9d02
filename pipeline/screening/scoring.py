"""Scoring in a round: who sits in it, the sealed sheets, and what they come to."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from sqlmodel import select

from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.models import User
from kernel.identity.queries import UserUnknown, actor_of
from kernel.identity.rules import Actor, Role
from pipeline.deals.actions import publish_score
from pipeline.deals.queries import interested
from pipeline.screening.models import ScoreSheet, ScoringSeat, ScreeningResult, ScreeningRound
from pipeline.screening.queries import scorecard, seats_of, sheets_of
from pipeline.screening.rounds import (
    NotSeated,
    RoundUnknown,
    SeatTaken,
    SeatTooLate,
    SeatUnfit,
    check_conclusion,
    check_open,
    check_submission,
    unfit,
)
from pipeline.screening.rules import Audience, RoundState, check_points
from pipeline.screening.rules import conclude as result_of
from pipeline.screening.sheets import ResultSheet, seat_of


def seat_scorer(
    tx: Tx, actor: Actor, *, round_id: int, user_id: int, audience: Audience, now: datetime
) -> None:
    """Give somebody a seat in an open round.

    Refused: a second seat; a person who cannot speak for the audience; an enterprise that is not interested in the
    deal; a scorer of the fund once the first scores are in, since the fund's people could have seen them.
    """
    actor.require(Role.MANAGER, Role.ANALYST)
    row = _locked(tx, round_id)
    check_open(row.state)
    user = tx.get(User, user_id)
    if user is None:
        raise UserUnknown(login=user_id)
    seats = seats_of(tx, round_id=round_id)
    if any(one.seat.user_id == user_id for one in seats):
        raise SeatTaken(name=user.name)
    scorer = actor_of(tx, user=user)
    parties = {one.party_id for one in interested(tx, deal_id=row.deal_id)}
    why = unfit(scorer, audience, interested=frozenset(parties))
    if why:
        raise SeatUnfit(name=user.name, audience=audience, why=why)
    if audience == Audience.FUND and any(one.seat.has_submitted for one in seats):
        raise SeatTooLate()
    party_id = scorer.party_id if audience == Audience.ENTERPRISE else None
    tx.add(
        ScoringSeat(round_id=round_id, user_id=user_id, audience=audience, party_id=party_id, recorded_at=now)
    )
    tx.flush()
    _record(tx, actor, "seated", row, {"user": user_id, "audience": audience.value}, now)


def excuse_scorer(tx: Tx, actor: Actor, *, round_id: int, user_id: int, reason: str, now: datetime) -> None:
    """Excuse a scorer who will not score; the round no longer waits for that seat."""
    actor.require(Role.MANAGER, Role.ANALYST)
    row = _locked(tx, round_id)
    seat = _seat(tx, round_id, user_id)
    check_submission(seat_of(seat), row.state)
    seat.excused_at, seat.excuse = now, reason.strip()
    tx.flush()
    _record(tx, actor, "excused", row, {"user": user_id, "reason": reason}, now)


def submit_scores(
    tx: Tx, actor: Actor, *, round_id: int, points: Mapping[str, int], now: datetime, comment: str = ""
) -> None:
    """Seal the actor's own points, one for each criterion of the actor's audience; there is no second time."""
    row = _locked(tx, round_id)
    seat = _seat(tx, round_id, actor.user_id)
    check_submission(seat_of(seat), row.state)
    card = scorecard(tx, scorecard_id=row.scorecard_id).card
    check_points(card, seat.audience, points)
    tx.add(
        ScoreSheet(
            round_id=round_id,
            user_id=seat.user_id,
            audience=seat.audience,
            party_id=seat.party_id,
            points=dict(points),
            comment=comment.strip(),
            recorded_at=now,
        )
    )
    seat.submitted_at = now
    tx.flush()
    # The points stay sealed: the audit trail is read by people who may not see them.
    _record(tx, actor, "scored", row, {"audience": seat.audience.value}, now)


def conclude_round(tx: Tx, actor: Actor, *, round_id: int, now: datetime) -> ResultSheet:
    """Open all sheets, compute the exact result and show its total on the deal.

    Refused while a scorer is outstanding or an audience that the card needs has not scored.
    """
    actor.require(Role.MANAGER, Role.ANALYST)
    row = _locked(tx, round_id)
    card = scorecard(tx, scorecard_id=row.scorecard_id).card
    check_conclusion(card, row.state, [one.seat for one in seats_of(tx, round_id=round_id)])
    result = result_of(card, sheets_of(tx, round_id=round_id))
    row.state, row.closed_at = RoundState.CONCLUDED, now
    tx.add(
        ScreeningResult(
            round_id=round_id,
            deal_id=row.deal_id,
            total=result.total,
            by_audience={audience.value: str(total) for audience, total in result.by_audience.items()},
            spread=result.spread,
            is_spread_wide=result.is_spread_wide,
            knock_outs=[asdict(one) for one in result.knock_outs],
            passes=result.passes,
            recorded_at=now,
        )
    )
    tx.flush()
    detail: dict[str, object] = {"total": str(result.total), "passes": result.passes}
    _record(tx, actor, "concluded", row, detail, now)
    publish_score(tx, actor, deal_id=row.deal_id, score=result.total, now=now)
    return ResultSheet(round_id, row.number, result, now)


def abandon_round(tx: Tx, actor: Actor, *, round_id: int, reason: str, now: datetime) -> None:
    """End an open round without a result; its sheets stay sealed rows of a round that counts for nothing."""
    actor.require(Role.MANAGER)
    row = _locked(tx, round_id)
    check_open(row.state)
    row.state, row.closed_at = RoundState.ABANDONED, now
    tx.flush()
    _record(tx, actor, "abandoned", row, {"reason": reason}, now)


def _locked(tx: Tx, round_id: int) -> ScreeningRound:
    row = tx.get(ScreeningRound, round_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise RoundUnknown(round=round_id)
    return row


def _seat(tx: Tx, round_id: int, user_id: int | None) -> ScoringSeat:
    statement = select(ScoringSeat).where(ScoringSeat.round_id == round_id, ScoringSeat.user_id == user_id)
    seat = tx.exec(statement).one_or_none()
    if seat is None:
        raise NotSeated()
    return seat


def _record(
    tx: Tx, actor: Actor, act: str, row: ScreeningRound, detail: Mapping[str, object], now: datetime
) -> None:
    record(tx, actor, action=f"screening.{act}", subject=f"screening:{row.key}", detail=detail, now=now)
