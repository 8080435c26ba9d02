"""Who owns how much of a company: the cap table as a sum of movements. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from kernel.errors import Conflict


class HolderShort(Conflict):
    code = "holder_short"
    says = "The holder has {held} units of {share_class}; {taken} cannot be taken away."


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


def check_movement(held: int, change: int, share_class: str) -> None:
    """Refuse to take more units from a holder than there are."""
    if held + change < 0:
        raise HolderShort(held=held, share_class=share_class, taken=-change)
