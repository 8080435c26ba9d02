"""A round of scoring: who sits in it, when it is over, who may see which sheet, and what keeps a deal back. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from kernel.identity.rules import Actor, Role
from pipeline.screening.rules import Audience, Result, RoundState, Scorecard, Sheet, shown


class ScorecardUnknown(NotFound):
    code = "scorecard_unknown"
    says = "There is no scorecard {card} in force."


class RoundUnknown(NotFound):
    code = "round_unknown"
    says = "There is no screening round {round}."


class NotScreening(Conflict):
    code = "deal_not_in_screening"
    says = "{deal} is not being screened (it is {status} at {stage})."


class RoundRunning(Conflict):
    code = "round_running"
    says = "{deal} is being screened already, in round {round}."


class RoundClosed(Conflict):
    code = "round_closed"
    says = "The screening round is {state}."


class SeatTaken(Conflict):
    code = "scoring_seat_taken"
    says = "{name} scores in this round already."


class SeatTooLate(Conflict):
    code = "scoring_seat_too_late"
    says = "The first scores are in; the fund's own scorers can no longer be added to this round."


class SeatUnfit(Invalid):
    code = "scoring_seat_unfit"
    says = "{name} cannot score for the {audience}: {why}."


class NotSeated(Forbidden):
    code = "not_a_scorer"
    says = "You are not a scorer of this round."


class AlreadySubmitted(Conflict):
    code = "scores_already_submitted"
    says = "Your scores are in; a sealed sheet is not changed."


class Excused(Conflict):
    code = "scorer_excused"
    says = "You have been excused from this round."


class ScoresOutstanding(Conflict):
    code = "scores_outstanding"
    says = "The round cannot be concluded yet:"


@dataclass(frozen=True)
class Seat:
    """A scorer's place in a round."""

    user_id: int
    audience: Audience
    party_id: int | None
    has_submitted: bool
    is_excused: bool

    @property
    def is_pending(self) -> bool:
        """Whether the round still waits for this scorer."""
        return not self.has_submitted and not self.is_excused


def check_conclusion(card: Scorecard, state: RoundState, seats: Iterable[Seat]) -> None:
    """Refuse to conclude a closed round, one that waits for scorers, or one without an audience it needs."""
    check_open(state)
    seated = list(seats)
    waiting = sum(seat.is_pending for seat in seated)
    problems = []
    if waiting:
        problems.append(Problem("scorers", "{count} have not submitted", {"count": waiting}))
    scored = {seat.audience for seat in seated if seat.has_submitted}
    needed = [
        audience for audience, share in card.shares.items() if share.is_required and audience not in scored
    ]
    problems += [Problem(audience, "nobody has scored for it") for audience in needed]
    if not scored and not needed:
        problems.append(Problem("scorers", "nobody has scored"))
    if problems:
        raise ScoresOutstanding(problems=problems)


def check_open(state: RoundState) -> None:
    """Refuse to change a round that is over."""
    if state != RoundState.OPEN:
        raise RoundClosed(state=state)


def check_submission(seat: Seat, state: RoundState) -> None:
    """Refuse scores of somebody who has been excused or has submitted, or after the round."""
    if seat.has_submitted:
        raise AlreadySubmitted()
    if seat.is_excused:
        raise Excused()
    check_open(state)


def unfit(scorer: Actor, audience: Audience, *, interested: frozenset[int]) -> str:
    """Why somebody cannot speak for an audience; empty when the person can.

    The fund's people speak for the fund, technology managers for the university, the people of an enterprise that
    is interested in the deal for that enterprise.
    """
    if audience == Audience.FUND:
        return "" if scorer.has(Role.MANAGER, Role.ANALYST) else "this needs a manager or an analyst"
    if audience == Audience.UNIVERSITY:
        return "" if scorer.has(Role.TECHNOLOGY_MANAGER) else "this needs a technology manager"
    if not scorer.has(Role.LP_EXPERT, Role.LP_USER) or scorer.party_id is None:
        return "this needs somebody of an enterprise"
    return (
        "" if scorer.party_id in interested else "the enterprise is not on record as interested in the deal"
    )


def may_see(
    sheet: Sheet, *, viewer_id: int | None, reaches_all: bool, party_id: int | None, seat: Seat | None
) -> bool:
    """Whether somebody may look at a sheet; the database's row-level security says the same.

    Nobody who still has to score sees anybody else's sheet. Once submitted, a scorer sees the fund's and the
    university's; an enterprise's sheet is never seen by another enterprise.
    """
    if viewer_id is not None and sheet.scorer == viewer_id:
        return True
    if seat is not None and seat.is_pending:
        return False
    if reaches_all:
        return True
    if seat is None or not seat.has_submitted:
        return False
    if sheet.audience != Audience.ENTERPRISE or seat.audience == Audience.UNIVERSITY:
        return True
    return party_id is not None and sheet.party_id == party_id


def gate_problems(
    result: Result | None, *, concluded_at: datetime | None, entered_at: datetime
) -> list[Problem]:
    """What keeps a deal from project approval: no result since it entered screening, a knock-out, a low total."""
    if result is None or concluded_at is None or concluded_at < entered_at:
        return [
            Problem("screening", "no screening round has been concluded since the deal entered this stage")
        ]
    problems = [
        Problem(
            one.key,
            "knocked out: {points} points, at least {minimum} are needed",
            {"points": one.points, "minimum": one.minimum},
        )
        for one in result.knock_outs
    ]
    if not problems and not result.passes:
        problems.append(
            Problem("score", "the total of {total} is below the pass mark", {"total": shown(result.total)})
        )
    return problems
