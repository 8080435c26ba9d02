"""The rights of a company's classes of shares, as its articles and agreements give them. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from pydantic import TypeAdapter

from fund.valuations.file import MOST_CLASSES, ClassTerms
from kernel.errors import Invalid, NotFound, Problem
from kernel.money import format_amount

# A spreadsheet knows no day before it, and a year like 0026 is mistyped.
FIRST_DAY = date(1901, 1, 1)
LONGEST_NAME = 80
RANKS = range(100)
# What no company's articles come near, and what can still be written, read and drawn wherever rights are shown.
MOST, MOST_PAID, FINEST = 10**12, 10**15, 10**10


class ClassKind(StrEnum):
    """What a class is. Options are a pool: what is reserved for staff, granted or not."""

    COMMON = "common"
    PREFERRED = "preferred"
    OPTIONS = "options"


class AntiDilution(StrEnum):
    """What a cheaper issue does to the price at which a class converts; WEIGHTED_AVERAGE is the broad-based one."""

    NONE = "none"
    WEIGHTED_AVERAGE = "weighted_average"
    NARROW_WEIGHTED_AVERAGE = "narrow_weighted_average"
    FULL_RATCHET = "full_ratchet"


class RightsFaulty(Invalid):
    code = "class_rights_faulty"
    says = "These class rights cannot be kept."


class RightsUnsourced(Invalid):
    code = "class_rights_unsourced"
    says = "Say in which document the rights stand."


class RightsTooEarly(Invalid):
    code = "class_rights_too_early"
    says = "Class rights are kept from {first} on; {on} is before it."


class RightsUnknown(NotFound):
    code = "class_rights_unknown"
    says = "No class rights of {company} are on record on {on}."


@dataclass(frozen=True)
class ClassRights:
    """A class with its rights. Money in minor units; `strike` minor units a share.

    invested x multiple is paid first, higher `seniority` before lower. A participating class shares in the rest, up to
    cap_multiple x invested. `conversion` is how many common shares one share becomes, as the document states it. Of
    options `shares` is the pool. `is_exempt`: its issue adjusts no other class, by an exception of the articles.
    """

    name: str
    kind: ClassKind
    shares: Fraction
    invested: int = 0
    multiple: Fraction = Fraction(1)
    is_participating: bool = False
    cap_multiple: Fraction | None = None
    seniority: int = 0
    conversion: Fraction = Fraction(1)
    anti_dilution: AntiDilution = AntiDilution.NONE
    strike: Fraction = Fraction(0)
    is_exempt: bool = False


_FORM: TypeAdapter[tuple[ClassRights, ...]] = TypeAdapter(tuple[ClassRights, ...])


def plain(classes: Sequence[ClassRights]) -> list[dict[str, Any]]:
    """The classes as plain JSON; fractions as "3/10"."""
    said: list[dict[str, Any]] = _FORM.dump_python(tuple(classes), mode="json")
    return said


def read(said: Sequence[dict[str, Any]]) -> tuple[ClassRights, ...]:
    """The classes that `plain` wrote down."""
    return _FORM.validate_python(said)


def terms_of(
    one: ClassRights, *, shares: Fraction | None = None, conversion: Fraction | None = None
) -> ClassTerms:
    """The class as a valuation uses it: in common shares, of those on record or of the `shares` that are issued, at the
    conversion stated or at the one that its anti-dilution term makes of it.
    """
    return ClassTerms(
        name=one.name,
        shares=(one.shares if shares is None else shares) * (conversion or one.conversion),
        invested=one.invested,
        multiple=one.multiple,
        is_participating=one.is_participating,
        cap_multiple=one.cap_multiple,
        seniority=one.seniority,
        strike=one.strike,
    )


def check_classes(classes: Sequence[ClassRights]) -> None:
    """Refuse with RightsFaulty, naming each fault with its class."""
    if problems := list(_faults(classes)):
        raise RightsFaulty(problems=problems)


def _faults(classes: Sequence[ClassRights]) -> Iterator[Problem]:
    if not 1 <= len(classes) <= MOST_CLASSES:
        facts = {"most": MOST_CLASSES, "count": len(classes)}
        yield Problem("", "expected 1 to {most} classes, got {count}", facts)
    names = [one.name for one in classes]
    for one in classes:
        if not one.name.strip() or len(one.name) > LONGEST_NAME:
            facts = {"longest": LONGEST_NAME}
            yield Problem(one.name, "expected a name of at most {longest} characters", facts)
        elif names.index(one.name) != len(names) - 1 - names[::-1].index(one.name):
            yield Problem(one.name, "the class stands in two lines; expected one a class")
        yield from _of_class(one)


def _of_class(one: ClassRights) -> Iterator[Problem]:
    numbers = (one.shares, one.multiple, one.cap_multiple or Fraction(0), one.conversion, one.strike)
    if one.invested > MOST_PAID or any(each > MOST or each.denominator > FINEST for each in numbers):
        facts = {"most": f"{MOST:,}", "paid": format_amount(MOST_PAID)}
        says = "expected numbers up to {most} with at most ten decimals, and at most {paid} paid in"
        yield Problem(one.name, says, facts)
    if one.shares <= 0 or one.conversion <= 0:
        yield Problem(one.name, "expected shares and a conversion above 0")
    if one.invested < 0 or one.multiple < 0 or one.strike < 0 or one.seniority not in RANKS:
        yield Problem(one.name, "expected amounts, multiple and strike not below 0, and a rank from 0 to 99")
    if one.kind is ClassKind.PREFERRED:
        if not one.invested:
            yield Problem(one.name, "expected what was paid in for preferred shares")
        if one.strike:
            yield Problem(one.name, "only options have a strike")
        yield from _cap(one)
    elif one.invested or one.is_participating or one.cap_multiple is not None:
        yield Problem(one.name, "only preferred shares have a preference or participate")
    elif one.kind is ClassKind.COMMON and one.strike:
        yield Problem(one.name, "only options have a strike")
    if one.kind is not ClassKind.PREFERRED and (
        one.conversion != 1 or one.anti_dilution is not AntiDilution.NONE
    ):
        yield Problem(one.name, "only preferred shares convert")


def _cap(one: ClassRights) -> Iterator[Problem]:
    if one.cap_multiple is None:
        return
    if not one.is_participating:
        yield Problem(one.name, "only a class that participates has a cap")
    elif one.cap_multiple < one.multiple:
        yield Problem(one.name, "the cap lies below the preference")
