"""Screening on a real database: sealed scoring, conclusion, the gates, and the seal in SQL."""

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa

from kernel.db import Database, Tx
from kernel.identity.queries import UserUnknown
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from pipeline.deals.actions import hold, move
from pipeline.deals.moves import MoveBlocked, MoveIllegal, NotActive
from pipeline.deals.queries import deal
from pipeline.deals.rules import Gate, Stage
from pipeline.screening.actions import (
    open_round,
    pass_to_diligence,
    pass_to_project_approval,
    publish_scorecard,
)
from pipeline.screening.queries import (
    latest_result,
    round_sheet,
    rounds_of,
    scorecard,
    scorecard_in_force,
    scorecards,
    waiting_for,
)
from pipeline.screening.rounds import (
    AlreadySubmitted,
    Excused,
    NotScreening,
    NotSeated,
    RoundClosed,
    RoundRunning,
    RoundUnknown,
    ScorecardUnknown,
    ScoresOutstanding,
    SeatTaken,
    SeatTooLate,
    SeatUnfit,
)
from pipeline.screening.rules import Audience, CardInvalid, RoundState, ScoresInvalid
from pipeline.screening.scoring import (
    abandon_round,
    conclude_round,
    excuse_scorer,
    seat_scorer,
    submit_scores,
)
from tests.builders.deals import a_deal_at
from tests.builders.screening import (
    CARD,
    FUND_POINTS,
    RIVAL_POINTS,
    SCIENCE_POINTS,
    STEEL_POINTS,
    Screening,
    an_open_round,
    card,
)


@pytest.fixture
def screening(tx: Tx, now: datetime) -> Screening:
    return an_open_round(tx, now=now)


def everybody_scores(tx: Tx, s: Screening, now: datetime) -> None:
    for actor, points in (
        (s.analyst, FUND_POINTS),
        (s.professor, SCIENCE_POINTS),
        (s.steel, STEEL_POINTS),
        (s.rival, RIVAL_POINTS),
    ):
        submit_scores(tx, actor, round_id=s.round_id, points=points, now=now)


def test_cards_are_versioned_and_rounds_keep_theirs(tx: Tx, screening: Screening, now: datetime) -> None:
    stricter = publish_scorecard(
        tx,
        SYSTEM,
        name="standard",
        card=card(pass_mark=Fraction(90)),
        effective_on=date(2026, 10, 1),
        now=now,
    )
    assert stricter.version == 2
    assert stricter.card.pass_mark == 90
    assert scorecard_in_force(tx, name="standard", as_of=date(2026, 9, 30)).card == CARD
    assert scorecard_in_force(tx, name="standard", as_of=date(2026, 10, 1)).version == 2
    assert [one.version for one in scorecards(tx)] == [2, 1]
    assert round_sheet(tx, round_id=screening.round_id, actor=SYSTEM).card.version == 1
    for call in (
        lambda: scorecard(tx, scorecard_id=999_999),
        lambda: scorecard_in_force(tx, name="other", as_of=date(2026, 10, 1)),
    ):
        with pytest.raises(ScorecardUnknown):
            call()
    with pytest.raises(CardInvalid):
        publish_scorecard(
            tx, SYSTEM, name="x", card=card(pass_mark=Fraction(101)), effective_on=date(2026, 1, 1), now=now
        )


def test_the_exact_total_reaches_the_deal(tx: Tx, screening: Screening, now: datetime) -> None:
    everybody_scores(tx, screening, now)
    found = conclude_round(tx, screening.manager, round_id=screening.round_id, now=now)
    total = Fraction(2, 5) * Fraction(220, 3) + Fraction(3, 10) * 90 + Fraction(3, 10) * 70
    assert found.result.total == total == deal(tx, deal_id=screening.deal.id).score
    assert found.result.is_spread_wide
    assert latest_result(tx, deal_id=screening.deal.id) == found
    with pytest.raises(RoundClosed):
        conclude_round(tx, SYSTEM, round_id=screening.round_id, now=now)


def test_scores_stay_sealed_until_ones_own_are_in(tx: Tx, screening: Screening, now: datetime) -> None:
    s = screening
    submit_scores(tx, s.steel, round_id=s.round_id, points=STEEL_POINTS, comment="Fits.", now=now)

    def seen(actor: Actor) -> list[str]:
        return [one.name for one in round_sheet(tx, round_id=s.round_id, actor=actor).sheets]

    assert seen(s.analyst) == seen(s.professor) == seen(s.rival) == []
    assert len(seen(s.steel)) == len(seen(s.manager)) == 1
    for actor, points in ((s.analyst, FUND_POINTS), (s.professor, SCIENCE_POINTS), (s.rival, RIVAL_POINTS)):
        submit_scores(tx, actor, round_id=s.round_id, points=points, now=now)
    assert len(seen(s.analyst)) == len(seen(s.professor)) == 4
    own = round_sheet(tx, round_id=s.round_id, actor=s.rival)
    assert {one.sheet.audience for one in own.sheets} == set(Audience)
    assert {one.sheet.party_id for one in own.sheets} == {None, s.rival.party_id}
    assert [one.seat.user_id for one in own.seats] == [s.rival.user_id]
    conclude_round(tx, SYSTEM, round_id=s.round_id, now=now)
    assert round_sheet(tx, round_id=s.round_id, actor=s.rival).result is None
    assert latest_result(tx, deal_id=s.deal.id, actor=s.rival) is None
    assert round_sheet(tx, round_id=s.round_id, actor=s.manager).result is not None


def test_the_audit_trail_keeps_the_seal_too(tx: Tx, screening: Screening, now: datetime) -> None:
    submit_scores(tx, screening.steel, round_id=screening.round_id, points=STEEL_POINTS, now=now)
    detail = tx.execute(
        sa.text("SELECT detail FROM audit_event WHERE action = 'screening.scored'")
    ).scalar_one()
    assert detail == {"audience": "enterprise"}


def test_what_waits_for_whom(tx: Tx, screening: Screening, now: datetime) -> None:
    (waiting,) = waiting_for(tx, actor=screening.steel)
    assert (waiting.round_id, waiting.deal, waiting.audience) == (
        screening.round_id,
        screening.deal.code,
        Audience.ENTERPRISE,
    )
    submit_scores(tx, screening.steel, round_id=screening.round_id, points=STEEL_POINTS, now=now)
    assert waiting_for(tx, actor=screening.steel) == waiting_for(tx, actor=screening.manager) == []


def test_who_may_sit(tx: Tx, screening: Screening, now: datetime) -> None:
    s = screening
    seats = {"round_id": s.round_id, "now": now}
    with pytest.raises(SeatTaken):
        seat_scorer(tx, SYSTEM, user_id=s.analyst.user_id or 0, audience=Audience.FUND, **seats)
    with pytest.raises(SeatUnfit, match="technology manager"):
        seat_scorer(tx, SYSTEM, user_id=s.second.user_id or 0, audience=Audience.UNIVERSITY, **seats)
    with pytest.raises(UserUnknown):
        seat_scorer(tx, SYSTEM, user_id=999_999, audience=Audience.FUND, **seats)
    with pytest.raises(RoleMissing):
        seat_scorer(tx, s.professor, user_id=s.second.user_id or 0, audience=Audience.FUND, **seats)
    submit_scores(tx, s.steel, round_id=s.round_id, points=STEEL_POINTS, now=now)
    with pytest.raises(SeatTooLate):
        seat_scorer(tx, SYSTEM, user_id=s.second.user_id or 0, audience=Audience.FUND, **seats)


def test_scores_are_given_once_completely_and_by_scorers(tx: Tx, screening: Screening, now: datetime) -> None:
    s = screening
    with pytest.raises(ScoresInvalid):
        submit_scores(tx, s.analyst, round_id=s.round_id, points={"team": 3}, now=now)
    submit_scores(tx, s.analyst, round_id=s.round_id, points=FUND_POINTS, now=now)
    with pytest.raises(AlreadySubmitted):
        submit_scores(tx, s.analyst, round_id=s.round_id, points=FUND_POINTS, now=now)
    with pytest.raises(NotSeated):
        submit_scores(tx, s.second, round_id=s.round_id, points=FUND_POINTS, now=now)
    with pytest.raises(RoundUnknown):
        submit_scores(tx, s.second, round_id=999_999, points=FUND_POINTS, now=now)


def test_an_excused_scorer_is_not_waited_for(tx: Tx, screening: Screening, now: datetime) -> None:
    s = screening
    for actor, points in ((s.analyst, FUND_POINTS), (s.professor, SCIENCE_POINTS), (s.steel, STEEL_POINTS)):
        submit_scores(tx, actor, round_id=s.round_id, points=points, now=now)
    with pytest.raises(ScoresOutstanding):
        conclude_round(tx, SYSTEM, round_id=s.round_id, now=now)
    excuse_scorer(tx, SYSTEM, round_id=s.round_id, user_id=s.rival.user_id or 0, reason="On leave.", now=now)
    with pytest.raises(Excused):
        submit_scores(tx, s.rival, round_id=s.round_id, points=RIVAL_POINTS, now=now)
    assert conclude_round(tx, SYSTEM, round_id=s.round_id, now=now).result.by_audience["enterprise"] == 90


def test_one_round_at_a_time_and_only_in_screening(tx: Tx, screening: Screening, now: datetime) -> None:
    s = screening
    with pytest.raises(RoundRunning):
        open_round(tx, SYSTEM, deal_id=s.deal.id, card_name="standard", now=now)
    abandon_round(tx, SYSTEM, round_id=s.round_id, reason="Wrong card.", now=now)
    again = open_round(tx, SYSTEM, deal_id=s.deal.id, card_name="standard", now=now)
    assert [one.state for one in rounds_of(tx, deal_id=s.deal.id, actor=SYSTEM)] == [
        RoundState.ABANDONED,
        RoundState.OPEN,
    ]
    assert round_sheet(tx, round_id=again, actor=SYSTEM).number == 2
    hold(tx, SYSTEM, deal_id=s.deal.id, reason="Waits.", now=now)
    abandon_round(tx, SYSTEM, round_id=again, reason="Waits.", now=now)
    with pytest.raises(NotScreening, match="on hold"):
        open_round(tx, SYSTEM, deal_id=s.deal.id, card_name="standard", now=now)


def test_a_round_is_unknown_to_those_without_a_seat(tx: Tx, screening: Screening) -> None:
    stranger = Actor(
        user_id=999, name="x", roles=frozenset({Role.LP_EXPERT}), party_id=screening.steel.party_id
    )
    nobody = Actor(user_id=None, name="x", roles=frozenset({Role.LP_EXPERT}))
    for actor in (stranger, nobody):
        assert rounds_of(tx, deal_id=screening.deal.id, actor=actor) == []
        with pytest.raises(RoundUnknown):
            round_sheet(tx, round_id=screening.round_id, actor=actor)


def test_both_gates_in_turn(tx: Tx, screening: Screening, now: datetime) -> None:
    s = screening
    with pytest.raises(MoveBlocked) as refused:
        pass_to_project_approval(tx, s.manager, deal_id=s.deal.id, now=now)
    assert [problem.where for problem in refused.value.problems] == ["screening"]
    with pytest.raises(MoveIllegal):
        pass_to_diligence(tx, s.manager, deal_id=s.deal.id, now=now)
    everybody_scores(tx, s, now)
    conclude_round(tx, SYSTEM, round_id=s.round_id, now=now)
    assert pass_to_project_approval(tx, s.second, deal_id=s.deal.id, now=now).stage is Stage.PROJECT_APPROVAL
    with pytest.raises(RoleMissing):
        pass_to_diligence(tx, s.second, deal_id=s.deal.id, now=now)
    with pytest.raises(MoveBlocked) as incomplete:
        pass_to_diligence(tx, s.manager, deal_id=s.deal.id, now=now)
    assert {problem.where for problem in incomplete.value.problems} == {
        "owner_id",
        "spinout_id",
        "development_stage",
        "city",
    }


def test_a_knock_out_is_told_beside_everything_else_missing(
    tx: Tx, screening: Screening, now: datetime
) -> None:
    s = screening
    for actor, points in (
        (s.analyst, FUND_POINTS),
        (s.professor, {"science": 3}),
        (s.steel, STEEL_POINTS),
        (s.rival, RIVAL_POINTS),
    ):
        submit_scores(tx, actor, round_id=s.round_id, points=points, now=now)
    conclude_round(tx, SYSTEM, round_id=s.round_id, now=now)
    tx.execute(sa.text("UPDATE deal SET amount = NULL WHERE id = :id"), {"id": s.deal.id})
    tx.expire_all()
    with pytest.raises(MoveBlocked) as refused:
        pass_to_project_approval(tx, s.manager, deal_id=s.deal.id, now=now)
    assert [problem.where for problem in refused.value.problems] == ["science", "amount"]


def test_a_deal_that_was_sent_back_is_screened_again(tx: Tx, screening: Screening, now: datetime) -> None:
    s = screening
    everybody_scores(tx, s, now)
    conclude_round(tx, SYSTEM, round_id=s.round_id, now=now)
    pass_to_project_approval(tx, s.manager, deal_id=s.deal.id, now=now)
    later = now + timedelta(days=1)
    move(tx, SYSTEM, deal_id=s.deal.id, to=Stage.SCREENING, reason="A new patent came up.", now=later)
    with pytest.raises(MoveBlocked, match="since the deal entered this stage"):
        pass_to_project_approval(tx, s.manager, deal_id=s.deal.id, now=later)
    hold(tx, SYSTEM, deal_id=s.deal.id, reason="Waits.", now=later)
    with pytest.raises(NotActive):
        pass_to_project_approval(tx, s.manager, deal_id=s.deal.id, now=later)


def test_the_committee_sees_the_result_of_what_it_votes_on(
    tx: Tx, screening: Screening, now: datetime
) -> None:
    s = screening
    member = Actor(user_id=998, name="member", roles=frozenset({Role.COMMITTEE}))
    everybody_scores(tx, s, now)
    conclude_round(tx, SYSTEM, round_id=s.round_id, now=now)
    assert latest_result(tx, deal_id=s.deal.id, actor=member) is None
    tx.execute(sa.text("UPDATE deal SET stage = 'committee' WHERE id = :id"), {"id": s.deal.id})
    tx.expire_all()
    assert latest_result(tx, deal_id=s.deal.id, actor=member) is not None


def test_no_gate_is_opened_by_naming_it(tx: Tx, screening: Screening, now: datetime) -> None:
    other = a_deal_at(tx, Stage.SCREENING, setting=screening.setting, now=now, name="另一家")
    with pytest.raises(MoveBlocked, match="conclude a screening round"):
        move(tx, SYSTEM, deal_id=other.id, to=Stage.PROJECT_APPROVAL, gate=Gate.SCREENING, now=now)


def test_the_database_itself_keeps_the_seal(database: Database, now: datetime) -> None:
    with database.transaction(SYSTEM) as tx:
        s = an_open_round(tx, now=now)
    with database.transaction(s.steel) as tx:
        submit_scores(tx, s.steel, round_id=s.round_id, points=STEEL_POINTS, now=now)

    def count(actor: Actor | None, name: str) -> int:
        with database.transaction(actor) as tx:
            return int(tx.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one())

    assert [
        count(actor, "score_sheet") for actor in (s.steel, s.analyst, s.rival, s.professor, s.manager, None)
    ] == [
        1,
        0,
        0,
        0,
        1,
        0,
    ]
    for actor, points in ((s.rival, RIVAL_POINTS), (s.professor, SCIENCE_POINTS), (s.analyst, FUND_POINTS)):
        with database.transaction(actor) as tx:
            submit_scores(tx, actor, round_id=s.round_id, points=points, now=now)
    assert [count(actor, "score_sheet") for actor in (s.steel, s.rival, s.professor, s.analyst)] == [
        3,
        3,
        4,
        4,
    ]
    assert [count(actor, "scoring_seat") for actor in (s.steel, s.manager)] == [1, 4]
    with database.transaction(s.manager) as tx:
        conclude_round(tx, s.manager, round_id=s.round_id, now=now)
    assert [count(actor, "screening_result") for actor in (s.manager, s.steel, s.professor)] == [1, 0, 0]
    assert [count(actor, "screening_round") for actor in (s.manager, s.steel, None)] == [1, 1, 0]
    with (
        database.transaction(SYSTEM) as tx,
        pytest.raises(sa.exc.DBAPIError, match=r"append-only|permission"),
    ):
        tx.execute(sa.text("UPDATE score_sheet SET comment = 'x'"))
