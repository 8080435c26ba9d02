import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest

from fund.parties.conflict_rules import Conflicted, ConflictKind, recusing
from pipeline.committee.motion_rules import (
    BEFORE_OPENING,
    UNSEALED,
    DeclarationInvalid,
    MotionNotReady,
    MotionState,
    Paper,
    PapersMissing,
    WindowTooLong,
    WindowTooShort,
    check_declaration,
    check_papers,
    check_state,
    deadline,
    expires_on,
    has_lapsed,
    papers_hash,
)

NOON = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
CUSTOMER = Conflicted(ConflictKind.CUSTOMER, "Our plant buys their powder.")
OTHER = Conflicted(ConflictKind.OTHER, "The founder was my student.")


def test_sealed_and_unsealed_states_together_are_all_states() -> None:
    assert BEFORE_OPENING | {MotionState.OPEN} | UNSEALED == set(MotionState)
    assert not (BEFORE_OPENING | {MotionState.OPEN}) & UNSEALED


def test_the_papers_fingerprint_is_over_their_fingerprints_in_order() -> None:
    assert papers_hash(["aa", "bb"]) == hashlib.sha256(b"aa\nbb").hexdigest()
    assert papers_hash(["aa", "bb"]) != papers_hash(["bb", "aa"])


@pytest.mark.parametrize("papers", [[], [Paper(" ", "aa")], [Paper("Memo", "aa"), Paper("Memo again", "aa")]])
def test_papers_need_titles_and_are_named_once(papers: list[Paper]) -> None:
    with pytest.raises(PapersMissing):
        check_papers(papers)


def test_good_papers_pass() -> None:
    check_papers([Paper("Memo", "aa"), Paper("Model", "bb")])


def test_a_state_that_does_not_fit_is_named_with_those_that_would() -> None:
    check_state("M1", MotionState.OPEN, {MotionState.OPEN}, "be closed")
    with pytest.raises(MotionNotReady, match=r"M1 is papers locked; to be closed it must be draft / open"):
        check_state("M1", MotionState.PAPERS_LOCKED, {MotionState.OPEN, MotionState.DRAFT}, "be closed")


def test_a_declaration_is_either_nil_or_tells_something() -> None:
    check_declaration(True, ())
    check_declaration(False, (CUSTOMER,))
    for nil, conflicts in ((True, (CUSTOMER,)), (False, ()), (False, (Conflicted(ConflictKind.OTHER, " "),))):
        with pytest.raises(DeclarationInvalid):
            check_declaration(nil, conflicts)


def test_only_listed_kinds_recuse() -> None:
    assert recusing([CUSTOMER, OTHER], {ConflictKind.CUSTOMER}) == [CUSTOMER]


def test_the_deadline_is_the_window_or_later() -> None:
    assert deadline(NOON, 72, None) == NOON + timedelta(hours=72)
    assert deadline(NOON, 72, NOON + timedelta(days=5)) == NOON + timedelta(days=5)
    with pytest.raises(WindowTooShort, match="72 hours"):
        deadline(NOON, 72, NOON + timedelta(hours=71))
    assert deadline(NOON, 72, NOON + timedelta(days=503)) == NOON + timedelta(days=503)
    for asked in (NOON + timedelta(days=503, seconds=1), datetime.max.replace(tzinfo=UTC)):
        with pytest.raises(WindowTooLong, match="2028-01-17"):
            deadline(NOON, 72, asked)


def test_an_approval_holds_through_its_last_day() -> None:
    last = expires_on(NOON, 90)
    assert last == date(2026, 11, 30)
    assert not has_lapsed(last, last)
    assert has_lapsed(last, last + timedelta(days=1))
    assert not has_lapsed(None, last)
