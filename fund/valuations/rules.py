"""What a valuation file must say before it may be handed in."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from fund.holdings.mark_rules import Technique
from fund.parties.rules import RelationKind
from fund.valuations.file import File, Input, Planned, Quoted, Synergy, Weighed
from fund.valuations.policy import Policy
from kernel.errors import Invalid, NotFound
from kernel.money import format_amount, format_percent

# What a partner may be to a company so that the company is worth more to that partner than to others.
INTERESTED = frozenset({RelationKind.CUSTOMER, RelationKind.SUPPLIER, RelationKind.POTENTIAL_ACQUIRER})
READINESS = range(1, 10)


class FileUnknown(NotFound):
    code = "valuation_file_unknown"
    says = "There is no valuation file for this mark."


class TechniquesMissing(Invalid):
    code = "valuation_techniques_missing"
    says = "Say by which technique the value was found."


class TechniqueTwice(Invalid):
    code = "valuation_technique_twice"
    says = "{technique} stands in two lines; give it one weight."


class WeightsOff(Invalid):
    code = "valuation_weights_off"
    says = "The weights of the techniques sum to {sum}; expected 100 %."


class WeightNegative(Invalid):
    code = "valuation_weight_negative"
    says = "The weight of {technique} is not above 0."


class TechniqueUnexplained(Invalid):
    code = "valuation_technique_unexplained"
    says = "Say why {technique} was used and has its weight."


class TechniqueNotAllowed(Invalid):
    code = "valuation_technique_not_allowed"
    says = "The valuation policy does not allow {technique} for companies at the stage {stage}."


class NoRightsToTakeFrom(Invalid):
    code = "valuation_no_rights"
    says = "{technique} has no value; give one, or a computation of class rights to take it from."


class ValueDiffers(Invalid):
    code = "valuation_value_differs"
    says = (
        "The techniques by their weights give {weighted}, the mark says {value}; the policy lets a mark be rounded"
        " by {tolerance} of its value."
    )


class InputsMissing(Invalid):
    code = "valuation_inputs_missing"
    says = "A valuation file names at least one input with its source and day."


class InputIncomplete(Invalid):
    code = "valuation_input_incomplete"
    says = "The input {name} needs a value and a source."


class InputTooLate(Invalid):
    code = "valuation_input_too_late"
    says = "The input {name} is of {on}, after the day of the mark, {marked_on}; what came later is a later event."


class MilestoneUnproved(Invalid):
    code = "valuation_milestone_unproved"
    says = "The milestone {what} is said to be met on {met_on}; say by what evidence."


class MilestoneMissed(Invalid):
    code = "valuation_milestone_missed"
    says = "The milestone {what} was due on {due_on} and is not met; say how the value bears it."


class MilestoneMetLater(Invalid):
    code = "valuation_milestone_met_later"
    says = "The milestone {what} is said to be met on {met_on}, after the day of the mark."


class ReadinessInvalid(Invalid):
    code = "valuation_readiness_invalid"
    says = "Readiness is a level from 1 to 9, with its source."


class ProbabilitiesOff(Invalid):
    code = "valuation_probabilities_off"
    says = "The probabilities of the scenarios sum to {sum}; expected 100 %."


class ScenarioInvalid(Invalid):
    code = "valuation_scenario_invalid"
    says = "The scenario {name} cannot be: {why}."


class CalibrationUnused(Invalid):
    code = "valuation_calibration_unused"
    says = "The purchase of {on} calibrated {parameter}; the file must say what it is now."


class CalibrationUnknown(NotFound):
    code = "valuation_calibration_unknown"
    says = "There is no calibration {number} of this instrument by the day of the mark."


class ParameterUnexplained(Invalid):
    code = "valuation_parameter_unexplained"
    says = "{parameter} moved from {before} at calibration to {now}; say why."


class SynergyUnanswered(Invalid):
    code = "valuation_synergy_unanswered"
    says = (
        "{parties} may gain from the company what other buyers could not; say whether there is such a synergy or"
        " premium and what was left out of the value."
    )


class SynergyUnnamed(Invalid):
    code = "valuation_synergy_unnamed"
    says = "There is a synergy or premium of an interested party; say what was left out of the value."


class MarkDiffers(Invalid):
    code = "valuation_mark_differs"
    says = "The file and its mark differ in {what}."


@dataclass(frozen=True)
class Known:
    """A calibration on record, as the rules see it."""

    number: int
    calibrated_on: date
    parameter: str
    implied: Fraction


def weighted(techniques: Sequence[Weighed], *, by_rights: int | None) -> int:
    """What the techniques give by their weights, rounded half up to a whole minor unit.

    Refused: none, one twice, a weight of nothing, weights that do not sum to 1, no reason, no value to take.
    """
    if not techniques:
        raise TechniquesMissing()
    seen: set[Technique] = set()
    for one in techniques:
        if one.technique in seen:
            raise TechniqueTwice(technique=one.technique)
        seen.add(one.technique)
        if one.weight <= 0:
            raise WeightNegative(technique=one.technique)
        if not one.why.strip():
            raise TechniqueUnexplained(technique=one.technique)
        if one.value is None and by_rights is None:
            raise NoRightsToTakeFrom(technique=one.technique)
    total = sum((one.weight for one in techniques), Fraction(0))
    if total != 1:
        raise WeightsOff(sum=format_percent(total))
    exact = sum(
        (one.weight * (one.value if one.value is not None else by_rights or 0) for one in techniques),
        Fraction(0),
    )
    return (2 * exact + 1) // 2


def check_value(value: int, *, weighted: int, tolerance: Fraction) -> None:
    """Refuse a mark further from what its techniques give than rounding may be."""
    if abs(value - weighted) > tolerance * max(value, weighted):
        raise ValueDiffers(
            value=format_amount(value), weighted=format_amount(weighted), tolerance=format_percent(tolerance)
        )


def check_techniques(techniques: Iterable[Weighed], *, stage: str, policy: Policy | None) -> None:
    """Refuse a technique that the policy does not allow at the company's stage."""
    allowed = policy.allowed(stage) if policy else frozenset(Technique)
    for one in techniques:
        if one.technique not in allowed:
            raise TechniqueNotAllowed(technique=one.technique, stage=stage)


def check_inputs(inputs: Sequence[Input], *, marked_on: date) -> None:
    """Refuse no input, one without value or source, and one of a day after the mark: it was not knowable then."""
    if not inputs:
        raise InputsMissing()
    for one in inputs:
        if not (one.name.strip() and one.value.strip() and one.source.strip()):
            raise InputIncomplete(name=one.name)
        if one.on > marked_on:
            raise InputTooLate(name=one.name, on=one.on, marked_on=marked_on)


def check_milestones(milestones: Iterable[Planned], *, marked_on: date, tolerance_days: int) -> None:
    """Refuse a milestone met without evidence or after the mark, and one missed by more than the tolerance unsaid."""
    for one in milestones:
        if one.met_on is not None and one.met_on > marked_on:
            raise MilestoneMetLater(what=one.what, met_on=one.met_on)
        if one.evidence.strip():
            continue
        if one.met_on is not None:
            raise MilestoneUnproved(what=one.what, met_on=one.met_on)
        if (marked_on - one.due_on).days > tolerance_days:
            raise MilestoneMissed(what=one.what, due_on=one.due_on)


def check_readiness(level: int | None, *, source: str) -> None:
    """Refuse a readiness that is no level, or whose source is not said."""
    if level is not None and (level not in READINESS or not source.strip()):
        raise ReadinessInvalid()


def check_scenarios(file: File) -> None:
    """Refuse scenarios whose probabilities do not sum to 1, and one that cannot be."""
    names = [one.name for one in file.scenarios]
    for one in file.scenarios:
        if not one.name.strip() or names.count(one.name) > 1:
            raise ScenarioInvalid(name=one.name, why="a scenario has a name of its own")
        if not 0 <= one.probability <= 1:
            raise ScenarioInvalid(name=one.name, why="a probability lies between 0 and 100 %")
        if one.proceeds < 0 or one.years < 0 or one.rate <= -1:
            raise ScenarioInvalid(
                name=one.name, why="proceeds and years are not negative, a rate is above -100 %"
            )
    total = sum((one.probability for one in file.scenarios), Fraction(0))
    if file.scenarios and total != 1:
        raise ProbabilitiesOff(sum=format_percent(total))


def check_quoted(quoted: Iterable[Quoted], known: Mapping[int, Known]) -> None:
    """Refuse a calibration that is not on record, one on record that is not used, and a move that is not explained."""
    told = {one.number: one for one in quoted}
    for number, one in told.items():
        if number not in known:
            raise CalibrationUnknown(number=number)
        made = known[number]
        if one.now != made.implied and not one.why.strip():
            raise ParameterUnexplained(
                parameter=made.parameter, before=f"{float(made.implied):g}", now=f"{float(one.now):g}"
            )
    for number, made in known.items():
        if number not in told:
            raise CalibrationUnused(on=made.calibrated_on, parameter=made.parameter)


def check_synergy(answer: Synergy | None, *, interested: Collection[str]) -> None:
    """Refuse a file that leaves the question about interested partners open, or a yes without what was left out."""
    if answer is None and interested:
        raise SynergyUnanswered(parties="、".join(interested))
    if answer is not None and answer.exists and not answer.left_out.strip():
        raise SynergyUnnamed()
