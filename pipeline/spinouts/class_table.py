"""The class table of a valuation file, begun from the cap table: units of that day, rights as last on file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from sqlmodel import select

from fund.holdings.queries import HoldingSheet
from fund.valuations.file import ClassTerms
from fund.valuations.queries import last_file
from kernel.db import Tx
from kernel.errors import Conflict
from kernel.identity.rules import Actor
from pipeline.spinouts.models import Spinout
from pipeline.spinouts.queries import cap_table, visible_to


class NoCapTable(Conflict):
    code = "no_cap_table"
    says = "No cap table of {company} is on record on {on}."


@dataclass(frozen=True)
class ClassTable:
    """Classes with the units issued on a day. `known` are those whose rights stand in the last file; those of the
    others have to be filled in. `company` is the code of the company that the units are of.
    """

    company: str
    on: date
    classes: tuple[ClassTerms, ...]
    known: tuple[str, ...]


def class_table(tx: Tx, *, holding: HoldingSheet, on: date, actor: Actor | None = None) -> ClassTable:
    """The classes of a holding's company on a day. Refused: a company without a cap table, or unknown to the actor."""
    statement = select(Spinout).where(Spinout.party_id == holding.party_id)
    if actor is not None:
        statement = statement.where(visible_to(actor))
    row = tx.exec(statement).first()
    issued: dict[str, int] = {}
    for one in cap_table(tx, spinout_id=row.key, as_of=on) if row else ():
        issued[one.share_class] = issued.get(one.share_class, 0) + one.units
    if row is None or not issued:
        raise NoCapTable(company=holding.name, on=on)
    last = last_file(tx, holding_id=holding.id)
    before = last.file.rights.classes if last and last.file.rights else ()
    known = tuple(one.name for one in before if one.name in issued)
    return ClassTable(row.code, on, with_units(before, issued), known)


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
