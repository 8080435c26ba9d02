"""Conflicts of interest found in the graph of parties, whatever a member declares.

Pure. A member stands in the graph with the whole group of its organisation, the company with its own group.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from fund.parties.rules import RelationKind, Tie


class ConflictKind(StrEnum):
    """What a member or the member's organisation may be to the company that is voted on."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    COMPETITOR = "competitor"
    POTENTIAL_ACQUIRER = "potential_acquirer"
    INVENTORS_EMPLOYER = "inventors_employer"
    CO_APPLICANT = "co_applicant"
    PRIOR_INVESTOR = "prior_investor"
    INVENTOR = "inventor"
    RELATIVE = "relative"
    UNIVERSITY_OFFICER = "university_officer"
    UNIVERSITY = "university"
    AFFILIATE = "affiliate"
    OTHER = "other"


# What recuses unless a policy says otherwise. A member from the university that the achievement comes from is
# only noted: such a fund's committee always has one.
RECUSING = frozenset(ConflictKind) - {ConflictKind.UNIVERSITY, ConflictKind.OTHER}


@dataclass(frozen=True)
class Conflicted:
    """One conflict of one seat, in words."""

    kind: ConflictKind
    statement: str


# What "the member's side is the <relation> of the company" means, and the other way round.
_MEMBER_IS: Mapping[RelationKind, ConflictKind] = MappingProxyType(
    {
        RelationKind.CUSTOMER: ConflictKind.CUSTOMER,
        RelationKind.SUPPLIER: ConflictKind.SUPPLIER,
        RelationKind.COMPETITOR: ConflictKind.COMPETITOR,
        RelationKind.POTENTIAL_ACQUIRER: ConflictKind.POTENTIAL_ACQUIRER,
        RelationKind.CO_APPLICANT: ConflictKind.CO_APPLICANT,
        RelationKind.PRIOR_INVESTOR: ConflictKind.PRIOR_INVESTOR,
        RelationKind.SHAREHOLDER: ConflictKind.PRIOR_INVESTOR,
        RelationKind.INVENTOR: ConflictKind.INVENTOR,
        RelationKind.UNIVERSITY: ConflictKind.UNIVERSITY,
        RelationKind.OFFICER: ConflictKind.AFFILIATE,
    }
)
_COMPANY_IS: Mapping[RelationKind, ConflictKind] = MappingProxyType(
    {
        RelationKind.CUSTOMER: ConflictKind.SUPPLIER,
        RelationKind.SUPPLIER: ConflictKind.CUSTOMER,
        RelationKind.COMPETITOR: ConflictKind.COMPETITOR,
        RelationKind.CO_APPLICANT: ConflictKind.CO_APPLICANT,
        RelationKind.SHAREHOLDER: ConflictKind.AFFILIATE,
        RelationKind.EMPLOYER: ConflictKind.AFFILIATE,
    }
)
_INSIDERS = frozenset({RelationKind.INVENTOR, RelationKind.SHAREHOLDER, RelationKind.OFFICER})


@dataclass(frozen=True)
class Side:
    """A party in the graph: everyone who counts as it, and every relation that leaves them.

    `officer_of`: the organisations whose officer it is itself.
    """

    own: frozenset[int]
    ties: tuple[Tie, ...]
    officer_of: frozenset[int] = frozenset()


def recusing(conflicts: Sequence[Conflicted], kinds: Collection[ConflictKind]) -> list[Conflicted]:
    """Those conflicts whose kind is listed: they recuse at once. The others are disclosed and noted."""
    return [conflict for conflict in conflicts if conflict.kind in kinds]


def conflicts(member: Side, company: Side, names: Mapping[int, str]) -> list[Conflicted]:
    """Every conflict between a member and a company, each kind told once per pair of parties, in a fixed order."""
    found = [*_affiliation(member, company, names), *_direct(member, company, names)]
    found += _through_insiders(member, company, names)
    return sorted(set(found), key=lambda conflict: (conflict.kind, conflict.statement))


def _affiliation(member: Side, company: Side, names: Mapping[int, str]) -> list[Conflicted]:
    shared = sorted(member.own & company.own)
    return [
        Conflicted(ConflictKind.AFFILIATE, f"{_name(names, party)} belongs to both groups")
        for party in shared
    ]


def _direct(member: Side, company: Side, names: Mapping[int, str]) -> list[Conflicted]:
    found = []
    for tie in member.ties:
        kind = (_MEMBER_IS if tie.own_is_kind else _COMPANY_IS).get(tie.kind)
        if tie.other_id in company.own and kind is not None:
            found.append(Conflicted(kind, _told(tie, names)))
    return found


def _through_insiders(member: Side, company: Side, names: Mapping[int, str]) -> list[Conflicted]:
    inventors = _others(company, {RelationKind.INVENTOR})
    insiders = _others(company, _INSIDERS)
    found = []
    for tie in member.ties:
        if tie.kind == RelationKind.EMPLOYER and tie.own_is_kind and tie.other_id in inventors:
            found.append(Conflicted(ConflictKind.INVENTORS_EMPLOYER, _told(tie, names)))
        if tie.kind == RelationKind.RELATIVE and tie.other_id in insiders:
            found.append(Conflicted(ConflictKind.RELATIVE, _told(tie, names)))
    universities = member.officer_of & _others(company, {RelationKind.UNIVERSITY})
    found += [
        Conflicted(ConflictKind.UNIVERSITY_OFFICER, f"officer of {_name(names, party)}")
        for party in sorted(universities)
    ]
    return found


def _others(company: Side, kinds: frozenset[RelationKind] | set[RelationKind]) -> frozenset[int]:
    """Everyone outside who is one of `kinds` to the company."""
    return frozenset(tie.other_id for tie in company.ties if not tie.own_is_kind and tie.kind in kinds)


def _told(tie: Tie, names: Mapping[int, str]) -> str:
    own, other = _name(names, tie.own_id), _name(names, tie.other_id)
    source, target = (own, other) if tie.own_is_kind else (other, own)
    return f"{source} is the {tie.kind.replace('_', ' ')} of {target}"


def _name(names: Mapping[int, str], party: int) -> str:
    return names.get(party, f"party {party}")


def parties_named(sides: Sequence[Side]) -> frozenset[int]:
    """Every party whose name the conflicts between these sides may mention."""
    tied = {party for side in sides for tie in side.ties for party in (tie.own_id, tie.other_id)}
    return frozenset(tied).union(*(side.own | side.officer_of for side in sides))
