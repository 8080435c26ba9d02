"""Seats, the seal, and the gate."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from kernel.identity.rules import Actor, Role
from pipeline.screening.rounds import (
    AlreadySubmitted,
    Excused,
    RoundClosed,
    ScoresOutstanding,
    Seat,
    check_conclusion,
    check_open,
    check_submission,
    gate_problems,
    may_see,
    unfit,
)
from pipeline.screening.rules import Audience, KnockOut, Result, RoundState, Sheet
from tests.builders.screening import CARD, card

AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
STEEL, RIVAL = 11, 12


def seat(
    user: int = 1, audience: Audience = Audience.FUND, party: int | None = None, *, done: bool = True
) -> Seat:
    return Seat(user, audience, party, has_submitted=done, is_excused=False)


FUND_SHEET = Sheet(1, Audience.FUND, None, {})
SCIENCE_SHEET = Sheet(2, Audience.UNIVERSITY, None, {})
STEEL_SHEET = Sheet(3, Audience.ENTERPRISE, STEEL, {})
RIVAL_SHEET = Sheet(4, Audience.ENTERPRISE, RIVAL, {})
ALL = (FUND_SHEET, SCIENCE_SHEET, STEEL_SHEET, RIVAL_SHEET)


def seen(
    viewer: int | None, mine: Seat | None, *, staff: bool = False, party: int | None = None
) -> list[int]:
    return [
        sheet.scorer
        for sheet in ALL
        if may_see(sheet, viewer_id=viewer, reaches_all=staff, party_id=party, seat=mine)
    ]


def test_nobody_sees_others_before_submitting_not_even_staff() -> None:
    assert seen(9, seat(9, done=False), staff=True) == []
    assert seen(9, seat(9, Audience.ENTERPRISE, STEEL, done=False), party=STEEL) == []


def test_staff_see_everything_once_they_have_submitted_or_do_not_score() -> None:
    assert seen(9, seat(9), staff=True) == [1, 2, 3, 4]
    assert seen(9, None, staff=True) == seen(None, None, staff=True) == [1, 2, 3, 4]
    assert seen(9, replace(seat(9, done=False), is_excused=True), staff=True) == [1, 2, 3, 4]


def test_an_enterprise_never_sees_another_enterprise() -> None:
    assert seen(3, seat(3, Audience.ENTERPRISE, STEEL), party=STEEL) == [1, 2, 3]
    assert seen(5, seat(5, Audience.ENTERPRISE, STEEL), party=STEEL) == [1, 2, 3]
    assert seen(5, seat(5, Audience.ENTERPRISE, STEEL), party=None) == [1, 2]


def test_the_university_sees_all_after_submitting() -> None:
    assert seen(2, seat(2, Audience.UNIVERSITY)) == [1, 2, 3, 4]


def test_whoever_has_no_seat_or_was_excused_sees_only_what_is_theirs() -> None:
    assert seen(9, None) == []
    assert seen(9, replace(seat(9, Audience.UNIVERSITY, done=False), is_excused=True)) == []
    assert seen(1, None) == [1]


def person(*roles: Role, party_id: int | None = None) -> Actor:
    return Actor(user_id=1, name="x", roles=frozenset(roles), party_id=party_id)


@pytest.mark.parametrize(
    ("scorer", "audience", "is_fit"),
    [
        (person(Role.MANAGER), Audience.FUND, True),
        (person(Role.ANALYST), Audience.FUND, True),
        (person(Role.ACCOUNTANT), Audience.FUND, False),
        (person(Role.TECHNOLOGY_MANAGER), Audience.UNIVERSITY, True),
        (person(Role.MANAGER), Audience.UNIVERSITY, False),
        (person(Role.LP_EXPERT, party_id=STEEL), Audience.ENTERPRISE, True),
        (person(Role.LP_USER, party_id=STEEL), Audience.ENTERPRISE, True),
        (person(Role.LP_EXPERT, party_id=RIVAL), Audience.ENTERPRISE, False),
        (person(Role.LP_EXPERT), Audience.ENTERPRISE, False),
        (person(Role.MANAGER, party_id=STEEL), Audience.ENTERPRISE, False),
    ],
)
def test_who_can_speak_for_whom(scorer: Actor, audience: Audience, is_fit: bool) -> None:
    assert (unfit(scorer, audience, interested=frozenset({STEEL})) == "") is is_fit


def test_scores_are_submitted_once_by_those_not_excused_while_the_round_is_open() -> None:
    check_submission(seat(done=False), RoundState.OPEN)
    with pytest.raises(AlreadySubmitted):
        check_submission(seat(), RoundState.OPEN)
    with pytest.raises(Excused):
        check_submission(replace(seat(done=False), is_excused=True), RoundState.OPEN)
    with pytest.raises(RoundClosed, match="concluded"):
        check_submission(seat(done=False), RoundState.CONCLUDED)
    check_open(RoundState.OPEN)


def test_a_round_waits_for_everybody_and_for_every_audience_it_needs() -> None:
    fund, science = seat(1), seat(2, Audience.UNIVERSITY)
    check_conclusion(CARD, RoundState.OPEN, [fund, science])
    check_conclusion(CARD, RoundState.OPEN, [fund, science, replace(seat(3, done=False), is_excused=True)])
    with pytest.raises(ScoresOutstanding, match="1 have not submitted"):
        check_conclusion(CARD, RoundState.OPEN, [fund, science, seat(3, done=False)])
    with pytest.raises(ScoresOutstanding, match="university: nobody has scored"):
        check_conclusion(CARD, RoundState.OPEN, [fund])
    with pytest.raises(RoundClosed):
        check_conclusion(CARD, RoundState.ABANDONED, [fund, science])


def test_a_round_without_any_sheet_is_not_concluded_even_when_no_audience_is_needed() -> None:
    optional = card(shares={name: replace(share, is_required=False) for name, share in CARD.shares.items()})
    with pytest.raises(ScoresOutstanding, match="nobody has scored"):
        check_conclusion(optional, RoundState.OPEN, [])


GOOD = Result(Fraction(80), {}, Fraction(0), False, (), True)


def told(result: Result | None, concluded_at: datetime | None = AT) -> list[str]:
    return [str(problem) for problem in gate_problems(result, concluded_at=concluded_at, entered_at=AT)]


def test_the_gate() -> None:
    assert told(GOOD) == []
    assert told(replace(GOOD, total=Fraction(110, 3), passes=False)) == [
        "score: the total of 36.67 is below the pass mark"
    ]
    fallen = replace(GOOD, passes=False, knock_outs=(KnockOut("science", 2, 3, 4),))
    assert told(fallen) == ["science: knocked out: 3 points, at least 4 are needed"]
    for result, at in ((None, None), (GOOD, None), (None, AT), (GOOD, AT - timedelta(seconds=1))):
        assert told(result, at)[0].startswith("screening: no screening round")
