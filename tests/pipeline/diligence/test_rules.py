from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Problem
from pipeline.diligence.rules import (
    CHECKLISTS,
    UNSIGNED,
    Access,
    ClosingNeedsEvidence,
    DocumentState,
    Effect,
    FindingInvalid,
    FindingState,
    ItemFacts,
    Severity,
    Subject,
    WorkstreamFacts,
    access,
    blocking,
    check_finding,
    is_open_critical,
    signature,
    unfinished,
)
from tests.builders.diligence import finding_text

DONE = ItemFacts("Accounts reviewed", is_mandatory=True, is_done=True)


def wheres(problems: list[Problem]) -> list[str]:
    return [problem.where for problem in problems]


def test_every_subject_has_a_checklist_with_something_mandatory() -> None:
    assert set(CHECKLISTS) == set(Subject)
    assert all(any(is_mandatory for _, is_mandatory in items) for items in CHECKLISTS.values())


def test_only_mandatory_items_keep_a_workstream_open() -> None:
    may = ItemFacts("References taken", is_mandatory=False, is_done=False)
    must = ItemFacts("Disputes searched", is_mandatory=True, is_done=False)
    assert unfinished([DONE, may], "Sound.") == []
    assert wheres(unfinished([DONE, must], "  ")) == ["Disputes searched", "conclusion"]


def test_a_deal_is_blocked_by_everything_at_once() -> None:
    done = WorkstreamFacts("D26-001-W1", Subject.LEGAL, is_concluded=True)
    busy = WorkstreamFacts("D26-001-W2", Subject.TEAM, is_concluded=False, open_critical=("D26-001-W2-F1",))
    assert wheres(blocking([])) == ["workstreams"]
    assert blocking([done]) == []
    assert wheres(blocking([done, busy])) == ["D26-001-W2", "D26-001-W2-F1"]


def test_a_concluded_workstream_with_an_open_critical_finding_blocks_all_the_same() -> None:
    one = WorkstreamFacts("W1", Subject.LEGAL, is_concluded=True, open_critical=("W1-F3",))
    assert wheres(blocking([one])) == ["W1-F3"]


def test_a_finding_that_leaves_something_out_is_refused_with_every_gap() -> None:
    with pytest.raises(FindingInvalid) as refused:
        check_finding(finding_text(owner=" ", closes_by=""))
    assert wheres(list(refused.value.problems)) == ["owner", "closes_by"]


def test_what_weighs_is_closed_with_evidence_only() -> None:
    check_finding(finding_text())
    check_finding(finding_text(severity=Severity.MINOR, state=FindingState.CLOSED))
    check_finding(finding_text(state=FindingState.CLOSED, evidence=("ab" * 32,)))
    with pytest.raises(ClosingNeedsEvidence):
        check_finding(finding_text(severity=Severity.CRITICAL, state=FindingState.CLOSED))


def test_only_an_open_critical_finding_blocks() -> None:
    critical = finding_text(severity=Severity.CRITICAL)
    assert is_open_critical(critical)
    assert not is_open_critical(replace(critical, state=FindingState.CLOSED))
    assert not is_open_critical(finding_text())


def test_a_signature_covers_text_signer_version_and_the_version_before() -> None:
    text = finding_text()
    signed = signature("F1", 1, text, "Wang Jun", UNSIGNED)
    assert signed == signature("F1", 1, text, "Wang Jun", UNSIGNED)
    others = {
        signature("F2", 1, text, "Wang Jun", UNSIGNED),
        signature("F1", 2, text, "Wang Jun", UNSIGNED),
        signature("F1", 1, replace(text, statement="None crept."), "Wang Jun", UNSIGNED),
        signature("F1", 1, replace(text, evidence=("ab" * 32,)), "Wang Jun", UNSIGNED),
        signature("F1", 1, text, "Li Wen", UNSIGNED),
        signature("F1", 1, text, "Wang Jun", signed),
    }
    assert len(others | {signed}) == 7


@given(
    st.frozensets(st.sampled_from(Effect)),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from(DocumentState),
)
def test_a_denial_beats_everything(
    effects: frozenset[Effect], staff: bool, own: bool, folder: bool, state: DocumentState
) -> None:
    asked = effects | {Effect.DENY}
    refused = access(asked, is_staff=staff, is_own=own, is_own_folder=folder, state=state)
    assert refused == Access.DENIED


@pytest.mark.parametrize(
    ("effects", "staff", "own", "folder", "state", "outcome"),
    [
        ((), True, False, False, DocumentState.OFFERED, Access.GRANTED),
        ((), False, True, False, DocumentState.DECLINED, Access.GRANTED),
        ((), False, False, True, DocumentState.ACCEPTED, Access.GRANTED),
        ((), False, False, True, DocumentState.OFFERED, Access.NOT_ACCEPTED),
        ((), False, False, False, DocumentState.ACCEPTED, Access.NOT_GRANTED),
        ((Effect.ALLOW,), False, False, False, DocumentState.ACCEPTED, Access.GRANTED),
        ((Effect.ALLOW,), False, False, False, DocumentState.OFFERED, Access.NOT_ACCEPTED),
    ],
)
def test_who_reads_what(
    effects: tuple[Effect, ...],
    staff: bool,
    own: bool,
    folder: bool,
    state: DocumentState,
    outcome: Access,
) -> None:
    assert access(effects, is_staff=staff, is_own=own, is_own_folder=folder, state=state) == outcome
