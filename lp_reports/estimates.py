"""How the published estimate of calls was made, as a report freezes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class CallRange:
    """From what to what the partner's calls of a quarter are estimated."""

    quarter: str
    low: int
    high: int


@dataclass(frozen=True)
class CallEstimate:
    """Its number, from the books of which quarter's end, by which method, when it was published; the ranges, where the
    method gives any. scenario, seed: of one made of a scenario.
    """

    number: int
    quarter: str
    method: str
    published_on: date
    scenario: int | None = None
    seed: int | None = None
    ranges: tuple[CallRange, ...] = ()
