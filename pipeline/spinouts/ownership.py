"""Who owns how much of a company: the cap table as a sum of movements. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby

from kernel.errors import Conflict, Invalid


class HolderShort(Conflict):
    code = "holder_short"
    says = "The holder has {held} units of {share_class}; {taken} cannot be taken away."


class MovementInvalid(Invalid):
    code = "movement_invalid"
    says = "A movement names a class and moves at least one unit."


@dataclass(frozen=True)
class Holding:
    """What one holder owns of one class, and its share of the whole company."""

    holder_id: int
    share_class: str
    units: int
    ownership: Fraction


def ownership(units: Mapping[tuple[int, str], int]) -> list[Holding]:
    """Who owns what, the largest first: `units` by (holder, class); shares of the whole sum to exactly one."""
    held = {key: count for key, count in units.items() if count}
    total = sum(held.values())
    rows = [Holding(holder, name, count, Fraction(count, total)) for (holder, name), count in held.items()]
    return sorted(rows, key=lambda row: (-row.units, row.share_class, row.holder_id))


def total_units(movements: Iterable[tuple[int, str, int]]) -> dict[tuple[int, str], int]:
    """Units by (holder, class) after all `movements` (holder, class, units gained or lost)."""
    units: dict[tuple[int, str], int] = {}
    for holder, share_class, change in movements:
        units[holder, share_class] = units.get((holder, share_class), 0) + change
    return units


def lowest(movements: Iterable[tuple[date, int]], on: date) -> int:
    """The fewest units that one holder has of one class on `on` or on any later day.

    `movements` are (day, units gained or lost): what is written for the past must leave enough for what came after.
    """
    ordered = sorted(movements)
    units = sum(change for day, change in ordered if day <= on)
    fewest = units
    for _, later in groupby((one for one in ordered if one[0] > on), key=lambda one: one[0]):
        units += sum(change for _, change in later)
        fewest = min(fewest, units)
    return fewest


def check_movement(held: int, change: int, share_class: str) -> None:
    """Refuse to take more units from a holder than there are, and a movement of nothing."""
    if not change or not share_class.strip():
        raise MovementInvalid
    if held + change < 0:
        raise HolderShort(held=held, share_class=share_class, taken=-change)
