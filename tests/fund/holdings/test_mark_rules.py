from datetime import date
from fractions import Fraction

import pytest

from fund.holdings.mark_rules import (
    ApproverIsPreparer,
    Bridge,
    BridgeBroken,
    Causes,
    Made,
    MarkAlreadyApproved,
    MarkBeforeAcquisition,
    MarkInFuture,
    MarkNegative,
    MarkNotYours,
    MarkReasonMissing,
    MarkRejected,
    MarkReplaced,
    MarkStale,
    MarkState,
    MarkSupersedesOther,
    MarkTaken,
    UnchangedWithoutReason,
    bridge,
    check_approval,
    check_chain,
    check_mark_day,
    check_rejection,
    check_still_true,
    state,
)
from fund.holdings.position import Disposal, DisposalKind, Lot, Position, Relief, Valued
from fund.holdings.rules import NothingHeld

BOUGHT, Q1, Q2, TODAY = date(2026, 1, 15), date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)
HELD = Position(lots=(Lot(1, BOUGHT, Fraction(100), 1_000),))
MARKED = HELD.with_mark(Valued(1, Q1, 1_200))


def test_a_day_on_which_something_was_held_can_be_marked() -> None:
    check_mark_day(HELD, marked_on=BOUGHT, today=TODAY)
    with pytest.raises(MarkInFuture, match="is for 2026-10-01, which is still to come"):
        check_mark_day(HELD, marked_on=date(2026, 10, 1), today=TODAY)
    with pytest.raises(MarkBeforeAcquisition, match="acquired on 2026-01-15"):
        check_mark_day(HELD, marked_on=date(2026, 1, 14), today=TODAY)
    with pytest.raises(NothingHeld):
        check_mark_day(Position(), marked_on=Q1, today=TODAY)
    gone = HELD.after(Disposal(Q1, DisposalKind.SALE, Fraction(100), 0, (Relief(1, Fraction(100), 1_000),)))
    with pytest.raises(NothingHeld):
        check_mark_day(gone, marked_on=Q1, today=TODAY)


def test_the_first_bridge_starts_from_nothing() -> None:
    way = bridge(HELD, marked_on=Q1, value=1_200, causes=None, reason="")
    assert way == Bridge(0, 1_000, 0, Causes(company=200))
    assert way.closing == 1_200


def test_the_next_bridge_starts_from_the_mark_before() -> None:
    followed = Position(
        (*MARKED.lots, Lot(2, date(2026, 4, 20), Fraction(100), 2_000)),
        (Disposal(date(2026, 5, 1), DisposalKind.SALE, Fraction(50), 900, (Relief(1, Fraction(25), 250),)),),
        MARKED.marks,
    )
    causes = Causes(company=500, market=-120, rights=20)
    way = bridge(followed, marked_on=Q2, value=2_800, causes=causes, reason="")
    assert way == Bridge(1_200, 2_000, 800, causes)
    with pytest.raises(BridgeBroken, match=r"explains 0\.01, the value moved by 4\.00"):
        bridge(followed, marked_on=Q2, value=2_800, causes=Causes(currency=1), reason="")


def test_a_correction_bridges_from_the_mark_before_its_day() -> None:
    assert bridge(MARKED, marked_on=Q1, value=900, causes=None, reason="").opening == 0


def test_an_unchanged_value_needs_a_reason() -> None:
    with pytest.raises(UnchangedWithoutReason, match="since 2026-03-31"):
        bridge(MARKED, marked_on=Q2, value=1_200, causes=None, reason=" ")
    with pytest.raises(UnchangedWithoutReason, match="since the purchase"):
        bridge(HELD, marked_on=Q1, value=1_000, causes=None, reason="")
    assert bridge(MARKED, marked_on=Q2, value=1_200, causes=None, reason="no news").causes == Causes()


def test_a_value_is_not_negative() -> None:
    assert bridge(HELD, marked_on=Q1, value=0, causes=None, reason="").closing == 0
    with pytest.raises(MarkNegative, match=r"The value is \(0\.01\)"):
        bridge(HELD, marked_on=Q1, value=-1, causes=None, reason="")


def test_a_second_mark_for_a_day_names_the_last_one() -> None:
    check_chain([], marked_on=Q1, supersedes_id=None)
    check_chain([Made(3, True), Made(5, False)], marked_on=Q1, supersedes_id=5)
    with pytest.raises(MarkTaken, match="mark for 2026-03-31 \\(number 5\\)"):
        check_chain([Made(3, True), Made(5, False)], marked_on=Q1, supersedes_id=None)
    with pytest.raises(MarkSupersedesOther, match="Mark 3 is not the last one"):
        check_chain([Made(3, True), Made(5, False)], marked_on=Q1, supersedes_id=3)
    with pytest.raises(MarkSupersedesOther):
        check_chain([], marked_on=Q1, supersedes_id=9)


def test_a_rejected_draft_is_replaced_unasked_and_never_approved() -> None:
    gone = [Made(3, True), Made(5, False, True)]
    assert check_chain(gone, marked_on=Q1, supersedes_id=None) == 5
    assert [state(gone, key) for key in (3, 5)] == [MarkState.APPROVED, MarkState.REJECTED]
    with pytest.raises(MarkRejected, match="Mark 5 was rejected"):
        check_approval(gone, mark_id=5, prepared_by=1, approver=2, name="Li")


def test_a_draft_is_turned_down_with_a_reason_by_whose_affair_it_is() -> None:
    made = [Made(3, False)]
    check_rejection(made, mark_id=3, reason="no", is_manager=True, is_preparer=False)
    check_rejection(made, mark_id=3, reason="no", is_manager=False, is_preparer=True)
    with pytest.raises(MarkNotYours):
        check_rejection(made, mark_id=3, reason="no", is_manager=False, is_preparer=False)
    with pytest.raises(MarkReasonMissing):
        check_rejection(made, mark_id=3, reason=" ", is_manager=True, is_preparer=True)
    with pytest.raises(MarkAlreadyApproved):
        check_rejection([Made(3, True)], mark_id=3, reason="no", is_manager=True, is_preparer=True)


def test_the_preparer_does_not_approve() -> None:
    made = [Made(3, False)]
    check_approval(made, mark_id=3, prepared_by=1, approver=2, name="Li")
    with pytest.raises(ApproverIsPreparer, match="Li prepared this mark"):
        check_approval(made, mark_id=3, prepared_by=2, approver=2, name="Li")
    with pytest.raises(ApproverIsPreparer):
        check_approval(made, mark_id=3, prepared_by=None, approver=None, name="system")


def test_only_the_last_draft_is_approved_and_once() -> None:
    with pytest.raises(MarkReplaced, match="Mark 3 was replaced by mark 5"):
        check_approval([Made(3, False), Made(5, False)], mark_id=3, prepared_by=1, approver=2, name="Li")
    with pytest.raises(MarkAlreadyApproved):
        check_approval([Made(3, True)], mark_id=3, prepared_by=1, approver=2, name="Li")


def test_what_changed_since_makes_a_mark_stale() -> None:
    way = bridge(HELD, marked_on=Q2, value=1_500, causes=None, reason="")
    check_still_true(HELD, marked_on=Q2, said=way, mark_id=3)
    with pytest.raises(MarkStale, match="prepare it again"):
        check_still_true(MARKED, marked_on=Q2, said=way, mark_id=3)


@pytest.mark.parametrize(
    ("chain", "states"),
    [
        ([False], ["draft"]),
        ([True], ["approved"]),
        ([False, False], ["superseded", "draft"]),
        ([True, False], ["approved", "draft"]),
        ([True, True], ["superseded", "approved"]),
        ([True, False, True], ["superseded", "superseded", "approved"]),
    ],
)
def test_an_approved_mark_holds_until_another_is_approved(chain: list[bool], states: list[str]) -> None:
    made = [Made(at, approved) for at, approved in enumerate(chain)]
    assert [state(made, one.mark_id) for one in made] == [MarkState(value) for value in states]
