"""200 series that rates of return go wrong on: 20 classes of 10, made by rule, the same on every machine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

START = 8_000
PER_CLASS = 10


@dataclass(frozen=True)
class Hard:
    """One series: its class, days (in any order, repeats allowed) and amounts. period: days between
    neighbours if they are equally far apart and in order, else None.
    """

    kind: str
    days: list[int]
    amounts: list[float]

    @property
    def period(self) -> int | None:
        steps = set(np.diff(self.days).tolist())
        return steps.pop() if len(steps) == 1 and min(steps) > 0 else None


def series() -> list[Hard]:
    """All of them."""
    return [hard for kind, make in MAKERS.items() for hard in _ten(kind, make)]


def _ten(kind: str, make: Callable[[int, np.random.Generator], Iterator[tuple[int, float]]]) -> list[Hard]:
    found = []
    for number in range(PER_CLASS):
        chance = np.random.Generator(np.random.PCG64(1_000 * list(MAKERS).index(kind) + number))
        rows = list(make(number, chance))
        found.append(Hard(kind, [START + int(day) for day, _ in rows], [float(amount) for _, amount in rows]))
    return found


def _grid(step: int, amounts: list[float]) -> Iterator[tuple[int, float]]:
    return ((step * at, amount) for at, amount in enumerate(amounts))


def _by_growth(step: int, *growth: float) -> Iterator[tuple[int, float]]:
    """Flows whose growth factors per step are these, rounded to whole fen of large amounts."""
    return _grid(step, [round(-1e6 * float(part), 2) for part in np.poly(growth)])


def _dated(chance: np.random.Generator, count: int, most: int = 200) -> list[int]:
    return [0, *np.cumsum(chance.integers(20, most, count - 1)).tolist()]


def _total_loss(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    return zip(_dated(chance, number + 2), (-chance.integers(1, 900, number + 2)).tolist(), strict=True)


def _receipts_only(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    return zip(_dated(chance, number + 2), chance.integers(1, 900, number + 2).tolist(), strict=True)


def _one_day(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    return ((0, amount) for amount in chance.integers(-900, 900, number + 1).tolist())


def _cancelling(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    """A call and its return on one day, in tenths that no float holds."""
    tenths = [(number + 1) / 10, 0.2, -(number + 3) / 10]
    yield from ((0, amount) for amount in tenths)
    yield from ((30, -100.0), (30 + 365, 110.0 + number))


def _under_a_year(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    return iter(
        [(0, -1_000.0), (1 + 7 * number, 1_003.0 - 80 * number), (20 + 30 * number, 12.0 + 70 * number)]
    )


def _near_total_loss(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    calls = [(day, -1e6) for day in _dated(chance, 4 + number)]
    return iter([*calls, (calls[-1][0] + 200 + 30 * number, 10.0 ** (2 - number))])


def _above_a_million(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    return iter([(0, -1.0), (40, -1.0), (200 + 20 * number, 10.0 ** (5 + number)), (900, 3.0)])


def _two_roots(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    return _by_growth(365, 1.02 + 0.03 * number, 1.3 + 0.4 * number)


def _three_roots(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    return _by_growth(182, 0.6 + 0.02 * number, 1.05, 1.4 + 0.3 * number)


def _six_roots(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    return _by_growth(365, 0.4, 0.7, 1.0, 1.25, 1.6 + 0.05 * number, 3.0 + number)


def _no_root(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    return iter(
        [(0, 100.0), (300 + 11 * number, -200.0 - 5 * number), (700 + 17 * number, 150.0 + 9 * number)]
    )


def _touching(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    """Exactly one double root, in amounts that floats hold exactly."""
    growth = 1 + (number + 1) / 16
    return _grid(365, [-1024.0, 2048.0 * growth, -1024.0 * growth * growth])


def _nearly_touching(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    """Two roots a hair apart, or none by a hair."""
    apart = (-1) ** number * 10.0 ** (-4 - number / 2)
    return _grid(365, [-1e6, 2.3e6 * (1 + apart), -1.3225e6])


def _root_near_minus_ninety(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    days = _dated(chance, 12)
    amounts = [-10_000.0, *chance.integers(100, 2_500, 9).tolist(), 3_000.0 + 200 * number]
    return iter([*zip(days[:-1], amounts, strict=True), (days[-1] + 400, -1.0 - number)])


def _late_payment(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    return _grid(365, [-50.0 - number, -100.0, 600.0, 300.0, -100.0 - 20 * number])


def _almost_nothing_back(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    return _grid(365, [-1000.0, *[0.0] * (2 + number), 1e-9, 5.0])


def _alternating(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    amounts = [-100.0, *[30.0, -5.0 - number] * (8 + 2 * number)]
    return _grid(91, amounts if number % 2 else [*amounts, 40.0])


def _random_signs(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    count = 8 + 3 * number
    return zip(_dated(chance, count), chance.integers(-5_000, 5_000, count).tolist(), strict=True)


def _huge_and_tiny(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    """Fifty years, amounts from 1e-200 to 1e200."""
    scale = 10.0 ** (40 * (number - 4.5))
    return iter([(0, -scale), (6_000, scale * 0.3), (12_000, scale * (2 + number)), (18_262, scale * 1e-9)])


def _unordered(number: int, chance: np.random.Generator) -> Iterator[tuple[int, float]]:
    days = [*_dated(chance, 9), 400, 400]
    amounts = [-900.0, -300.0, *chance.integers(-100, 500, 7).tolist(), -50.0, 50.0 + number]
    order = chance.permutation(len(days)).tolist()
    return iter([(days[at], amounts[at]) for at in order])


MAKERS: dict[str, Callable[[int, np.random.Generator], Iterator[tuple[int, float]]]] = {
    "total loss": _total_loss,
    "receipts only": _receipts_only,
    "one day": _one_day,
    "amounts of one day cancel": _cancelling,
    "under a year": _under_a_year,
    "any order, several a day": _unordered,
    "near -100 %": _near_total_loss,
    "above 1e6": _above_a_million,
    "two roots": _two_roots,
    "three roots": _three_roots,
    "six roots": _six_roots,
    "no root": _no_root,
    "touches zero": _touching,
    "nearly touches zero": _nearly_touching,
    "root near -90 %": _root_near_minus_ninety,
    "late payment": _late_payment,
    "almost nothing back": _almost_nothing_back,
    "alternating": _alternating,
    "random signs": _random_signs,
    "huge and tiny amounts": _huge_and_tiny,
}
assert len(MAKERS) * PER_CLASS == 200
