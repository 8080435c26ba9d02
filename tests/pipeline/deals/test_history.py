"""How long a deal stayed where, from its history alone."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipeline.deals.history import Step, stays
from pipeline.deals.rules import ORDER, Kind, Stage

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def test_an_undone_move_never_happened() -> None:
    steps = [
        Step(Kind.REGISTERED, Stage.REGISTERED, BEGAN),
        Step(Kind.MOVED, Stage.SCREENING, BEGAN + timedelta(days=5)),
        Step(Kind.EDITED, Stage.SCREENING, BEGAN + timedelta(days=6)),
        Step(Kind.UNDONE, Stage.REGISTERED, BEGAN + timedelta(days=7)),
        Step(Kind.MOVED, Stage.SCREENING, BEGAN + timedelta(days=20)),
    ]
    found = stays(steps, now=BEGAN + timedelta(days=23))
    assert [(stay.stage, stay.days, stay.left_at is None) for stay in found] == [
        (Stage.REGISTERED, 20, False),
        (Stage.SCREENING, 3, True),
    ]


@given(st.lists(st.sampled_from(["on", "back", "undo", "edit"]), max_size=30))
def test_the_last_stay_is_where_the_deal_is_and_no_day_is_lost(acts: list[str]) -> None:
    steps = [Step(Kind.REGISTERED, ORDER[0], BEGAN)]
    places = [0]
    last = ""
    for number, act in enumerate(acts, 1):
        at = BEGAN + timedelta(days=number)
        if act == "on" and places[-1] < len(ORDER) - 1:
            places.append(places[-1] + 1)
            steps.append(Step(Kind.MOVED, ORDER[places[-1]], at))
        elif act == "back" and places[-1]:
            places.append(0)
            steps.append(Step(Kind.SENT_BACK, ORDER[0], at))
        elif act == "undo" and last in {"on", "back"} and len(places) > 1:
            places.pop()
            steps.append(Step(Kind.UNDONE, ORDER[places[-1]], at))
        elif act == "edit":
            steps.append(Step(Kind.EDITED, ORDER[places[-1]], at))
            continue
        else:
            continue
        last = act
    now = BEGAN + timedelta(days=len(acts) + 1)
    found = stays(steps, now=now)
    assert found[-1].stage is ORDER[places[-1]]
    assert found[-1].left_at is None
    assert sum(stay.days for stay in found) == (now - BEGAN).days
