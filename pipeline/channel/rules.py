"""Demands, achievements and readiness: the words of the channel and what may happen to them.

Readiness is assessed per critical element with evidence; the project is as ready as its least ready critical
element (technology readiness 1..9, manufacturing readiness 1..10).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Problem


class ChainPosition(StrEnum):
    """Where a product stands in an industrial enterprise's chain."""

    UPSTREAM = "upstream"
    IN_HOUSE = "in_house"
    DOWNSTREAM = "downstream"


class Urgency(StrEnum):
    """How soon the enterprise is hurt without an answer."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


class DemandState(StrEnum):
    """A demand is open until it is answered or withdrawn."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class AchievementState(StrEnum):
    """From asleep in a laboratory to transformed."""

    SLEEPING = "sleeping"
    ACTIVE = "active"
    IN_TRANSFORMATION = "in_transformation"
    TRANSFORMED = "transformed"


class RightKind(StrEnum):
    """Kinds of intellectual property."""

    INVENTION_PATENT = "invention_patent"
    UTILITY_MODEL = "utility_model"
    DESIGN = "design"
    SOFTWARE = "software"
    KNOW_HOW = "know_how"
    STANDARD = "standard"


class RightStatus(StrEnum):
    """Where an item of intellectual property stands."""

    PLANNED = "planned"
    FILED = "filed"
    PUBLISHED = "published"
    GRANTED = "granted"
    LICENSED = "licensed"
    TRANSFERRED = "transferred"
    LAPSED = "lapsed"


class Scale(StrEnum):
    """What is assessed: the technology or its manufacture."""

    TRL = "trl"
    MRL = "mrl"


class MatchState(StrEnum):
    """What people have made of a proposed match."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


TOP_LEVEL: Mapping[Scale, int] = MappingProxyType({Scale.TRL: 9, Scale.MRL: 10})

ACHIEVEMENT_MOVES: Mapping[AchievementState, frozenset[AchievementState]] = MappingProxyType(
    {
        AchievementState.SLEEPING: frozenset({AchievementState.ACTIVE}),
        AchievementState.ACTIVE: frozenset({AchievementState.SLEEPING, AchievementState.IN_TRANSFORMATION}),
        AchievementState.IN_TRANSFORMATION: frozenset(
            {AchievementState.ACTIVE, AchievementState.TRANSFORMED}
        ),
        AchievementState.TRANSFORMED: frozenset(),
    }
)


class DemandUnknown(NotFound):
    code = "demand_unknown"
    says = "There is no demand {demand}."


class AchievementUnknown(NotFound):
    code = "achievement_unknown"
    says = "There is no achievement {achievement}."


class MatchUnknown(NotFound):
    code = "match_unknown"
    says = "There is no match {match}."


class ElementUnknown(NotFound):
    code = "element_unknown"
    says = "The achievement {achievement} has no critical element {element}."


class CodeTaken(Conflict):
    code = "code_taken"
    says = "The code {taken} is taken already."


class StaleVersion(Conflict):
    code = "stale_version"
    says = "{what} has been changed since you read it (you have version {yours}, it is at {current}); read it again."


class NotYours(Forbidden):
    code = "not_your_enterprise"
    says = "You may do this only for your own enterprise."


class DemandInvalid(Invalid):
    code = "demand_invalid"
    says = "The demand cannot be kept as it is:"


class AchievementInvalid(Invalid):
    code = "achievement_invalid"
    says = "The achievement cannot be kept as it is:"


class AssessmentInvalid(Invalid):
    code = "assessment_invalid"
    says = "The readiness assessment cannot be kept as it is:"


class DemandClosed(Conflict):
    code = "demand_closed"
    says = "The demand {demand} is {state} and is no longer matched or changed."


class StateIllegal(Conflict):
    code = "achievement_state_illegal"
    says = "An achievement that is {source} cannot become {target}."


class AlreadyDecided(Conflict):
    code = "match_already_decided"
    says = "The match {match} has been {state} already."


class ReasonMissing(Invalid):
    code = "match_reason_missing"
    says = "Say why the match is {state}: the reason helps to find better ones."


@dataclass(frozen=True)
class Spec:
    """One line of a demand's specification: "tensile strength", "at least 1200", "MPa"."""

    name: str
    value: str
    unit: str


@dataclass(frozen=True)
class Assessment:
    """One assessed level of one element, with where the evidence lies, who judged and when."""

    element: str
    is_critical: bool
    scale: Scale
    level: int
    assessed_on: date
    number: int


def latest(assessments: Iterable[Assessment]) -> dict[tuple[str, Scale], Assessment]:
    """The newest assessment of each element on each scale: by its day, then by when it was written down."""
    newest: dict[tuple[str, Scale], Assessment] = {}
    for one in sorted(assessments, key=lambda a: (a.assessed_on, a.number)):
        newest[one.element, one.scale] = one
    return newest


def binding(
    elements: Mapping[str, bool], assessments: Iterable[Assessment], scale: Scale
) -> Assessment | None:
    """The assessment that holds the project down: the lowest of its critical elements, of equal ones the first. None
    when there is no critical element or one was never assessed. `elements`: each one's name, and if it is critical.
    """
    newest, critical = latest(assessments), [name for name, is_critical in elements.items() if is_critical]
    found = [newest[name, scale] for name in critical if (name, scale) in newest]
    return min(found, key=lambda one: one.level) if found and len(found) == len(critical) else None


def project_level(
    elements: Mapping[str, bool], assessments: Iterable[Assessment], scale: Scale
) -> int | None:
    """The project's level on `scale`: the minimum over its critical elements; None as in `binding`."""
    found = binding(elements, assessments, scale)
    return found.level if found else None


def check_assessment(
    *, scale: Scale, level: int, evidence: str, assessor: str, assessed_on: date, today: date
) -> None:
    """Refuse a level off its scale, a blank evidence or assessor, and a day that has not come."""
    problems = []
    if not 1 <= level <= TOP_LEVEL[scale]:
        facts = {"level": level, "scale": scale.upper(), "top": TOP_LEVEL[scale]}
        problems.append(Problem("level", "{scale} {level} does not exist; expected 1 to {top}", facts))
    problems += blank(evidence=evidence, assessor=assessor)
    if assessed_on > today:
        problems.append(Problem("assessed_on", "{day} has not come yet", {"day": assessed_on}))
    if problems:
        raise AssessmentInvalid(problems=problems)


def check_demand(
    *,
    title: str,
    problem: str,
    sector: str,
    wanted_trl: int | None,
    budget: int | None,
    specs: Sequence[Spec],
) -> None:
    """Refuse a demand without a title, problem or sector, with a level off the scale or a nameless spec."""
    problems = blank(title=title, problem=problem, sector=sector)
    if wanted_trl is not None and not 1 <= wanted_trl <= TOP_LEVEL[Scale.TRL]:
        problems.append(
            Problem("wanted_trl", "TRL {level} does not exist; expected 1 to 9", {"level": wanted_trl})
        )
    if budget is not None and budget < 0:
        problems.append(Problem("budget", "a budget is not negative"))
    for number, spec in enumerate(specs, 1):
        if not spec.name.strip() or not spec.value.strip():
            problems.append(Problem(f"specification {number}", "name what is specified and its value"))
    if problems:
        raise DemandInvalid(problems=problems)


def check_achievement(
    *, title_zh: str, title_en: str, sector: str, discipline: str, cost: int | None
) -> None:
    """Refuse an achievement without a title in one of the languages, a sector or a discipline."""
    problems = blank(sector=sector, discipline=discipline)
    if not title_zh.strip() and not title_en.strip():
        problems.insert(0, Problem("title", "give it a title, in Chinese or in English"))
    if cost is not None and cost < 0:
        problems.append(Problem("cost", "a cost is not negative"))
    if problems:
        raise AchievementInvalid(problems=problems)


def check_state(source: AchievementState, target: AchievementState) -> None:
    """Refuse a change of an achievement's state that skips a step or wakes what is finished."""
    if target not in ACHIEVEMENT_MOVES[source]:
        raise StateIllegal(source=source, target=target)


def check_open(demand: str, state: DemandState) -> None:
    """Refuse to touch a demand that is answered or withdrawn."""
    if state != DemandState.OPEN:
        raise DemandClosed(demand=demand, state=state)


def check_decision(match: str, state: MatchState, decision: MatchState, reason: str) -> None:
    """Refuse a decision on a match that has one, and any decision without a reason."""
    if state != MatchState.PROPOSED:
        raise AlreadyDecided(match=match, state=state)
    if not reason.strip():
        raise ReasonMissing(state=decision)


def check_version(what: str, *, yours: int, current: int) -> None:
    """Refuse to change what somebody else has changed since it was read."""
    if yours != current:
        raise StaleVersion(what=what, yours=yours, current=current)


def blank(**texts: str) -> list[Problem]:
    """A problem for each text that is blank."""
    return [Problem(name, "must not be empty") for name, text in texts.items() if not text.strip()]
