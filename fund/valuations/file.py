"""What a valuation file says, as values: everything that an auditor asks of one mark [IPEV, December 2025].

Amounts are whole minor units, shares and rates exact fractions. A file is kept as canonical JSON; its fingerprint is
the SHA-256 of those bytes and stands on the memo.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from pydantic import TypeAdapter

from fund.holdings.mark_rules import Technique
from kernel.audit.rules import canonical

# As many classes as a cap table may have, in a file or on record.
MOST_CLASSES = 50


class RightsMethod(StrEnum):
    """How the value of the company was divided among its classes of shares."""

    OPTION_PRICING = "option_pricing"
    BACKSOLVE = "backsolve"
    PROBABILITY_WEIGHTED = "probability_weighted"
    CURRENT_VALUE = "current_value"
    FULLY_DILUTED = "fully_diluted"


@dataclass(frozen=True)
class Weighed:
    """One technique, its weight, what it gives for all that is held and why it counts.

    `value` None: what the computation of class rights gives.
    """

    technique: Technique
    weight: Fraction
    value: int | None
    why: str


@dataclass(frozen=True)
class Input:
    """A figure that went in, where it is from and the day it is of."""

    name: str
    value: str
    source: str
    on: date


@dataclass(frozen=True)
class Planned:
    """A milestone that the value leans on; `evidence`: how it is known to be met, or why the value bears its miss."""

    what: str
    due_on: date
    met_on: date | None = None
    what_en: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Future:
    """One future of the company: proceeds for all classes in `years`, discounted at `rate` a year."""

    name: str
    probability: Fraction
    proceeds: int
    years: Fraction = Fraction(0)
    rate: Fraction = Fraction(0)
    is_converted: bool = False


@dataclass(frozen=True)
class ClassTerms:
    """A class of shares by its rights; `strike` is in minor units a share, `cap_multiple` times `invested`."""

    name: str
    shares: Fraction
    invested: int = 0
    multiple: Fraction = Fraction(1)
    is_participating: bool = False
    cap_multiple: Fraction | None = None
    seniority: int = 0
    strike: Fraction = Fraction(0)


@dataclass(frozen=True)
class Converting:
    """A class that converts otherwise than its document states, since its anti-dilution term was applied."""

    name: str
    stated: Fraction
    used: Fraction


@dataclass(frozen=True)
class OnRecord:
    """The set of class rights that a file took over: its number, since when it holds, in which document it stands."""

    number: int
    effective_on: date
    source: str
    conversions: tuple[Converting, ...] = ()


@dataclass(frozen=True)
class Rights:
    """A cap table and how its classes are valued; `held` is the fund's class, `held_shares` what it has of it.

    `equity`: the value of all classes, where the method does not find it. `priced`, `price`: the class of the last
    round and the minor units paid for a share of it, for a backsolve. `record`: where the classes are from, if the
    file named none and took those on record.
    """

    method: RightsMethod
    classes: tuple[ClassTerms, ...]
    held: str
    held_shares: Fraction
    equity: int | None = None
    volatility: Fraction | None = None
    years: Fraction | None = None
    rate: Fraction | None = None
    priced: str = ""
    price: Fraction | None = None
    record: OnRecord | None = None


@dataclass(frozen=True)
class Quoted:
    """A calibration made at a purchase, used again: the parameter as it is now, and why it moved if it did."""

    number: int
    now: Fraction
    why: str = ""


@dataclass(frozen=True)
class Synergy:
    """The answer to the question about interested partners: is there a synergy or premium, and what was left out."""

    exists: bool
    left_out: str = ""


@dataclass(frozen=True)
class File:
    """Everything behind one mark that the mark itself does not say."""

    techniques: tuple[Weighed, ...]
    inputs: tuple[Input, ...]
    quoted: tuple[Quoted, ...] = ()
    milestones: tuple[Planned, ...] = ()
    readiness: int | None = None
    readiness_source: str = ""
    scenarios: tuple[Future, ...] = ()
    rights: Rights | None = None
    synergy: Synergy | None = None
    assisted_by: str = ""

    @property
    def leading(self) -> Technique:
        """The technique that weighs most; of equal ones the first."""
        return max(self.techniques, key=lambda one: one.weight).technique


_FORM: TypeAdapter[File] = TypeAdapter(File)


def plain(file: File) -> dict[str, Any]:
    """The file as plain JSON; fractions as "3/10", days as ISO text."""
    said: dict[str, Any] = _FORM.dump_python(file, mode="json")
    return said


def read(said: dict[str, Any]) -> File:
    """The file that `plain` wrote down."""
    return _FORM.validate_python(said)


def fingerprint(*said: object) -> str:
    """SHA-256 of plain JSON in its canonical form: keys sorted, no blanks, UTF-8."""
    return hashlib.sha256(canonical(said)).hexdigest()
