"""Conflicts that the graph of parties shows between the holders of seats and a company."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from fund.parties.conflict_rules import Conflicted, ConflictKind, Side, conflicts, parties_named, recusing
from fund.parties.queries import group, parties, related, relations_of
from fund.parties.rules import RelationKind
from kernel.db import Tx


def conflicts_found(
    tx: Tx,
    *,
    company_id: int,
    parties_of: Mapping[int, Sequence[int]],
    kinds: Collection[ConflictKind],
    on: date,
) -> dict[int, list[Conflicted]]:
    """What recuses under `kinds` on a day, by seat; `parties_of` a seat are its holder and their organisation."""
    company = _side(tx, [company_id], on)
    sides = {seat: _side(tx, own, on) for seat, own in parties_of.items()}
    named = parties(tx, party_ids=parties_named([company, *sides.values()]))
    names = {key: sheet.name_zh for key, sheet in named.items()}
    return {seat: recusing(conflicts(side, company, names), kinds) for seat, side in sides.items()}


def _side(tx: Tx, party_ids: Sequence[int], on: date) -> Side:
    """One or two parties as one side of a conflict; an officer's post is looked for among their own relations."""
    own: frozenset[int] = frozenset()
    ties = []
    officer_of: set[int] = set()
    for party_id in party_ids:
        reach = related(tx, party_id=party_id, as_of=on)
        own = own.union(group(tx, party_id=party_id, as_of=on), *(tie.group for tie in reach))
        ties += reach
        officer_of |= {
            relation.to_party.id
            for relation in relations_of(tx, party_id=party_id, as_of=on)
            if relation.kind == RelationKind.OFFICER and relation.from_party.id == party_id
        }
    return Side(own, tuple(ties), frozenset(officer_of))
