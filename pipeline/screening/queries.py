"""Looking at screening: scorecards, rounds with their seats and the sheets one may see, results."""

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from kernel.db import Tx
from kernel.identity.models import User
from kernel.identity.rules import Actor
from pipeline.deals.models import Deal
from pipeline.deals.queries import is_whole
from pipeline.deals.recusals import kept_out
from pipeline.screening.models import (
    ScorecardCriterion,
    ScorecardShare,
    ScorecardVersion,
    ScoreSheet,
    ScoringSeat,
    ScreeningResult,
    ScreeningRound,
)
from pipeline.screening.rounds import RoundUnknown, ScorecardUnknown, Seat, may_see
from pipeline.screening.rules import Audience, RoundState, Scorecard, Share, Sheet, sheet_total
from pipeline.screening.sheets import (
    CardSheet,
    ResultSheet,
    RoundSheet,
    SeatSheet,
    SeenSheet,
    Waiting,
    criterion_of,
    result_sheet,
    seat_of,
    sheet_of,
)


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The rounds that `actor` may know of: all for those who run the fund, else those with an own seat."""
    if actor.reach == "all":
        return sa.true()
    if actor.user_id is None:
        return sa.false()
    own = select(ScoringSeat.id).where(
        ScoringSeat.round_id == ScreeningRound.id, ScoringSeat.user_id == actor.user_id
    )
    return own.exists()


def scorecards(tx: Tx) -> list[CardSheet]:
    """Every version of every scorecard, the newest first."""
    statement = select(ScorecardVersion).order_by(ScorecardVersion.name, col(ScorecardVersion.version).desc())
    return [_card(tx, row) for row in tx.exec(statement).all()]


def scorecard(tx: Tx, *, scorecard_id: int) -> CardSheet:
    """One version of a scorecard."""
    row = tx.get(ScorecardVersion, scorecard_id)
    if row is None:
        raise ScorecardUnknown(card=scorecard_id)
    return _card(tx, row)


def scorecard_in_force(tx: Tx, *, name: str, as_of: date) -> CardSheet:
    """The version of a scorecard that is in force on `as_of`."""
    statement = select(ScorecardVersion).where(
        ScorecardVersion.name == name, col(ScorecardVersion.effective_on) <= as_of
    )
    newest = col(ScorecardVersion.effective_on).desc(), col(ScorecardVersion.version).desc()
    row = tx.exec(statement.order_by(*newest).limit(1)).first()
    if row is None:
        raise ScorecardUnknown(card=name)
    return _card(tx, row)


def rounds_of(tx: Tx, *, deal_id: int, actor: Actor) -> list[RoundSheet]:
    """The deal's rounds that `actor` may know of, oldest first."""
    statement = select(ScreeningRound).where(ScreeningRound.deal_id == deal_id, visible_to(actor))
    rows = tx.exec(statement.order_by(col(ScreeningRound.number))).all()
    return [_round(tx, row, actor) for row in rows]


def round_sheet(tx: Tx, *, round_id: int, actor: Actor) -> RoundSheet:
    """One round as `actor` may see it; an unknown one where the actor has neither seat nor reach."""
    statement = select(ScreeningRound).where(ScreeningRound.id == round_id, visible_to(actor))
    row = tx.exec(statement).one_or_none()
    if row is None:
        raise RoundUnknown(round=round_id)
    return _round(tx, row, actor)


def waiting_for(tx: Tx, *, actor: Actor) -> list[Waiting]:
    """The open rounds that wait for the actor's scores, the longest waiting first."""
    statement = (
        sa.select(ScreeningRound, ScoringSeat, Deal)
        .join(ScoringSeat, col(ScoringSeat.round_id) == ScreeningRound.id)
        .join(Deal, col(Deal.id) == ScreeningRound.deal_id)
        .where(
            col(ScreeningRound.state) == RoundState.OPEN,
            col(ScoringSeat.user_id) == actor.user_id,
            col(ScoringSeat.submitted_at).is_(None),
            col(ScoringSeat.excused_at).is_(None),
        )
        .order_by(col(ScreeningRound.opened_at), col(ScreeningRound.id))
    )
    return [
        Waiting(row.key, deal.code, deal.name, deal.technology, seat.audience, row.opened_at)
        for row, seat, deal in tx.execute(statement)
    ]


def latest_result(tx: Tx, *, deal_id: int, actor: Actor | None = None) -> ResultSheet | None:
    """What the deal's last concluded round came to; None for an `actor` who may not see results."""
    statement = (
        sa.select(ScreeningResult, ScreeningRound, Deal)
        .join(ScreeningRound, col(ScreeningRound.id) == ScreeningResult.round_id)
        .join(Deal, col(Deal.id) == ScreeningResult.deal_id)
        .where(col(ScreeningResult.deal_id) == deal_id)
        .order_by(col(ScreeningRound.number).desc())
        .limit(1)
    )
    found = tx.execute(statement).one_or_none()
    if found is None or (actor is not None and not is_whole(actor, found[2], kept_out(tx, actor=actor))):
        return None
    return result_sheet(found[0], found[1])


def seats_of(tx: Tx, *, round_id: int) -> list[SeatSheet]:
    """Everybody who has a seat in the round, in the order of seating."""
    statement = (
        sa.select(ScoringSeat, User)
        .join(User, col(User.id) == ScoringSeat.user_id)
        .where(col(ScoringSeat.round_id) == round_id)
        .order_by(col(ScoringSeat.id))
    )
    return [SeatSheet(row.key, user.name, row.excuse, seat_of(row)) for row, user in tx.execute(statement)]


def sheets_of(tx: Tx, *, round_id: int) -> list[Sheet]:
    """Every sheet of a round, as the rules see them; only `actions.conclude` may use all of them."""
    statement = select(ScoreSheet).where(ScoreSheet.round_id == round_id).order_by(col(ScoreSheet.id))
    return [sheet_of(row) for row in tx.exec(statement)]


def _round(tx: Tx, row: ScreeningRound, actor: Actor) -> RoundSheet:
    deal = tx.get(Deal, row.deal_id)
    if deal is None:
        raise RoundUnknown(round=row.key)
    seats = seats_of(tx, round_id=row.key)
    mine = next((one.seat for one in seats if one.seat.user_id == actor.user_id), None)
    card = scorecard(tx, scorecard_id=row.scorecard_id)
    runs = actor.reach == "all"
    return RoundSheet(
        id=row.key,
        deal_id=row.deal_id,
        deal=deal.code,
        deal_name=deal.name,
        technology=deal.technology,
        number=row.number,
        state=row.state,
        opened_at=row.opened_at,
        card=card,
        seats=tuple(one for one in seats if runs or one.seat.user_id == actor.user_id),
        mine=mine,
        sheets=_seen(tx, row.key, card.card, actor, mine),
        result=_result_of(tx, row) if runs else None,
    )


def _seen(tx: Tx, round_id: int, card: Scorecard, actor: Actor, mine: Seat | None) -> tuple[SeenSheet, ...]:
    statement = (
        sa.select(ScoreSheet, User)
        .join(User, col(User.id) == ScoreSheet.user_id)
        .where(col(ScoreSheet.round_id) == round_id)
        .order_by(col(ScoreSheet.id))
    )
    found = [(row, user.name, sheet_of(row)) for row, user in tx.execute(statement)]
    return tuple(
        SeenSheet(name, sheet, sheet_total(card, sheet), row.comment, row.recorded_at)
        for row, name, sheet in found
        if may_see(
            sheet,
            viewer_id=actor.user_id,
            reaches_all=actor.reach == "all",
            party_id=actor.party_id,
            seat=mine,
        )
    )


def _result_of(tx: Tx, row: ScreeningRound) -> ResultSheet | None:
    found = tx.exec(select(ScreeningResult).where(ScreeningResult.round_id == row.key)).one_or_none()
    return result_sheet(found, row) if found else None


def _card(tx: Tx, row: ScorecardVersion) -> CardSheet:
    of_card = select(ScorecardCriterion).where(ScorecardCriterion.scorecard_id == row.key)
    criteria = tuple(criterion_of(one) for one in tx.exec(of_card.order_by(col(ScorecardCriterion.place))))
    weighed = tx.exec(
        select(ScorecardShare).where(ScorecardShare.scorecard_id == row.key).order_by(col(ScorecardShare.id))
    )
    shares: Mapping[Audience, Share] = {one.audience: Share(one.weight, one.is_required) for one in weighed}
    card = Scorecard(criteria, shares, row.pass_mark, row.spread_limit)
    return CardSheet(row.key, row.name, row.version, row.effective_on, card)
