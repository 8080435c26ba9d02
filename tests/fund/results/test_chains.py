"""Each partner's industrial chain: read from either end of a relation, through the group, and told to nobody else."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.holdings.queries import HoldingSheet, holdings
from fund.parties.queries import by_name, party
from fund.parties.rules import Edge, RelationKind
from fund.partners.queries import partner
from fund.partners.rules import PartnerUnknown
from fund.results.chain_rules import ChainRole, chain_of, roles_in
from fund.results.queries import chains
from fund.results.rules import FundFiguresClosed
from fund.revenues.actions import state_revenue
from fund.revenues.rules import YearSheet
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.parties import a_relation, an_organisation
from tests.builders.results import M, Played, a_played_fund, at

DAY = date(2025, 12, 31)
CUSTOMER, SUPPLIER, SHAREHOLDER = ChainRole


def with_relations(tx: Tx, played: Played) -> Played:
    """LP01's daughter buys from H01's company, whose supplier LP01 is too; H02's company buys from LP02."""
    held = {one.code: one for one in holdings(tx, fund_id=played.fund_id, as_of=DAY)}
    one, two = (party(tx, party_id=held[code].party_id) for code in ("H01", "H02"))
    first, second = (
        party(tx, party_id=partner(tx, partner_id=played.partners[code]).party_id)
        for code in ("LP01", "LP02")
    )
    daughter = an_organisation(tx, "北方钢铁贸易有限公司")
    a_relation(tx, first, RelationKind.GROUP_PARENT, daughter)
    a_relation(tx, daughter, RelationKind.CUSTOMER, one)
    a_relation(tx, first, RelationKind.SUPPLIER, one)
    a_relation(tx, two, RelationKind.CUSTOMER, second)
    a_relation(tx, second, RelationKind.SHAREHOLDER, one, until_on=date(2025, 6, 30))
    a_relation(tx, second, RelationKind.COMPETITOR, one)
    return played


def test_chains_go_through_the_group_and_read_relations_from_either_end(tx: Tx, played: Played) -> None:
    found = {
        one.partner.code: one.chain
        for one in chains(tx, fund_id=with_relations(tx, played).fund_id, as_of=DAY)
    }
    assert sorted(found) == ["LP01", "LP02"]
    first, second = found["LP01"], found["LP02"]
    assert [(link.holding.code, link.roles) for link in first.links] == [("H01", (CUSTOMER, SUPPLIER))]
    assert [(link.holding.code, link.roles) for link in second.links] == [("H02", (SUPPLIER,))]
    # H01 is worth 30m, H02 6m.
    assert (first.value, first.share, first.concentration) == (30 * M, Fraction(30, 36), 10_000)
    assert [first.of(role) for role in ChainRole] == [30 * M, 30 * M, 0]
    assert [(one.roles, one.value, one.codes) for one in second.slices] == [
        ((SUPPLIER,), 6 * M, ("H02",)),
        ((), 30 * M, ("H01",)),
    ]


def test_a_relation_counts_while_it_holds(tx: Tx, played: Played) -> None:
    with_relations(tx, played)
    day = date(2025, 6, 30)
    [found] = chains(tx, fund_id=played.fund_id, as_of=day, partner_id=played.partners["LP02"])
    roles = {link.holding.code: link.roles for link in found.chain.links}
    assert roles == {"H01": (SHAREHOLDER,), "H02": (SUPPLIER,)}
    assert found.chain.share == 1


def test_a_partner_learns_its_own_chain_and_no_others(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        played = with_relations(tx, a_played_fund(tx))
        mine, other = played.partners["LP01"], played.partners["LP02"]
        seen = chains(tx, fund_id=played.fund_id, as_of=DAY, partner_id=mine)
    reader = Actor(77, "LP", frozenset({Role.LP_USER}), frozenset({mine}))
    member = Actor(78, "Member", frozenset({Role.COMMITTEE}))
    with database.transaction(reader) as tx:
        assert chains(tx, fund_id=played.fund_id, as_of=DAY, partner_id=mine) == seen
        with pytest.raises(PartnerUnknown):
            chains(tx, fund_id=played.fund_id, as_of=DAY, partner_id=other)
        with pytest.raises(FundFiguresClosed):
            chains(tx, fund_id=played.fund_id, as_of=DAY)
    with database.transaction(member) as tx, pytest.raises(FundFiguresClosed):
        chains(tx, fund_id=played.fund_id, as_of=DAY)


def test_a_company_rests_on_its_partner_by_what_the_group_buys_of_it(tx: Tx, played: Played) -> None:
    with_relations(tx, played)
    held = {one.code: one for one in holdings(tx, fund_id=played.fund_id, as_of=DAY)}
    [daughter] = by_name(tx, name="北方钢铁贸易有限公司")
    own = partner(tx, partner_id=played.partners["LP01"]).party_id
    other = an_organisation(tx, "别家")
    for code, customer, amount in (
        ("H01", daughter.id, 2),
        ("H01", own, 1),
        ("H01", other.id, 3),
        ("H02", own, 5),
    ):
        facts = {"company_id": held[code].party_id, "customer_id": customer, "amount": amount * M}
        state_revenue(tx, SYSTEM, **facts, year=2024, total=12 * M, source="审计报告", now=at(DAY))
    [found] = chains(tx, fund_id=played.fund_id, as_of=DAY, partner_id=played.partners["LP01"])
    # Of H01's 12m the group bought 3m, of H02's 5m; H02 sells to it though no relation says so.
    assert [(link.holding.code, link.roles, link.resting) for link in found.chain.links] == [
        ("H01", (CUSTOMER, SUPPLIER), 30 * M // 4),
        ("H02", (CUSTOMER,), 6 * M * 5 // 12),
    ]
    assert (found.chain.told, found.chain.resting) == (36 * M, 10 * M)
    # In the year itself nothing was known of it yet.
    [before] = chains(
        tx, fund_id=played.fund_id, as_of=date(2024, 12, 31), partner_id=played.partners["LP01"]
    )
    assert [link.dependence for link in before.chain.links] == [None] * len(before.chain.links)


def test_a_company_of_the_partners_own_group_is_its_shareholding() -> None:
    edges = [Edge(1, 2, RelationKind.GROUP_PARENT, date(2024, 1, 1))]
    assert roles_in(1, edges, {}, as_of=DAY) == {1: {SHAREHOLDER}, 2: {SHAREHOLDER}}


KINDS = st.sampled_from(list(RelationKind))
PARTIES = st.integers(1, 6)
RELATIONS = st.lists(st.tuples(PARTIES, PARTIES, KINDS).filter(lambda one: one[0] != one[1]), max_size=12)
AMOUNTS = st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**12)), min_size=1, max_size=5)


BOUGHT = st.lists(st.tuples(st.integers(2, 6), st.integers(1, 6), st.integers(0, 10**9)), max_size=6)


@given(relations=RELATIONS, amounts=AMOUNTS, bought=BOUGHT)
def test_the_slices_sum_to_all_that_is_held(
    relations: list[tuple[int, int, RelationKind]],
    amounts: list[tuple[int, int]],
    bought: list[tuple[int, int, int]],
) -> None:
    sold = {
        company: YearSheet(company, 2024, 10**10, {buyer: amount}, "S") for company, buyer, amount in bought
    }
    edges = [Edge(one, two, kind, date(2024, 1, 1)) for one, two, kind in relations]
    held = [a_sheet(key + 2, cost, value) for key, (cost, value) in enumerate(amounts)]
    found = chain_of(1, held, edges, sold, as_of=DAY)
    assert sum(one.value for one in found.slices) == sum(sheet.value for sheet in held)
    assert sum(one.cost for one in found.slices) == sum(sheet.cost for sheet in held)
    assert found.value == sum(one.value for one in found.slices if one.roles)
    assert found.value <= sum(found.of(role) for role in ChainRole)
    if any(sheet.value for sheet in held):
        assert sum(one.share for one in found.slices) == 1
        assert found.share == sum(one.share for one in found.slices if one.roles)
    else:
        assert (found.share, found.concentration) == (None, None)
    assert 0 <= found.resting <= found.told <= found.value
    assert found.resting == sum(link.resting for link in found.links)


def a_sheet(party_id: int, cost: int, value: int) -> HoldingSheet:
    """A holding of which only the party and the amounts matter."""
    unsaid = dict.fromkeys(HoldingSheet.__dataclass_fields__)
    return HoldingSheet(
        **{
            **unsaid,
            "id": party_id,
            "code": f"H{party_id}",
            "party_id": party_id,
            "cost": cost,
            "value": value,
        }
    )
