"""The class table that a valuation file begins with: rights on record, units issued by the cap table of that day.

Where no rights are on record, those of the last file serve, and those of new classes have to be filled in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from sqlmodel import select

from fund.holdings.queries import HoldingSheet
from fund.valuations.file import ClassTerms, Rights
from fund.valuations.queries import last_file
from fund.valuations.right_rules import ClassKind
from fund.valuations.rights import InForce, rights_on
from kernel.db import Tx
from kernel.errors import Conflict
from kernel.identity.rules import Actor
from pipeline.spinouts.models import Spinout
from pipeline.spinouts.queries import cap_table, visible_to


class NoCapTable(Conflict):
    code = "no_cap_table"
    says = "No cap table and no class rights of {company} are on record on {on}."


@dataclass(frozen=True)
class ClassTable:
    """Classes on a day. `known` are those whose rights are on record, or stand in the last file; those of the others
    have to be filled in. `company` is the code of the company whose cap table the units are from, "" without one;
    `rights` the set of rights on record with the conversions of that day, None without one.
    """

    company: str
    on: date
    classes: tuple[ClassTerms, ...]
    known: tuple[str, ...]
    rights: InForce | None = None


def class_table(tx: Tx, *, holding: HoldingSheet, on: date, actor: Actor | None = None) -> ClassTable:
    """The classes of a holding's company on a day. Refused: a company of which, as far as the actor may read, neither
    a cap table nor class rights are on record.
    """
    company, issued = _issued(tx, holding, on, actor)
    found = rights_on(tx, party_id=holding.party_id, on=on)
    if found is not None:
        classes = on_record(found, issued)
        named = {one.name for one in found.kept.classes}
        return ClassTable(company, on, classes, tuple(o.name for o in classes if o.name in named), found)
    if not issued:
        raise NoCapTable(company=holding.name, on=on)
    last = last_file(tx, holding_id=holding.id, actor=actor)
    before = last.file.rights.classes if last and last.file.rights else ()
    known = tuple(one.name for one in before if one.name in issued)
    return ClassTable(company, on, with_units(before, issued), known)


def _issued(tx: Tx, holding: HoldingSheet, on: date, actor: Actor | None) -> tuple[str, dict[str, int]]:
    """The company's code and the units issued of each class; nothing of a company without a cap table."""
    statement = select(Spinout).where(Spinout.party_id == holding.party_id)
    if actor is not None:
        statement = statement.where(visible_to(actor))
    row = tx.exec(statement).first()
    issued: dict[str, int] = {}
    for one in cap_table(tx, spinout_id=row.key, as_of=on) if row else ():
        issued[one.share_class] = issued.get(one.share_class, 0) + one.units
    return (row.code if row and issued else ""), issued


def on_record(found: InForce, issued: Mapping[str, int]) -> tuple[ClassTerms, ...]:
    """The classes by the rights on record, with the units issued of them, and any class issued that has none there.

    Of a class that no cap table has the units are those on record: without a cap table of all, of options of a pool.
    """
    named = {one.name for one in found.kept.classes}
    rights = [
        found.terms(one, shares=Fraction(issued[one.name]) if one.name in issued else None)
        for one in found.kept.classes
        if not issued or one.name in issued or one.kind is ClassKind.OPTIONS
    ]
    return (
        *rights,
        *(ClassTerms(name, Fraction(units)) for name, units in issued.items() if name not in named),
    )


def counted_again(
    last: Rights, table: ClassTable, before: InForce | None
) -> tuple[Fraction | None, Fraction | None]:
    """The shares held and the price of a share of the last file in the common shares of the table; `before`: what was
    in force on the day of that file.

    They follow the conversion of their class. None of a class of which more has changed: they have to be told anew.
    """
    held, priced = (_grown(name, last, table, before) for name in (last.held, last.priced))
    price = last.price / priced if last.price and priced else None
    return last.held_shares * held if held else None, price


def _grown(name: str, last: Rights, table: ClassTable, before: InForce | None) -> Fraction | None:
    """How many common shares one of the last file's has become."""
    was, now = (
        {one.name: one.shares for one in classes}.get(name) for classes in (last.classes, table.classes)
    )
    then, today = (found.conversions.ratios.get(name) if found else None for found in (before, table.rights))
    grown = today / then if then and today else Fraction(1)
    return grown if was and now == was * grown else None


def with_units(before: Sequence[ClassTerms], issued: Mapping[str, int]) -> tuple[ClassTerms, ...]:
    """The classes that are issued, in the order of the last file and then of the cap table, with their units of today.

    A class that is no longer issued is left out, but for options: they are on no cap table until they are exercised.
    """
    kept = [one for one in before if one.name in issued or one.strike]
    named = {one.name for one in kept}
    rights = [replace(one, shares=Fraction(issued.get(one.name, one.shares))) for one in kept]
    return (
        *rights,
        *(ClassTerms(name, Fraction(units)) for name, units in issued.items() if name not in named),
    )
