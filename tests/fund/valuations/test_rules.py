from collections.abc import Callable
from datetime import date
from fractions import Fraction

import pytest

from fund.holdings.mark_rules import Technique
from fund.valuations import rules
from fund.valuations.approval import (
    FilePreparerApproves,
    MinuteMissing,
    NotAnApprover,
    check_may_approve,
)
from fund.valuations.file import Future, Input, Planned, Quoted, Synergy, Weighed, fingerprint, plain, read
from fund.valuations.policy import FileReason, Policy, PolicyInvalid, check_policy, why_file_needed
from kernel.errors import Refusal
from tests.builders.valuations import AN_INPUT, MILLION, OPTION, POLICY, SCENARIOS, a_file

ON = date(2025, 3, 31)
HALF = Fraction(1, 2)


def lines(*weights: Fraction, value: int | None = 10 * MILLION, why: str = "why") -> tuple[Weighed, ...]:
    return tuple(
        Weighed(technique, weight, value, why) for technique, weight in zip(Technique, weights, strict=False)
    )


def test_techniques_weigh_to_the_fen() -> None:
    two = (
        Weighed(Technique.MILESTONES, Fraction(2, 3), 100, "a"),
        Weighed(Technique.SCENARIOS, Fraction(1, 3), None, "b"),
    )
    assert rules.weighted(two, by_rights=101) == 100
    assert rules.weighted(lines(HALF, HALF, value=101), by_rights=None) == 101
    assert rules.weighted(lines(Fraction(1), value=0), by_rights=None) == 0
    half_up = (Weighed(Technique.MILESTONES, HALF, 1, "a"), Weighed(Technique.SCENARIOS, HALF, 2, "b"))
    assert rules.weighted(half_up, by_rights=None) == 2


@pytest.mark.parametrize(
    ("techniques", "refused", "says"),
    [
        ((), rules.TechniquesMissing, "by which technique"),
        (lines(HALF, Fraction(49, 100)), rules.WeightsOff, "sum to 99 %"),
        (lines(HALF, HALF, Fraction(1, 1000)), rules.WeightsOff, "100.1 %"),
        (lines(Fraction(1), Fraction(0)), rules.WeightNegative, "not above 0"),
        (lines(Fraction(1), why=" "), rules.TechniqueUnexplained, "Say why"),
        (lines(Fraction(1), value=None), rules.NoRightsToTakeFrom, "no value"),
        (lines(HALF) + lines(HALF), rules.TechniqueTwice, "two lines"),
    ],
)
def test_techniques_that_cannot_be(
    techniques: tuple[Weighed, ...], refused: type[Refusal], says: str
) -> None:
    with pytest.raises(refused, match=says):
        rules.weighted(techniques, by_rights=None)


def test_a_mark_may_be_rounded_as_far_as_the_policy_says() -> None:
    rules.check_value(1_000, weighted=1_005, tolerance=Fraction(1, 200))
    rules.check_value(0, weighted=0, tolerance=Fraction(0))
    with pytest.raises(rules.ValueDiffers, match=r"give 10\.06, the mark says 10\.00.*0\.5 %"):
        rules.check_value(1_000, weighted=1_006, tolerance=Fraction(1, 200))


def test_the_policy_names_techniques_by_stage() -> None:
    rules.check_techniques(lines(Fraction(1)), stage="growth", policy=POLICY)
    rules.check_techniques(lines(Fraction(1)), stage="seed", policy=None)
    with pytest.raises(rules.TechniqueNotAllowed, match="multiples for companies at the stage seed"):
        rules.check_techniques(lines(Fraction(1)), stage="seed", policy=POLICY)


@pytest.mark.parametrize(
    ("check", "refused"),
    [
        (lambda: rules.check_inputs((), marked_on=ON), rules.InputsMissing),
        (lambda: rules.check_inputs([Input("sales", "1", " ", ON)], marked_on=ON), rules.InputIncomplete),
        (
            lambda: rules.check_inputs([Input("sales", "1", "accounts", date(2025, 4, 1))], marked_on=ON),
            rules.InputTooLate,
        ),
        (lambda: milestone(met_on=date(2025, 4, 1), evidence="report"), rules.MilestoneMetLater),
        (lambda: milestone(met_on=date(2025, 3, 1)), rules.MilestoneUnproved),
        (lambda: milestone(due_on=date(2025, 2, 28)), rules.MilestoneMissed),
        (lambda: rules.check_readiness(10, source="board"), rules.ReadinessInvalid),
        (lambda: rules.check_readiness(4, source=""), rules.ReadinessInvalid),
        (
            lambda: scenarios(Future("a", Fraction(1, 2), 1), Future("b", Fraction(1, 3), 1)),
            rules.ProbabilitiesOff,
        ),
        (lambda: scenarios(Future(" ", Fraction(1), 1)), rules.ScenarioInvalid),
        (lambda: scenarios(Future("a", HALF, 1), Future("a", HALF, 1)), rules.ScenarioInvalid),
        (lambda: scenarios(Future("a", Fraction(3, 2), 1)), rules.ScenarioInvalid),
        (lambda: scenarios(Future("a", Fraction(1), -1)), rules.ScenarioInvalid),
        (lambda: scenarios(Future("a", Fraction(1), 1, rate=Fraction(-1))), rules.ScenarioInvalid),
        (lambda: quoted(Quoted(2, Fraction(3), "why")), rules.CalibrationUnknown),
        (lambda: quoted(Quoted(1, Fraction(4))), rules.ParameterUnexplained),
        (lambda: quoted(*()), rules.CalibrationUnused),
        (lambda: rules.check_synergy(None, interested=["北方钢铁"]), rules.SynergyUnanswered),
        (lambda: rules.check_synergy(Synergy(True, " "), interested=[]), rules.SynergyUnnamed),
    ],
)
def test_what_a_file_leaves_open_is_refused(check: Callable[[], None], refused: type[Refusal]) -> None:
    with pytest.raises(refused):
        check()


def milestone(*, due_on: date = date(2025, 3, 1), met_on: date | None = None, evidence: str = "") -> None:
    rules.check_milestones(
        [Planned("test", due_on, met_on, evidence=evidence)], marked_on=ON, tolerance_days=30
    )


def test_a_milestone_of_a_far_day_is_not_missed() -> None:
    milestone(due_on=date.max)
    milestone(due_on=date(2025, 3, 1))


def scenarios(*futures: Future) -> None:
    rules.check_scenarios(a_file(scenarios=futures))


def quoted(*said: Quoted) -> None:
    rules.check_quoted(said, {1: rules.Known(1, date(2024, 3, 20), "EV / sales", Fraction(3))})


def test_what_a_complete_file_says_passes() -> None:
    rules.check_inputs([AN_INPUT], marked_on=ON)
    milestone(met_on=date(2025, 3, 1), evidence="report")
    milestone(due_on=date(2025, 1, 1), evidence="the value is a third lower for it")
    milestone(due_on=date(2025, 3, 1))
    rules.check_readiness(4, source="expert review")
    rules.check_readiness(None, source="")
    scenarios(*SCENARIOS)
    scenarios()
    quoted(Quoted(1, Fraction(3)))
    quoted(Quoted(1, Fraction(4), "peers trade higher"))
    rules.check_synergy(None, interested=[])
    rules.check_synergy(Synergy(False), interested=["北方钢铁"])
    rules.check_synergy(Synergy(True, "the premium of a steel buyer, 4m"), interested=["北方钢铁"])


def test_probabilities_that_do_not_sum_are_refused_by_their_sum() -> None:
    with pytest.raises(rules.ProbabilitiesOff, match=r"sum to 83\.3333 %"):
        scenarios(Future("a", Fraction(1, 2), 1), Future("b", Fraction(1, 3), 1))


def approval(
    *,
    is_preparer: bool = False,
    is_named: bool = True,
    policy: Policy | None = POLICY,
    minute: str = "VC-1",
) -> None:
    check_may_approve(
        name="Lin", is_preparer=is_preparer, is_named=is_named, policy=policy, is_minuted=bool(minute.strip())
    )


def test_who_may_approve() -> None:
    approval()
    approval(policy=None, minute="")
    approval(policy=Policy(needs_minute=False), minute="")
    with pytest.raises(FilePreparerApproves):
        approval(is_preparer=True)
    with pytest.raises(NotAnApprover, match=r"lets wang\.lin approve marks, not Lin"):
        approval(is_named=False, policy=Policy(approvers=("wang.lin",)))
    approval(policy=Policy(approvers=("lin",)))
    with pytest.raises(MinuteMissing):
        approval(minute=" ")


def test_when_a_full_file_is_needed() -> None:
    assert why_file_needed(None, value=10**12, interested=True) is None
    assert why_file_needed(POLICY, value=1, interested=True) is FileReason.INTERESTED_PARTNER
    assert why_file_needed(POLICY, value=50 * MILLION, interested=False) is FileReason.AMOUNT
    assert why_file_needed(POLICY, value=50 * MILLION - 1, interested=False) is None
    assert why_file_needed(Policy(), value=10**12, interested=False) is None


@pytest.mark.parametrize(
    "policy",
    [
        Policy(stale_days=-1),
        Policy(milestone_days=4000),
        Policy(rounding=Fraction(1)),
        Policy(file_from=-1),
        Policy(techniques={"seed": ()}),
        Policy(techniques={" ": (Technique.SCENARIOS,)}),
    ],
)
def test_a_policy_that_cannot_be(policy: Policy) -> None:
    with pytest.raises(PolicyInvalid):
        check_policy(policy)


def test_a_file_survives_being_written_down() -> None:
    file = a_file(rights=OPTION, scenarios=SCENARIOS, synergy=Synergy(True, "premium"), readiness=5)
    assert read(plain(file)) == file
    assert file.leading is Technique.MILESTONES
    assert fingerprint(plain(file)) == fingerprint(plain(read(plain(file))))
    assert fingerprint(plain(file)) != fingerprint(plain(a_file()))
