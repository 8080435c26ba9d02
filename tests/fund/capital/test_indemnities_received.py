"""Givebacks that come in, are taken back, pass with an interest, and what the proof says of them."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from fund.capital.deal_flows import histories
from fund.capital.distributions import draft_distribution, undo_distribution
from fund.capital.giveback_receipts import reverse_giveback_receipt
from fund.capital.indemnities import approve_indemnity, reaches, undo_indemnity
from fund.capital.payable import CalledAgain, InArrears
from fund.capital.positions import unfunded
from fund.capital.receipts import NotCalled, ReceivedOutOfTime
from fund.capital.rules import (
    BankReferenceTaken,
    ReceiptAboveOutstanding,
)
from fund.indemnities.queries import due_between, indemnities, indemnity_by_code
from fund.indemnities.rules import (
    DistributionGivenBack,
    IndemnityOpen,
    IndemnityReceiptUnknown,
    IndemnityRestedOn,
    IndemnityState,
    IndemnityUnknown,
)
from fund.results.ilpa import breaks
from fund.results.performance import performance
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    a_call,
    a_distribution,
    investment,
    noon,
)
from tests.builders.indemnities import (
    DUE,
    FIRST,
    LATER,
    MILLION,
    NOTICE,
    QUARTER,
    YUAN,
    a_giveback,
    a_giveback_draft,
    distributed,
    given_back,
    receive,
    stands,
    undo,
)
from tests.builders.transfers import a_transfer
from tests.scenes import Scene


def test_receipts_come_in_parts_and_one_booked_wrongly_is_reversed_by_itself(scene: Scene) -> None:
    tx, fund = scene(distributed)
    sheet, partner = a_giveback(tx, fund), fund["LP01"]
    told = receive(tx, sheet, partner, 200_000 * YUAN, received_on=NOTICE)
    for facts, refusal in (
        ({"amount": 1_000_001 * YUAN, "bank_reference": "B-2"}, ReceiptAboveOutstanding),
        ({"amount": 1}, BankReferenceTaken),
        ({"amount": 1, "bank_reference": "B-3", "received_on": FIRST}, ReceivedOutOfTime),
        ({"amount": 1, "partner": fund["LP03"]}, NotCalled),
    ):
        with pytest.raises(refusal):
            receive(tx, sheet, **{"partner": partner, **facts})
    assert not prove(tx, fund_id=fund.fund_id)
    [receipt] = told.receipts
    back: dict[str, Any] = {
        "receipt_id": receipt.id,
        "reason": "another fund's",
        "reversed_on": DUE,
        "now": noon(DUE),
    }
    freed = reverse_giveback_receipt(tx, ACCOUNTANT, **back)
    assert (freed.came, freed.receipts[0].reversed_on) == (0, DUE)
    with pytest.raises(IndemnityReceiptUnknown):
        reverse_giveback_receipt(tx, ACCOUNTANT, **back)
    with pytest.raises(IndemnityReceiptUnknown):
        reverse_giveback_receipt(tx, ACCOUNTANT, **back | {"receipt_id": 999_999})
    assert given_back(tx, sheet).state is IndemnityState.RECEIVED
    assert not prove(tx, fund_id=fund.fund_id)


@pytest.mark.parametrize("has_come", [False, True])
def test_taken_back_every_balance_is_what_it_was(scene: Scene, has_come: bool) -> None:
    tx, fund = scene(distributed, giveback_restores=True)
    before = stands(tx, fund)
    sheet = a_giveback(tx, fund)
    if has_come:
        given_back(tx, sheet)
    gone = undo(tx, sheet, on=date(2026, 11, 10))
    assert (gone.state, gone.cancelled_on) == (IndemnityState.CANCELLED, date(2026, 11, 10))
    quarter = {"since": QUARTER.starts_on, "as_of": QUARTER.ends_on}
    assert due_between(tx, fund_id=fund.fund_id, **quarter) == []
    assert stands(tx, fund) == before
    assert breaks(tx, fund_id=fund.fund_id, quarter=QUARTER) == []
    assert not prove(tx, fund_id=fund.fund_id)
    given_back(tx, a_giveback(tx, fund, notice_on=date(2026, 11, 11), due_on=date(2026, 12, 1)), on=LATER)
    assert not prove(tx, fund_id=fund.fund_id)


def test_what_was_worked_out_with_it_is_taken_back_first_and_it_before_what_it_counted(scene: Scene) -> None:
    tx, fund = scene(distributed)
    sheet = given_back(tx, a_giveback(tx, fund))
    facts: dict[str, Any] = {"reason": "x", "undone_on": LATER, "now": noon(LATER)}
    with pytest.raises(DistributionGivenBack, match="LPG-001, of 2026-10-12"):
        undo_distribution(tx, MANAGER, distribution_id=last_distribution(tx), **facts)
    a_distribution(tx, fund, pay_on=LATER, return_of_capital=1 * MILLION)
    with pytest.raises(IndemnityRestedOn, match="DIST-003"):
        undo(tx, sheet)


def last_distribution(tx: Tx) -> int:
    return int(tx.execute(text("SELECT max(id) FROM distribution")).scalar_one())


def test_who_has_not_given_back_is_paid_nothing_and_sells_nothing(scene: Scene) -> None:
    tx, fund = scene(distributed)
    sheet = a_giveback(tx, fund)
    receive(tx, sheet, fund["LP02"], 800_000 * YUAN)
    with pytest.raises(InArrears) as caught:
        draft_distribution(
            tx,
            ACCOUNTANT,
            fund_id=fund.fund_id,
            pay_on=LATER,
            source="x",
            return_of_capital=MILLION,
            now=noon(LATER),
        )
    assert [one.where for one in caught.value.problems] == ["LP01"]
    with pytest.raises(IndemnityOpen):
        a_transfer(tx, fund, commitment=30 * MILLION, on=LATER)


def test_a_buyer_takes_over_what_was_received_and_given_back(scene: Scene) -> None:
    tx, fund = scene(distributed, giveback_restores=True)
    given_back(tx, a_giveback(tx, fund))
    whole = unfunded(tx, fund_id=fund.fund_id, as_of=LATER)
    a_transfer(tx, fund, commitment=20 * MILLION, on=LATER)
    found = {one.partner_id: one for one in reaches(tx, fund_id=fund.fund_id, on=LATER)}
    sold, bought = found[fund["LP01"]], found[fund["LP03"]]
    assert (bought.received, bought.given, bought.within) == (
        2_800_000 * YUAN,
        400_000 * YUAN,
        400_000 * YUAN,
    )
    assert (sold.received, sold.given) == (5_600_000 * YUAN, 800_000 * YUAN)
    own = performance(tx, fund_id=fund.fund_id, as_of=LATER, partner_id=fund["LP03"])
    assert [(flow.on, flow.amount) for flow in own.flows if flow.kind == "giveback"] == [
        (DUE, -400_000 * YUAN)
    ]
    assert own.paid_in == 4_400_000 * YUAN
    after = unfunded(tx, fund_id=fund.fund_id, as_of=LATER)
    assert after[fund["LP03"]] == whole[fund["LP01"]] // 3
    assert sum(after.values()) == sum(whole.values())
    quarter = Quarter.containing(LATER)
    assert breaks(tx, fund_id=fund.fund_id, quarter=quarter) == []
    later = a_giveback(tx, fund, notice_on=LATER, due_on=date(2026, 12, 21), amount=900_000 * YUAN)
    assert {line.partner_id for line in later.lines} == {fund["LP01"], fund["LP02"], fund["LP03"]}
    assert not prove(tx, fund_id=fund.fund_id)


def test_a_partners_people_see_their_own_part_once_notice_is_given(scene: Scene) -> None:
    tx, fund = scene(distributed)
    own = Actor(user_id=9, name="LP", roles=frozenset({Role.LP_USER}), partner_ids=frozenset({fund["LP02"]}))
    draft = a_giveback_draft(tx, fund)
    with pytest.raises(IndemnityUnknown):
        indemnity_by_code(tx, fund_id=fund.fund_id, code=draft.code, actor=own)
    given_back(tx, approve_indemnity(tx, MANAGER, indemnity_id=draft.id, now=noon(NOTICE)))
    seen = indemnity_by_code(tx, fund_id=fund.fund_id, code=draft.code, actor=own)
    assert (
        [line.partner_id for line in seen.lines]
        == [one.partner_id for one in seen.receipts]
        == [fund["LP02"]]
    )
    assert seen.receipts[0].bank_reference is None
    assert [one.code for one in indemnities(tx, fund_id=fund.fund_id, actor=own).items] == [draft.code]
    other = Actor(user_id=8, name="LP", roles=own.roles, partner_ids=frozenset({fund["LP03"]}))
    assert not indemnities(tx, fund_id=fund.fund_id, actor=other).items
    with pytest.raises(IndemnityUnknown):
        indemnity_by_code(tx, fund_id=fund.fund_id, code=draft.code, actor=other)


BROKEN: list[tuple[str, str]] = [
    ("UPDATE indemnity SET state = 'approved'", "giveback LPG-001"),
    ("UPDATE indemnity SET state = 'cancelled'", "given back LP01"),
    ("UPDATE indemnity SET amount = amount - 1", "giveback LPG-001"),
    ("UPDATE indemnity_receipt SET amount = amount - 1", "indemnityin:"),
    (
        "UPDATE indemnity_receipt SET reversed_on = received_on, reversed_at = recorded_at",
        "to be given back LP01",
    ),
]


@pytest.mark.parametrize(("change", "where"), BROKEN)
def test_the_proof_names_a_giveback_that_the_books_do_not_bear_out(
    scene: Scene, change: str, where: str
) -> None:
    tx, fund = scene(distributed)
    given_back(tx, a_giveback(tx, fund))
    tx.execute(text(change))
    tx.expire_all()
    assert any(found.row.startswith(where) for found in prove(tx, fund_id=fund.fund_id))


def test_deal_by_deal_it_counts_like_an_expense(scene: Scene) -> None:
    tx, fund = scene(distributed)
    given_back(tx, a_giveback(tx, fund))
    own = histories(tx, fund_id=fund.fund_id, as_of=LATER)[fund["LP01"]].contributions
    assert [(one.on, one.amount, one.deal) for one in own if one.on == DUE] == [(DUE, 1_200_000 * YUAN, None)]


@pytest.mark.parametrize("called_of_it", [0, YUAN])
def test_what_it_restored_and_was_called_again_stands_in_the_way_of_taking_it_back(
    scene: Scene, called_of_it: int
) -> None:
    tx, fund = scene(distributed, giveback_restores=True)
    left = sum(unfunded(tx, fund_id=fund.fund_id, as_of=DUE).values())
    sheet = given_back(tx, a_giveback(tx, fund))
    a_call(tx, fund, investment(left + called_of_it), due_on=LATER)
    facts: dict[str, Any] = {"indemnity_id": sheet.id, "reason": "withdrawn", "undone_on": LATER}
    if called_of_it:
        with pytest.raises(CalledAgain, match="LPG-001"):
            undo_indemnity(tx, MANAGER, **facts, now=noon(LATER))
        return
    undo_indemnity(tx, MANAGER, **facts, now=noon(LATER))
    assert set(unfunded(tx, fund_id=fund.fund_id, as_of=LATER).values()) == {0}
