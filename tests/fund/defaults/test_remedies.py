"""Remedies against LP01, which owes part of a call: each from its proposal to its undoing, the books proved between."""

from collections import Counter
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fund.capital.inflows import call_sheet
from fund.capital.positions import commitments, contributions, unfunded
from fund.capital.restrictions import suspended, suspended_parties
from fund.capital.rules import Item, ItemKind
from fund.defaults.promise_rules import Remedy
from fund.defaults.queries import default
from fund.defaults.remedied import remedies
from fund.defaults.remedies import execute, propose, undo_remedy
from fund.defaults.remedy_rules import (
    NotPastCure,
    Proposal,
    RemedyBySamePerson,
    RemedyInWrongState,
    RemedyState,
    RemedyUnknown,
    Say,
    Vote,
)
from fund.defaults.rules import DefaultReasonMissing, DefaultUnknown
from fund.fees.queries import charges
from fund.holdings.calling import draft_call
from fund.results.accounts import navs
from fund.results.ilpa import tables
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_call,
    a_receipt,
    investment,
    noon,
)
from tests.builders.remedies import (
    MILLION,
    Q2,
    SECOND,
    TODAY,
    consented,
    done,
    in_default,
    proved,
    said,
    state,
    undone,
)
from tests.scenes import Scene


def fees(tx: Tx, fund: CapitalFund) -> Counter[int]:
    found: Counter[int] = Counter()
    for line in charges(tx, fund_id=fund.fund_id)[-1].lines:
        found[line.partner_id] += line.amount
    return found


def test_a_forfeiture_takes_a_share_of_the_interest_to_the_others_to_the_fen(scene: Scene) -> None:
    tx, (fund, default_id) = scene(in_default)
    ask: dict[str, Any] = {"fund_id": fund.fund_id, "as_of": TODAY}
    before, values = state(tx, fund), navs(tx, **ask)
    charged = fees(tx, fund)
    sheet = done(tx, consented(tx, default_id, Remedy.FORFEITURE, share=Fraction(1, 2)))
    assert [act.partition(":")[0] for act in sheet.acts] == ["reduction", "transfer", "transfer"]
    # 54 million that could still be called are called no more; of the 6 million called half passes, 25 : 15.
    one, two, three = (fund[code] for code in ("LP01", "LP02", "LP03"))
    assert commitments(tx, **ask) == {
        one: 3 * MILLION,
        two: 25 * MILLION + 1_875_000 * YUAN,
        three: 15 * MILLION + 1_125_000 * YUAN,
    }
    assert unfunded(tx, **ask) == {one: 0, two: before[1][two], three: before[1][three]}
    assert contributions(tx, **ask)[one] == 3 * MILLION
    assert sum(contributions(tx, **ask).values()) == 10 * MILLION
    worth = navs(tx, **ask)
    assert sum(worth.values()) == sum(values.values())
    # Of the fee of the quarter's 42 days to come the others owe that on the 3 million which they receive:
    # 3m x 2 % / 4 x 42 / 91 = 6,923.08, 25 : 15, each to the fen.
    moved = {key: amount - charged[key] for key, amount in fees(tx, fund).items()}
    assert moved == {one: -6_923_07, two: 4_326_92, three: 2_596_15}
    # Half of the capital: as much more of it passes as the seller is freed of the fee.
    assert abs(worth[one] - values[one] // 2) <= 1
    # The debt stays: what is owed on the call can still be paid.
    assert default(tx, default_id=default_id, as_of=TODAY).owed == 3 * MILLION
    proved(tx, fund)
    rows = tables(tx, fund_id=fund.fund_id, quarter=Q2)
    assert rows[None]["qtd"][17] == 0
    assert rows[one]["qtd"][114] == 0
    undone(tx, sheet)
    assert (state(tx, fund), navs(tx, **ask)) == (before, values)
    [kept] = remedies(tx, fund_id=fund.fund_id, default_id=default_id)
    assert (kept.state, kept.undone_on) == (RemedyState.UNDONE, TODAY)
    proved(tx, fund)


def test_a_reduction_leaves_what_was_called_and_its_debt(scene: Scene) -> None:
    tx, (fund, default_id) = scene(in_default)
    before = state(tx, fund)
    sheet = done(tx, consented(tx, default_id, Remedy.REDUCTION))
    assert state(tx, fund)[0][fund["LP01"]] == 6 * MILLION
    assert state(tx, fund)[1][fund["LP01"]] == 0
    # As of the days before, and to the fees charged before, it is what it was.
    early = commitments(tx, fund_id=fund.fund_id, as_of=date(2026, 5, 19))
    assert early[fund["LP01"]] == 60 * MILLION
    proved(tx, fund)
    call = a_call(tx, fund, investment(4 * MILLION), due_on=date(2026, 6, 15))
    assert [line.partner_id for line in call.lines] == [fund["LP02"], fund["LP03"]]
    undone(tx, sheet)
    assert state(tx, fund)[0] == before[0]


def test_a_sale_lets_the_whole_interest_pass_at_its_price(scene: Scene) -> None:
    tx, (fund, default_id) = scene(in_default)
    before = state(tx, fund)
    facts = {"buyer_id": fund["LP02"], "price": 2 * MILLION}
    sheet = done(tx, consented(tx, default_id, Remedy.SALE, **facts))
    assert fund["LP01"] not in state(tx, fund)[0]
    assert state(tx, fund)[0][fund["LP02"]] == 85 * MILLION
    assert default(tx, default_id=default_id, as_of=TODAY).owed == 3 * MILLION
    proved(tx, fund)
    undone(tx, sheet)
    assert state(tx, fund) == before


def test_who_is_suspended_takes_no_part_in_a_new_deal(tx: Tx) -> None:
    # What a partner is not called of the others pay, by at most half as much again: so it is a small one.
    fund, default_id = in_default(tx, first=20, second=65, paid=1)
    sheet = done(tx, consented(tx, default_id, Remedy.SUSPENSION))
    assert suspended(tx, fund_id=fund.fund_id, as_of=TODAY) == {fund["LP01"]: "催告无果"}
    assert suspended(tx, fund_id=fund.fund_id, as_of=date(2026, 5, 19)) == {}
    assert len(suspended_parties(tx, fund_id=fund.fund_id, as_of=TODAY)) == 1

    def drafted() -> set[int]:
        items = [Item(ItemKind.INVESTMENT, 1 * MILLION), Item(ItemKind.EXPENSE, 1_000_00)]
        facts: dict[str, Any] = {"due_on": date(2026, 6, 15), "purpose": "新项目", "now": noon(TODAY)}
        call = draft_call(tx, ACCOUNTANT, fund_id=fund.fund_id, items=items, **facts)
        found = call_sheet(tx, call_id=call.call.id).lines
        return {line.partner_id for line in found if line.investment}

    assert drafted() == {fund["LP02"], fund["LP03"]}
    undone(tx, sheet)
    assert drafted() == {fund["LP01"], fund["LP02"], fund["LP03"]}


def test_without_consent_or_by_its_proposer_nothing_is_carried_out(scene: Scene) -> None:
    tx, (fund, default_id) = scene(in_default)
    asked: dict[str, Any] = {"proposal": Proposal(Remedy.SUSPENSION, reason="催告无果"), "now": noon(TODAY)}
    with pytest.raises(DefaultUnknown):
        propose(tx, MANAGER, default_id=10**9, **asked)
    with pytest.raises(NotPastCure):
        propose(tx, MANAGER, default_id=default_id, **asked | {"now": noon(date(2026, 3, 15))})
    refused = said(tx, propose(tx, MANAGER, default_id=default_id, **asked), Vote("周", None, Say.AGAINST))
    assert refused.state is RemedyState.REFUSED
    with pytest.raises(RemedyInWrongState):
        done(tx, refused)
    with pytest.raises(RemedyInWrongState):
        said(tx, refused, Vote("周", None, Say.FOR))
    again = consented(tx, default_id, Remedy.SUSPENSION)
    with pytest.raises(RemedyBySamePerson):
        execute(tx, MANAGER, remedy_id=again.id, effective_on=TODAY, now=noon(TODAY))
    facts: dict[str, Any] = {"undone_on": TODAY, "now": noon(TODAY)}
    with pytest.raises(DefaultReasonMissing):
        undo_remedy(tx, SECOND, remedy_id=again.id, reason=" ", **facts)
    with pytest.raises(RemedyInWrongState):
        undo_remedy(tx, SECOND, remedy_id=refused.id, reason="错", **facts)
    undo_remedy(tx, SECOND, remedy_id=again.id, reason="重提", **facts)
    assert remedies(tx, fund_id=fund.fund_id)[0].state is RemedyState.UNDONE
    with pytest.raises(RemedyInWrongState):
        done(tx, again)
    again = consented(tx, default_id, Remedy.SUSPENSION)
    with pytest.raises(RemedyUnknown):
        done_ = execute(tx, SECOND, remedy_id=10**9, effective_on=TODAY, now=noon(TODAY))
        assert done_
    call_id = default(tx, default_id=default_id, as_of=TODAY).call_id
    a_receipt(tx, call_sheet(tx, call_id=call_id), fund["LP01"], amount=3 * MILLION, on=TODAY)
    # Interest is still owed, so the default is not cured and the remedy may be carried out.
    assert done(tx, again).state is RemedyState.EXECUTED


def test_a_partner_reads_the_remedy_against_it_and_no_vote(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        fund, default_id = in_default(tx)
        consented(tx, default_id, Remedy.SUSPENSION)

    def reader(code: str) -> Actor:
        own = frozenset({fund[code]})
        return Actor(user_id=1, name=code, roles=frozenset({Role.LP_USER}), partner_ids=own)

    with database.transaction(reader("LP01")) as tx:
        [found] = remedies(tx, fund_id=fund.fund_id)
        assert found.resolution is not None
        assert (found.resolution.is_consent, found.resolution.votes) == (True, ())
    with database.transaction(reader("LP02")) as tx:
        assert remedies(tx, fund_id=fund.fund_id) == []
        assert remedies(tx, fund_id=fund.fund_id, actor=reader("LP02")) == []
