"""What keeps a remedy within its bounds: who votes and when, what was cut or taken back before, locked days."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fund.capital.restricting import NothingLeftToCall, reduce_commitment, suspend_partner
from fund.defaults.promise_rules import Remedy
from fund.defaults.remedies import propose
from fund.defaults.remedy_rules import (
    Proposal,
    RemedyInvalid,
    RemedyState,
    ResolutionInvalid,
    Say,
    TransferOfRemedy,
    Vote,
)
from fund.defaults.transfers import undo_transfer
from fund.fees.transfers import undo_transfer as take_back
from fund.ledger.actions import lock_period
from fund.ledger.rules import PeriodLocked
from fund.parties.actions import relate
from fund.parties.rules import RelationKind
from fund.partners.queries import partners
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import (
    MANAGER,
    noon,
)
from tests.builders.remedies import (
    MILLION,
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


def test_what_was_cut_as_of_a_later_day_is_not_cut_again_as_of_an_earlier_one(scene: Scene) -> None:
    tx, (fund, default_id) = scene(in_default)
    done(tx, consented(tx, default_id, Remedy.REDUCTION))
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "partner_id": fund["LP01"], "reason": "再减"}
    with pytest.raises(NothingLeftToCall):
        reduce_commitment(tx, MANAGER, **facts, effective_on=date(2026, 5, 4), now=noon(TODAY))
    assert state(tx, fund)[0][fund["LP01"]] == 6 * MILLION


def test_neither_the_buyer_nor_a_group_of_the_two_votes_and_nobody_before_it_was_proposed(
    scene: Scene,
) -> None:
    tx, (fund, default_id) = scene(in_default)
    keys = {one.id: one.party_id for one in partners(tx, fund_id=fund.fund_id)}
    relate(
        tx,
        MANAGER,
        from_party_id=keys[fund["LP03"]],
        to_party_id=keys[fund["LP02"]],
        kind=RelationKind.GROUP_PARENT,
        since_on=date(2020, 1, 1),
        now=noon(TODAY),
    )
    for buyer in (fund["LP01"], 10**9):
        with pytest.raises(RemedyInvalid):
            consented(tx, default_id, Remedy.SALE, buyer_id=buyer, price=1)
    proposal = Proposal(Remedy.SALE, buyer_id=fund["LP02"], price=1, reason="催告无果")
    sheet = propose(tx, MANAGER, default_id=default_id, proposal=proposal, now=noon(TODAY))
    for code in ("LP01", "LP02", "LP03"):
        with pytest.raises(ResolutionInvalid):
            said(tx, sheet, Vote("周咨询", fund[code], Say.FOR))
    with pytest.raises(ResolutionInvalid) as early:
        said(tx, sheet, Vote("周咨询", None, Say.FOR), on=date(2026, 5, 19))
    assert [one.where for one in early.value.problems] == ["resolved_on"]
    assert said(tx, sheet, Vote("周咨询", None, Say.FOR)).state is RemedyState.CONSENTED


def test_a_transfer_of_a_remedy_goes_back_with_it_and_one_gone_before_stands_in_no_way(scene: Scene) -> None:
    tx, (fund, default_id) = scene(in_default)
    before = state(tx, fund)
    sheet = done(tx, consented(tx, default_id, Remedy.FORFEITURE, share=Fraction(1, 2)))
    last = int(sheet.acts[-1].partition(":")[2])
    back: dict[str, Any] = {"transfer_id": last, "reason": "错", "undone_on": TODAY, "now": noon(TODAY)}
    with pytest.raises(TransferOfRemedy):
        undo_transfer(tx, SECOND, **back)
    # As it could be taken back by itself before this was refused.
    take_back(tx, SECOND, **back)
    undone(tx, sheet)
    assert state(tx, fund) == before
    proved(tx, fund)


def test_a_locked_day_keeps_a_suspension_out(scene: Scene) -> None:
    tx, (fund, _) = scene(in_default)
    lock_period(tx, SYSTEM, fund_id=fund.fund_id, quarter=Quarter(2026, 1), now=noon(TODAY))
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "partner_id": fund["LP01"], "reason": "催告无果"}
    with pytest.raises(PeriodLocked):
        suspend_partner(tx, MANAGER, **facts, effective_on=date(2026, 3, 31), now=noon(TODAY))
