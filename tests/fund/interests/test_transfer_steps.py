"""A transfer step by step: its draft and every fault of it, who may do what, who reads it, and taking it back."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from fund.capital.queries import contributions, unfunded
from fund.capital.rules import SamePerson, SharesMoved, WrongState
from fund.capital.transfers import cancel_transfer
from fund.charter.life import DayOutsideFund
from fund.fees.transfers import approve_transfer, undo_transfer
from fund.fees.undoing import undo_charge
from fund.holdings.queries import holding
from fund.interests.queries import transfer
from fund.interests.rules import (
    SellerUnsettled,
    TransferInvalid,
    TransferRestedOn,
    TransferState,
    TransferToCome,
    TransferUnknown,
)
from fund.ledger.actions import lock_period
from fund.ledger.held import InterestPassedOn
from fund.ledger.queries import balances
from fund.ledger.rules import PeriodLocked
from fund.parties.actions import relate
from fund.parties.rules import RelationKind
from fund.partners.queries import partner
from fund.results.queries import nav, performance, progression, prove
from kernel.db import introduce
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.periods import Quarter
from tests.builders.capital import ACCOUNTANT, MANAGER, a_call, investment, noon
from tests.builders.holdings import a_mark
from tests.builders.lived_funds import ON, Q3, M, a_lived_fund, the_holding
from tests.builders.transfers import a_transfer, a_transfer_draft
from tests.scenes import Scene


def test_taken_back_all_is_as_it_was_and_what_was_known_stays(scene: Scene) -> None:
    tx, fund = scene(a_lived_fund)
    later = ON + timedelta(days=6)
    was = {
        (b.account, b.partner_id, b.holding_id): b.amount
        for b in balances(tx, fund_id=fund.fund_id, as_of=later)
    }
    left = unfunded(tx, fund_id=fund.fund_id, as_of=later)
    sheet = a_transfer(tx, fund, commitment=25 * M + 3, on=ON)
    passed = unfunded(tx, fund_id=fund.fund_id, as_of=ON)
    undone = undo_transfer(
        tx, MANAGER, transfer_id=sheet.id, reason="consent withdrawn", undone_on=later, now=noon(later)
    )
    assert (undone.state, undone.cancelled_on, undone.is_undone) == (TransferState.CANCELLED, later, True)
    now = {
        (b.account, b.partner_id, b.holding_id): b.amount
        for b in balances(tx, fund_id=fund.fund_id, as_of=later)
    }
    assert now == was
    assert unfunded(tx, fund_id=fund.fund_id, as_of=later) == left
    assert unfunded(tx, fund_id=fund.fund_id, as_of=ON) == passed
    stages = progression(tx, fund_id=fund.fund_id, partner_id=fund["LP01"], through=Q3)
    one, three = (
        performance(tx, fund_id=fund.fund_id, partner_id=fund[code], as_of=Q3.ends_on)
        for code in ("LP01", "LP03")
    )
    assert (stages[-1].paid_in, stages[-1].distributed) == (one.paid_in, one.distributed)
    assert (stages[-1].nav, three.flows) == (one.nav, ())
    with pytest.raises(WrongState):
        undo_transfer(tx, MANAGER, transfer_id=sheet.id, reason="again", undone_on=later, now=noon(later))
    assert prove(tx, fund_id=fund.fund_id) == []


def test_what_the_seller_had_before_is_not_moved_any_more_and_a_transfer_rested_on_stands(
    scene: Scene,
) -> None:
    tx, fund = scene(a_lived_fund)
    sheet = a_transfer(tx, fund, commitment=25 * M + 3, on=ON)
    held = the_holding(tx, fund)
    back: dict[str, Any] = {"reason": "wrong", "now": noon(date(2026, 8, 31))}
    with pytest.raises(InterestPassedOn, match="TRF-001"):
        undo_charge(
            tx, MANAGER, fund_id=fund.fund_id, quarter=Quarter(2026, 2), undone_on=date(2026, 8, 31), **back
        )
    a_mark(tx, held, on=date(2026, 8, 31), value=31 * M, reason="milestones met", now=noon(date(2026, 8, 31)))
    with pytest.raises(TransferRestedOn, match="H01"):
        undo_transfer(tx, MANAGER, transfer_id=sheet.id, undone_on=date(2026, 8, 30), **back)
    with pytest.raises(TransferRestedOn, match="H01"):
        a_transfer(tx, fund, seller="LP02", commitment=M, on=date(2026, 8, 30), approved_on=date(2026, 8, 31))


def test_once_the_marks_that_rest_on_it_move_nothing_a_transfer_goes_back_and_is_marked_anew(
    scene: Scene,
) -> None:
    tx, fund = scene(a_lived_fund)
    held, marks = the_holding(tx, fund), (date(2026, 8, 24), date(2026, 8, 31))
    at, end = noon(marks[-1]), date(2026, 9, 1)
    ask: dict[str, Any] = {"fund_id": fund.fund_id, "as_of": end}

    def marked(value: int, on: date) -> None:
        made = a_mark(tx, held, on=on, value=value, supersedes_id=last.get(on), reason="as reported", now=at)
        last[on] = made.id

    last: dict[date, int] = {}
    with tx.begin_nested() as whole:
        for value, on in zip((31 * M, 33 * M + 1), marks, strict=True):
            marked(value, on)
        never = {(b.account, b.partner_id, b.holding_id): b.amount for b in balances(tx, **ask) if b.amount}
        whole.rollback()
    last.clear()
    sheet = a_transfer(tx, fund, commitment=25 * M + 3, on=ON)
    stood = holding(tx, holding_id=held, as_of=ON).value
    for value, on in zip((31 * M, 33 * M + 1), marks, strict=True):
        marked(value, on)
    back: dict[str, Any] = {"transfer_id": sheet.id, "undone_on": ON, "reason": "wrong", "now": at}
    with pytest.raises(TransferRestedOn) as refused, tx.begin_nested():
        undo_transfer(tx, MANAGER, **back)
    assert [(one.facts["on"], "supersedes it" in str(one)) for one in refused.value.problems] == [
        (marks[1], True),
        (marks[0], True),
    ]
    for on in marks[::-1]:
        marked(stood, on)
    undo_transfer(tx, MANAGER, **back)
    for value, on in zip((31 * M, 33 * M + 1), marks, strict=True):
        marked(value, on)
    now = {(b.account, b.partner_id, b.holding_id): b.amount for b in balances(tx, **ask) if b.amount}
    assert now == never
    assert prove(tx, fund_id=fund.fund_id) == []


def test_who_may_and_what_must_be_settled_first(scene: Scene) -> None:
    tx, fund = scene(a_lived_fund)
    draft = a_transfer_draft(tx, fund, commitment=25 * M, on=ON)
    with pytest.raises(SamePerson):
        approve_transfer(tx, ACCOUNTANT, transfer_id=draft.id, now=noon(ON))
    with pytest.raises(TransferToCome):
        approve_transfer(tx, MANAGER, transfer_id=draft.id, now=noon(ON - timedelta(days=1)))
    a_transfer(tx, fund, commitment=M, on=ON)
    with pytest.raises(SharesMoved):
        approve_transfer(tx, MANAGER, transfer_id=draft.id, now=noon(ON))
    gone = cancel_transfer(tx, ACCOUNTANT, transfer_id=draft.id, reason="priced anew", now=noon(ON))
    assert (gone.state, gone.is_undone) == (TransferState.CANCELLED, False)
    a_call(tx, fund, investment(M), due_on=date(2026, 9, 21))
    with pytest.raises(SellerUnsettled, match="2026-09-21"):
        a_transfer(tx, fund, commitment=M, on=date(2026, 8, 24), approved_on=date(2026, 8, 24))
    for number in (1, 2, 3):
        lock_period(
            tx, SYSTEM, fund_id=fund.fund_id, quarter=Quarter(2026, number), now=noon(date(2026, 10, 9))
        )
    with pytest.raises(PeriodLocked):
        a_transfer_draft(tx, fund, commitment=M, on=date(2026, 9, 30), drafted_on=date(2026, 10, 9))


def test_a_draft_lies_within_the_life_of_the_fund(scene: Scene) -> None:
    tx, fund = scene(a_lived_fund)
    with pytest.raises(DayOutsideFund) as refused:
        a_transfer_draft(tx, fund, commitment=M, on=date.max, drafted_on=ON)
    assert [one.where for one in refused.value.problems] == ["effective_on", "consented_on"]


def test_every_fault_of_a_draft_is_named(scene: Scene) -> None:
    tx, fund = scene(a_lived_fund)
    with pytest.raises(TransferInvalid) as refused:
        a_transfer_draft(tx, fund, commitment=70 * M, price=-1, on=ON, reason=" ", consent="")
    assert [one.where for one in refused.value.problems] == ["commitment", "price", "reason", "consent"]
    parties = [partner(tx, partner_id=fund[code]).party_id for code in ("LP01", "LP03")]
    relate(
        tx,
        SYSTEM,
        from_party_id=parties[0],
        to_party_id=parties[1],
        kind=RelationKind.GROUP_PARENT,
        since_on=date(2020, 1, 1),
        now=noon(ON),
    )
    with pytest.raises(TransferInvalid, match="cannot be transferred") as related:
        a_transfer_draft(tx, fund, commitment=M, on=ON)
    assert [one.where for one in related.value.problems] == ["related_note"]
    assert a_transfer_draft(
        tx, fund, commitment=M, on=ON, related_note="parent; at net asset value"
    ).are_related


def test_each_side_reads_its_own_and_no_other_partner_anything(scene: Scene) -> None:
    tx, fund = scene(a_lived_fund)
    sheet = a_transfer(tx, fund, commitment=25 * M + 3, on=ON)
    whole = {
        code: nav(tx, fund_id=fund.fund_id, partner_id=fund[code], as_of=ON) for code in ("LP01", "LP03")
    }
    paid = contributions(tx, fund_id=fund.fund_id, as_of=ON)
    for code in ("LP01", "LP03"):
        reader = Actor(7, code, frozenset({Role.LP_USER}), partner_ids=frozenset({fund[code]}))
        introduce(tx, reader)
        assert nav(tx, fund_id=fund.fund_id, partner_id=fund[code], as_of=ON) == whole[code]
        assert contributions(tx, fund_id=fund.fund_id, as_of=ON) == {fund[code]: paid[fund[code]]}
        assert transfer(tx, transfer_id=sheet.id, actor=reader).id == sheet.id
        one = performance(tx, fund_id=fund.fund_id, partner_id=fund[code], as_of=ON)
        assert one.paid_in > 0
    stranger = Actor(7, "LP02", frozenset({Role.LP_USER}), partner_ids=frozenset({fund["LP02"]}))
    introduce(tx, stranger)
    for rows in ("interest_transfer", "interest_line"):
        assert tx.execute(sa.text(f"SELECT count(*) FROM {rows}")).scalar_one() == 0
    with pytest.raises(TransferUnknown):
        transfer(tx, transfer_id=sheet.id, actor=stranger)
    entries = sa.text("SELECT count(*) FROM ledger_entry WHERE act = :act")
    assert tx.execute(entries, {"act": f"transfer:{sheet.id}"}).scalar_one() == 0
