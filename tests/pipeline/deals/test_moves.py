"""Judging moves: what is refused, and with which words."""

from itertools import pairwise

import pytest

from pipeline.deals.moves import (
    AlreadyActive,
    AlreadyPassed,
    GateClosed,
    LastMove,
    MoneyIsIn,
    MoveBlocked,
    MoveIllegal,
    NotActive,
    NothingToUndo,
    ReasonMissing,
    check_hold,
    check_move,
    check_pass,
    check_reactivate,
    check_reason,
    check_undo,
)
from pipeline.deals.rules import GATES, ORDER, Gate, Kind, PassReason, Stage, Status
from tests.builders.deals import facts


@pytest.mark.parametrize(("source", "target"), list(pairwise(ORDER)))
def test_a_complete_deal_goes_on_through_its_gate(source: Stage, target: Stage) -> None:
    assert check_move(facts(stage=source), target, gate=GATES.get(target), reason=None) is Kind.MOVED


@pytest.mark.parametrize("target", list(GATES))
def test_no_gate_opens_by_itself(target: Stage) -> None:
    source = ORDER[ORDER.index(target) - 1]
    wrong = Gate.EXIT if GATES[target] != Gate.EXIT else Gate.SCREENING
    for gate in (None, wrong):
        with pytest.raises(GateClosed, match=GATES[target]):
            check_move(facts(stage=source), target, gate=gate, reason=None)


@pytest.mark.parametrize("status", [Status.ON_HOLD, Status.PASSED])
def test_only_an_active_deal_moves(status: Status) -> None:
    with pytest.raises(NotActive, match="reactivate"):
        check_move(facts(status=status), Stage.SCREENING, gate=None, reason=None)


def test_a_stage_is_not_skipped_and_a_held_company_does_not_go_back() -> None:
    with pytest.raises(MoveIllegal, match="it may go to screening"):
        check_move(facts(), Stage.CLOSING, gate=Gate.COMMITTEE, reason=None)
    with pytest.raises(MoveIllegal):
        check_move(facts(stage=Stage.HELD), Stage.CLOSING, gate=None, reason="why not")
    with pytest.raises(MoveIllegal, match="nowhere"):
        check_move(facts(stage=Stage.EXITED), Stage.HELD, gate=None, reason="why not")


def test_what_is_missing_is_told_before_the_gate() -> None:
    with pytest.raises(MoveBlocked) as refused:
        check_move(facts(stage=Stage.SCREENING, score=None), Stage.PROJECT_APPROVAL, gate=None, reason=None)
    assert "conclude a screening round" in str(refused.value)


def test_going_back_needs_a_reason_and_nothing_else() -> None:
    bare = facts(stage=Stage.COMMITTEE, technology="", amount=None)
    with pytest.raises(ReasonMissing):
        check_move(bare, Stage.SCREENING, gate=None, reason=" ")
    assert check_move(bare, Stage.SCREENING, gate=None, reason="Inquorate.") is Kind.SENT_BACK


def test_a_reason_loses_its_blanks() -> None:
    assert check_reason("this", "  because ") == "because"
    with pytest.raises(ReasonMissing, match="this needs a reason"):
        check_reason("this", None)


def test_passing_on() -> None:
    check_pass(facts(status=Status.ON_HOLD), PassReason.DUPLICATE, "")
    check_pass(facts(), PassReason.OTHER, "The founder moved abroad.")
    with pytest.raises(ReasonMissing):
        check_pass(facts(), PassReason.OTHER, "")
    with pytest.raises(AlreadyPassed):
        check_pass(facts(status=Status.PASSED), PassReason.DUPLICATE, "")
    with pytest.raises(MoneyIsIn, match="held"):
        check_pass(facts(stage=Stage.HELD), PassReason.DUPLICATE, "")


def test_resting_and_waking() -> None:
    check_hold(facts())
    check_reactivate(facts(status=Status.PASSED))
    with pytest.raises(NotActive):
        check_hold(facts(status=Status.ON_HOLD))
    with pytest.raises(MoneyIsIn):
        check_hold(facts(stage=Stage.EXITED))
    with pytest.raises(AlreadyActive):
        check_reactivate(facts())


@pytest.mark.parametrize("gate", [None, Gate.SCREENING])
@pytest.mark.parametrize("kind", [Kind.MOVED, Kind.SENT_BACK])
def test_a_move_without_consequences_is_undone(kind: Kind, gate: Gate | None) -> None:
    assert (
        check_undo(facts(stage=Stage.SCREENING), LastMove(kind, gate, Stage.REGISTERED)) is Stage.REGISTERED
    )


@pytest.mark.parametrize(
    "last",
    [
        None,
        LastMove(Kind.REGISTERED, None, None),
        LastMove(Kind.MOVED, None, None),
        LastMove(Kind.UNDONE, None, Stage.SCREENING),
        LastMove(Kind.PASSED, None, Stage.SCREENING),
        *(LastMove(Kind.MOVED, gate, Stage.COMMITTEE) for gate in Gate if gate != Gate.SCREENING),
    ],
)
def test_nothing_else_is_undone(last: LastMove | None) -> None:
    with pytest.raises(NothingToUndo):
        check_undo(facts(stage=Stage.CLOSING), last)
