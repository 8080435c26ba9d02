"""Partners give distributions back: asked for, received, taken back, and what follows from each."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import text

from fund.capital.deal_flows import histories
from fund.capital.distributions import draft_distribution, undo_distribution
from fund.capital.forms import waterfalls
from fund.capital.giveback_receipts import receive_giveback, reverse_giveback_receipt
from fund.capital.indemnities import approve_indemnity, cancel_indemnity, reaches, undo_indemnity
from fund.capital.payable import CalledAgain, InArrears
from fund.capital.positions import unfunded
from fund.capital.receipts import NotCalled, ReceivedOutOfTime
from fund.capital.rules import (
    BankReferenceTaken,
    NoticeTooShort,
    ReceiptAboveOutstanding,
    SamePerson,
    SharesMoved,
    WrongState,
)
from fund.capital.waterfall import Working
from fund.indemnities.queries import IndemnitySheet, due_between, indemnities, indemnity_by_code
from fund.indemnities.rules import (
    AboveGiveback,
    DistributionGivenBack,
    GivebackNotPromised,
    IndemnityOpen,
    IndemnityReceiptUnknown,
    IndemnityRestedOn,
    IndemnityState,
    IndemnityUnknown,
)
from fund.ledger.cash_items import cash_items
from fund.ledger.queries import balances, total
from fund.ledger.rules import Account
from fund.results.commitment import commitment_account
from fund.results.ilpa import breaks, tables
from fund.results.performance import performance, progression
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    CapitalFund,
    a_call,
    a_distribution,
    investment,
    noon,
)
from tests.builders.indemnities import (
    DUE,
    FIRST,
    MILLION,
    NOTICE,
    a_giveback,
    a_giveback_draft,
    distributed,
    given_back,
)
from tests.builders.transfers import a_transfer

YUAN = MILLION // 1_000_000
QUARTER, LATER = Quarter.containing(DUE), date(2026, 12, 1)


def stands(tx: Tx, fund: CapitalFund) -> object:
    """Everything that a giveback moves."""
    return (
        balances(tx, fund_id=fund.fund_id, as_of=date.max, by=("account", "partner")),
        unfunded(tx, fund_id=fund.fund_id, as_of=LATER),
        reaches(tx, fund_id=fund.fund_id, on=LATER),
        performance(tx, fund_id=fund.fund_id, as_of=LATER),
    )


def row(tx: Tx, fund: CapitalFund, number: int, code: str | None = "LP01") -> tuple[int, ...]:
    columns = tables(tx, fund_id=fund.fund_id, quarter=QUARTER)[fund[code] if code else None]
    return tuple(columns[period][number] for period in ("qtd", "ytd", "itd"))


def test_what_is_asked_back_is_due_comes_in_and_is_paid_in_outside_commitment(tx: Tx) -> None:
    fund = distributed(tx)
    before, left = (
        performance(tx, fund_id=fund.fund_id, as_of=DUE),
        unfunded(tx, fund_id=fund.fund_id, as_of=DUE),
    )
    draft = a_giveback_draft(tx, fund)
    one = draft.line(fund["LP01"])
    assert one is not None
    # The distribution of April is free; the cap is a quarter of all 8.4m that were received.
    assert (one.received, one.within, one.most) == (8_400_000 * YUAN, 2_400_000 * YUAN, 2_100_000 * YUAN)
    assert {line.partner_id: line.amount for line in draft.lines} == {
        fund["LP01"]: 1_200_000 * YUAN,
        fund["LP02"]: 800_000 * YUAN,
    }
    assert total(tx, fund_id=fund.fund_id, accounts=[Account.GIVEN_BACK], as_of=date.max) == 0
    sheet = approve_indemnity(tx, MANAGER, indemnity_id=draft.id, now=noon(NOTICE))
    assert (sheet.code, sheet.state, sheet.notice_on) == ("LPG-001", IndemnityState.APPROVED, NOTICE)
    assert not prove(tx, fund_id=fund.fund_id)
    done = given_back(tx, sheet)
    assert (done.state, done.came) == (IndemnityState.RECEIVED, 2 * MILLION)
    assert total(tx, fund_id=fund.fund_id, accounts=[Account.CASH], as_of=DUE) == -8 * MILLION
    after = performance(tx, fund_id=fund.fund_id, as_of=DUE)
    assert (after.paid_in, after.distributed) == (before.paid_in + 2 * MILLION, before.distributed)
    assert [(flow.on, flow.amount) for flow in after.flows if flow.kind == "giveback"] == [
        (DUE, -1_200_000 * YUAN),
        (DUE, -800_000 * YUAN),
    ]
    assert progression(tx, fund_id=fund.fund_id, through=QUARTER)[-1].paid_in == after.paid_in
    assert unfunded(tx, fund_id=fund.fund_id, as_of=DUE) == left
    assert not prove(tx, fund_id=fund.fund_id)
    # A payment each, as a bank would show it.
    assert [one.amount for one in cash_items(tx, fund_id=fund.fund_id, since=DUE)] == [
        1_200_000 * YUAN,
        800_000 * YUAN,
    ]


def test_the_ilpa_rows_count_it_as_a_contribution_that_uses_up_no_commitment(tx: Tx) -> None:
    fund = distributed(tx)
    given_back(tx, a_giveback(tx, fund))
    assert row(tx, fund, 13) == (1_200_000 * YUAN, 13_200_000 * YUAN, 13_200_000 * YUAN)
    assert row(tx, fund, 14) == (0, -8_400_000 * YUAN, -8_400_000 * YUAN)
    assert row(tx, fund, 110) == (0, -12 * MILLION, -12 * MILLION)
    assert row(tx, fund, 113) == (0, 60 * MILLION, 0)
    assert row(tx, fund, 114, None) == (80 * MILLION,) * 3
    told = due_between(tx, fund_id=fund.fund_id, since=QUARTER.starts_on, as_of=QUARTER.ends_on)
    assert told == [("LPG-001", DUE, 2 * MILLION)]
    assert breaks(tx, fund_id=fund.fund_id, quarter=QUARTER) == []


def test_where_the_charter_restores_it_so_much_more_can_be_called(tx: Tx) -> None:
    fund = distributed(tx, giveback_restores=True)
    given_back(tx, a_giveback(tx, fund))
    assert unfunded(tx, fund_id=fund.fund_id, as_of=DUE)[fund["LP01"]] == 49_200_000 * YUAN
    # The year begins before the fund: what was committed stands in its column too.
    assert row(tx, fund, 113) == (1_200_000 * YUAN, 61_200_000 * YUAN, 1_200_000 * YUAN)
    assert row(tx, fund, 114) == (49_200_000 * YUAN,) * 3
    assert breaks(tx, fund_id=fund.fund_id, quarter=QUARTER) == []
    account = commitment_account(tx, fund_id=fund.fund_id, partner_id=fund["LP01"], quarter=QUARTER)
    assert (account.row("returned").qtd, account.row("released").qtd) == (1_200_000 * YUAN, 0)
    assert not prove(tx, fund_id=fund.fund_id)


def test_a_later_waterfall_gives_it_back_first_with_the_hurdle_on_it(tx: Tx) -> None:
    fund = distributed(tx, hurdle=Fraction(8, 100))
    given_back(tx, a_giveback(tx, fund))
    on = date.fromordinal(DUE.toordinal() + 365)
    with_it = waterfalls(tx, fund_id=fund.fund_id, on=on).sold(fund["LP01"], 0)
    assert isinstance(with_it, Working)
    # 12m were paid in and 8.4m came back; 1.2m are paid in anew and earn 8 % in their first year.
    assert with_it.before.unreturned == 4_800_000 * YUAN
    flows = [
        flow for flow in waterfalls(tx, fund_id=fund.fund_id, on=on).flows[fund["LP01"]] if flow.on == DUE
    ]
    assert [(flow.contribution, flow.amount) for flow in flows] == [(True, 1_200_000 * YUAN)]


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"amount": 3_500_001 * 100}, AboveGiveback),
        ({"due_on": date(2026, 10, 19)}, NoticeTooShort),
    ],
)
def test_a_giveback_keeps_to_its_term_and_its_notice(tx: Tx, facts: dict[str, Any], refusal: Any) -> None:
    with pytest.raises(refusal):
        a_giveback_draft(tx, distributed(tx), **facts)


def test_a_fund_without_the_term_asks_nothing_back(tx: Tx) -> None:
    fund = distributed(tx, giveback_cap=None, giveback_months=None)
    with pytest.raises(GivebackNotPromised, match="no term by which partners give distributions back"):
        a_giveback_draft(tx, fund)
    assert {one.most for one in reaches(tx, fund_id=fund.fund_id, on=NOTICE)} == {0}


def test_a_second_giveback_asks_for_what_the_first_has_left(tx: Tx) -> None:
    fund = distributed(tx)
    first = a_giveback(tx, fund)
    with pytest.raises(AboveGiveback, match=r"1,500,000\.00 at most"):
        a_giveback_draft(tx, fund, amount=1_500_000 * YUAN + 1)
    a_giveback(tx, fund, amount=1_500_000 * YUAN)
    with pytest.raises(IndemnityRestedOn, match="LPG-002"):
        undo(tx, first)


def test_somebody_else_approves_and_only_what_still_comes_to_the_same(tx: Tx) -> None:
    fund = distributed(tx)
    draft = a_giveback_draft(tx, fund)
    with pytest.raises(SamePerson):
        approve_indemnity(tx, ACCOUNTANT, indemnity_id=draft.id, now=noon(NOTICE))
    a_distribution(tx, fund, pay_on=NOTICE, return_of_capital=1 * MILLION)
    # By 60 : 40 as before: only what each could be asked has grown.
    approve_indemnity(tx, MANAGER, indemnity_id=draft.id, now=noon(NOTICE))
    with pytest.raises(WrongState):
        cancel_indemnity(tx, ACCOUNTANT, indemnity_id=draft.id, reason="x", now=noon(NOTICE))
    gone = a_giveback_draft(tx, fund, amount=1)
    told = cancel_indemnity(tx, ACCOUNTANT, indemnity_id=gone.id, reason="nothing is due", now=noon(NOTICE))
    assert (told.state, told.cancel_reason) == (IndemnityState.CANCELLED, "nothing is due")


def test_a_draft_whose_parts_have_moved_is_not_approved(tx: Tx) -> None:
    fund = distributed(tx)
    draft = a_giveback_draft(tx, fund)
    a_transfer(tx, fund, commitment=20 * MILLION, on=NOTICE)
    with pytest.raises(SharesMoved):
        approve_indemnity(tx, MANAGER, indemnity_id=draft.id, now=noon(NOTICE))


def receive(tx: Tx, sheet: IndemnitySheet, partner: int, amount: int, **facts: Any) -> IndemnitySheet:
    usual: dict[str, Any] = {"received_on": DUE, "bank_reference": "B-1", "now": noon(DUE)}
    return receive_giveback(
        tx, ACCOUNTANT, indemnity_id=sheet.id, partner_id=partner, amount=amount, **usual | facts
    )


def undo(tx: Tx, sheet: IndemnitySheet, on: date = LATER) -> IndemnitySheet:
    return undo_indemnity(
        tx, MANAGER, indemnity_id=sheet.id, reason="claim withdrawn", undone_on=on, now=noon(on)
    )


def test_receipts_come_in_parts_and_one_booked_wrongly_is_reversed_by_itself(tx: Tx) -> None:
    fund = distributed(tx)
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
def test_taken_back_every_balance_is_what_it_was(tx: Tx, has_come: bool) -> None:
    fund = distributed(tx, giveback_restores=True)
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


def test_what_was_worked_out_with_it_is_taken_back_first_and_it_before_what_it_counted(tx: Tx) -> None:
    fund = distributed(tx)
    sheet = given_back(tx, a_giveback(tx, fund))
    facts: dict[str, Any] = {"reason": "x", "undone_on": LATER, "now": noon(LATER)}
    with pytest.raises(DistributionGivenBack, match="LPG-001, of 2026-10-12"):
        undo_distribution(tx, MANAGER, distribution_id=last_distribution(tx), **facts)
    a_distribution(tx, fund, pay_on=LATER, return_of_capital=1 * MILLION)
    with pytest.raises(IndemnityRestedOn, match="DIST-003"):
        undo(tx, sheet)


def last_distribution(tx: Tx) -> int:
    return int(tx.execute(text("SELECT max(id) FROM distribution")).scalar_one())


def test_who_has_not_given_back_is_paid_nothing_and_sells_nothing(tx: Tx) -> None:
    fund = distributed(tx)
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


def test_a_buyer_takes_over_what_was_received_and_given_back(tx: Tx) -> None:
    fund = distributed(tx, giveback_restores=True)
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


def test_a_partners_people_see_their_own_part_once_notice_is_given(tx: Tx) -> None:
    fund = distributed(tx)
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
def test_the_proof_names_a_giveback_that_the_books_do_not_bear_out(tx: Tx, change: str, where: str) -> None:
    fund = distributed(tx)
    given_back(tx, a_giveback(tx, fund))
    tx.execute(text(change))
    tx.expire_all()
    assert any(found.row.startswith(where) for found in prove(tx, fund_id=fund.fund_id))


def test_deal_by_deal_it_counts_like_an_expense(tx: Tx) -> None:
    fund = distributed(tx)
    given_back(tx, a_giveback(tx, fund))
    own = histories(tx, fund_id=fund.fund_id, as_of=LATER)[fund["LP01"]].contributions
    assert [(one.on, one.amount, one.deal) for one in own if one.on == DUE] == [(DUE, 1_200_000 * YUAN, None)]


@pytest.mark.parametrize("called_of_it", [0, YUAN])
def test_what_it_restored_and_was_called_again_stands_in_the_way_of_taking_it_back(
    tx: Tx, called_of_it: int
) -> None:
    fund = distributed(tx, giveback_restores=True)
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
