"""Conflicts that the graph of parties shows between the holders of seats and a company."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from fund.parties.conflict_rules import Conflicted, ConflictKind, Side, conflicts, parties_named, recusing
from fund.parties.queries import groups, officers_of, parties, related_all
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
    everyone = {company_id, *(one for own in parties_of.values() for one in own)}
    members, ties = groups(tx, party_ids=everyone, as_of=on), related_all(tx, party_ids=everyone, as_of=on)
    posts = officers_of(tx, party_ids=everyone, as_of=on)

    def side(own: Sequence[int]) -> Side:
        # An officer's post is looked for among their own relations.
        reach = tuple(tie for one in own for tie in ties[one])
        around = frozenset().union(*(members[one] for one in own), *(tie.group for tie in reach))
        return Side(around, reach, frozenset().union(*(posts[one] for one in own)))

    company, sides = side([company_id]), {seat: side(own) for seat, own in parties_of.items()}
    named = parties(tx, party_ids=parties_named([company, *sides.values()]))
    names = {key: sheet.name_zh for key, sheet in named.items()}
    return {seat: recusing(conflicts(one, company, names), kinds) for seat, one in sides.items()}
