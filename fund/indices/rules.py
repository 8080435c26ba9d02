"""What may be put on record of a market index. Pure.

Levels are by day and append-only: a level that was wrong is followed by one that corrects it, never overwritten.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kernel.errors import Conflict, Invalid, NotFound, Refusal

# No index that a fund is compared with is older, and none has ever stood at a billion.
EARLIEST, BELOW = date(1900, 1, 1), 10**9


class IndexUnknown(NotFound):
    code = "index_unknown"
    says = "There is no index {code} on record."


class IndexUnnamed(Invalid):
    code = "index_unnamed"
    says = "Index {code} is new; say its name."


class IndexOtherwiseKnown(Conflict):
    code = "index_otherwise_known"
    says = "Index {code} is on record as “{known}”, not “{name}”."


class LevelInFuture(Invalid):
    code = "index_level_in_future"
    says = "The level is of {on}, which is still to come; today is {today}."


class LevelTooEarly(Invalid):
    code = "index_level_too_early"
    says = "The level is of {on}; levels are kept from {earliest} on."


class LevelTooHigh(Invalid):
    code = "index_level_too_high"
    says = "The level of {on} is {level}; no index stands as high."


class LevelNotPositive(Invalid):
    code = "index_level_not_positive"
    says = "The level of {on} is {level}; expected more than zero."


class LevelKnown(Conflict):
    code = "index_level_known"
    says = "The level of {on} is on record as {known}; another one is given as a correction."


class NoLevels(Invalid):
    code = "index_levels_missing"
    says = "No level is given for index {code}."


@dataclass(frozen=True)
class Level:
    """The level of an index at the end of a day; `corrects` says that another one on record was wrong."""

    on: date
    level: Fraction
    corrects: bool = False


def fault(level: Level, *, known: Mapping[date, Fraction], today: date) -> Refusal | None:
    """Why a level cannot be put on record, None where it can: no index has it, or other than known."""
    if level.on > today:
        return LevelInFuture(on=level.on, today=today)
    if level.on < EARLIEST:
        return LevelTooEarly(on=level.on, earliest=EARLIEST)
    if level.level >= BELOW:
        return LevelTooHigh(on=level.on, level=_shown(level.level))
    if level.level <= 0:
        return LevelNotPositive(on=level.on, level=_shown(level.level))
    before = known.get(level.on, level.level)
    if before != level.level and not level.corrects:
        return LevelKnown(on=level.on, known=_shown(before))
    return None


def check_name(*, code: str, name: str, known: str | None) -> None:
    """Refuse a new index without a name, and another name for one that is on record; no name is none."""
    if known is None and not name:
        raise IndexUnnamed(code=code)
    if known is not None and name not in ("", known):
        raise IndexOtherwiseKnown(code=code, known=known, name=name)


def _shown(level: Fraction) -> str:
    """As people write it: at most six decimals."""
    millionths = round(level * 10**6)
    digits = f"{abs(millionths):07d}"
    sign = "-" if millionths < 0 else ""
    return f"{sign}{digits[:-6]}.{digits[-6:]}".rstrip("0").rstrip(".")
