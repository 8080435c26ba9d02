"""When an exit may be recorded."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from fund.holdings.position import Status
from pipeline.committee.motion_rules import Matter
from pipeline.stewardship.rules import (
    Behind,
    ExitInvalid,
    ExitKind,
    Standing,
    Told,
    blocking,
    check_told,
    matter_for,
)

DAY = timedelta(days=1)
TODAY = date(2026, 9, 30)
TOLD = Told(ExitKind.SALE_TO_LP, TODAY, True, True, True)
SOLD = Standing(Status.REALISED, TODAY)
DECIDED = Behind(Matter.EXIT, True, TODAY - 20 * DAY, TODAY + 70 * DAY)


def test_a_complete_exit_has_nothing_against_it() -> None:
    check_told(TOLD, TODAY)
    check_told(replace(TOLD, kind=ExitKind.IPO, has_counterparty=False, into_partner_chain=False), TODAY)
    assert blocking(SOLD, DECIDED, TOLD) == []
    gone = replace(TOLD, kind=ExitKind.LIQUIDATION)
    assert blocking(Standing(Status.WRITTEN_OFF, None), replace(DECIDED, matter=Matter.WRITE_OFF), gone) == []


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"exited_on": TODAY + DAY}, ["exited_on"]),
        ({"has_counterparty": False}, ["counterparty"]),
        ({"counterparty_is_partner": False}, ["counterparty", "into_partner_chain"]),
        ({"kind": ExitKind.TRADE_SALE, "counterparty_is_partner": False}, ["into_partner_chain"]),
    ],
)
def test_what_is_told_must_hang_together(changes: dict[str, Any], where: list[str]) -> None:
    with pytest.raises(ExitInvalid) as refusal:
        check_told(replace(TOLD, **changes), TODAY)
    assert [problem.where for problem in refusal.value.problems] == where


@pytest.mark.parametrize(
    ("standing", "behind", "where"),
    [
        (Standing(None, None), DECIDED, "holding"),
        (Standing(Status.PARTLY_REALISED, TODAY), DECIDED, "holding"),
        (Standing(Status.REALISED, TODAY + DAY), DECIDED, "exited_on"),
        (SOLD, None, "motion"),
        (SOLD, replace(DECIDED, approves=False), "motion"),
        (SOLD, replace(DECIDED, matter=Matter.WRITE_OFF), "motion"),
        (SOLD, replace(DECIDED, decided_on=TODAY + DAY), "motion"),
        (SOLD, replace(DECIDED, expires_on=TODAY - DAY), "motion"),
    ],
)
def test_what_keeps_an_exit_back(standing: Standing, behind: Behind | None, where: str) -> None:
    assert [problem.where for problem in blocking(standing, behind, TOLD)] == [where]


def test_a_liquidation_is_written_off_and_everything_else_is_an_exit() -> None:
    assert {kind for kind in ExitKind if matter_for(kind) is Matter.WRITE_OFF} == {ExitKind.LIQUIDATION}
