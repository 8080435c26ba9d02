"""Which partners have an interest in a company that other buyers of it would not have."""

from dataclasses import dataclass
from datetime import date

from fund.holdings.queries import HoldingSheet, MarkSheet
from fund.parties.queries import edges, is_parent, parties, related
from fund.parties.rules import RelationKind, group_of
from fund.partners.queries import partners
from fund.revenues.queries import revenues
from fund.revenues.rules import latest
from fund.valuations.policy import FileReason, Policy, why_file_needed
from fund.valuations.rules import INTERESTED
from kernel.db import Tx


@dataclass(frozen=True)
class Interest:
    """A partner whose group is a customer, supplier or possible acquirer of the company, and through whom.

    Whoever bought of the company in the last year of revenue on record is its customer, as in a partner's chain.
    """

    partner: str
    name: str
    name_en: str
    party: str
    kind: RelationKind


def interests(tx: Tx, *, holding: HoldingSheet, as_of: date) -> list[Interest]:
    """Every interested partner of a company on a day, by partner; a relation counts from whichever end it is told."""
    ties = [one for one in related(tx, party_id=holding.party_id, as_of=as_of) if one.kind in INTERESTED]
    sold = latest(revenues(tx, company_ids=[holding.party_id]), as_of=as_of).get(holding.party_id)
    said = {(one.other_id, one.kind) for one in ties}
    if sold is not None:
        said |= {(key, RelationKind.CUSTOMER) for key in sold.buyers_in(sold.customers)}
    if not said:
        return []
    parents = edges(tx, is_parent())
    names = parties(tx, party_ids={other_id for other_id, _ in said})
    found = {}
    for partner in partners(tx, fund_id=holding.fund_id, as_of=as_of):
        group = group_of(partner.party_id, parents, as_of=as_of)
        for other_id, kind in sorted(said):
            if not partner.is_general and other_id in group:
                party = names[other_id].name_zh
                one = Interest(partner.code, partner.name_zh, partner.name_en, party, kind)
                found[one.partner, one.party, one.kind] = one
    return list(found.values())


def why_needed(tx: Tx, *, holding: HoldingSheet, mark: MarkSheet, policy: Policy | None) -> FileReason | None:
    """Why a mark needs a full valuation file by the policy of its day; None: the quick mark will do."""
    interested = policy is not None and bool(interests(tx, holding=holding, as_of=mark.marked_on))
    return why_file_needed(policy, value=mark.value, interested=interested)
