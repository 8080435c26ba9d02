"""Excuses from a call: proposed where a letter grants them, refused without one unless a reason is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fund.charter.rules import Dimension
from fund.partners.queries import codes_in_order
from fund.side_letters.models import CallExcuse
from fund.side_letters.queries import ExcuseSheet, LetterSheet, in_force, letters
from fund.side_letters.rules import Excuse, ExcuseUngrounded, excused_by
from kernel.db import Tx

Labels = Mapping[Dimension, str]


@dataclass(frozen=True)
class Ground:
    """A partner's right to be excused, and the letter that grants it."""

    partner_id: int
    letter_id: int
    excuse: Excuse


def grounds(tx: Tx, *, fund_id: int, labels: Labels, as_of: date) -> dict[int, Ground]:
    """The partners whose letters let them be excused from what bears these labels on a day."""
    return granted_by(letters(tx, fund_id=fund_id), labels=labels, as_of=as_of)


def granted_by(found: Sequence[LetterSheet], *, labels: Labels, as_of: date) -> dict[int, Ground]:
    """The same, of letters that were read before."""
    granted = {}
    for key in dict.fromkeys(one.partner_id for one in found):
        letter = in_force(found, partner_id=key, as_of=as_of)
        excuse = excused_by(letter.terms, labels) if letter else None
        if letter and excuse:
            granted[key] = Ground(key, letter.id, excuse)
    return granted


def check_excuses(
    tx: Tx,
    *,
    fund_id: int,
    excused: Sequence[tuple[frozenset[int], Labels]],
    reason: str,
    as_of: date,
) -> list[ExcuseSheet]:
    """Why each partner is excused, item by item; `excused` are its partners and the labels of what it is for.

    Refused: an excuse without a right, unless a reason is given.
    """
    codes = codes_in_order(tx, fund_id=fund_id)
    found = []
    for position, (keys, labels) in enumerate(excused, start=1):
        granted = grounds(tx, fund_id=fund_id, labels=labels, as_of=as_of) if keys else {}
        for key in sorted(keys):
            if key in granted:
                found.append(ExcuseSheet(position, key, granted[key].letter_id, ""))
            elif reason.strip():
                found.append(ExcuseSheet(position, key, None, reason.strip()))
            else:
                raise ExcuseUngrounded(partner=codes.get(key, key))
    return found


def keep_grounds(tx: Tx, *, call_id: int, found: Sequence[ExcuseSheet]) -> None:
    """Keep with a call why its partners are excused."""
    tx.add_all(CallExcuse(call_id=call_id, **vars(one)) for one in found)
    tx.flush()
