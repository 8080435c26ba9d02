"""Who takes part in a holding that several kinds of money paid for."""

from datetime import date, datetime
from fractions import Fraction

import pytest

from fund.capital.distributions import draft_distribution
from fund.capital.payable import HoldingMissing
from fund.capital.queries import participation
from fund.capital.shared_since import SharedSince
from fund.holdings.actions import receive_income, sell
from fund.holdings.queries import HoldingSheet
from fund.ledger.queries import balances
from fund.ledger.rules import Account
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.builders.capital import (
    ACCOUNTANT,
    YUAN,
    CapitalFund,
    a_paid_call,
    investment,
    noon,
)
from tests.builders.deal_shares import APRIL, MARCH, MILLION, by_code, parts_of, seventy_thirty
from tests.builders.holdings import a_holding, a_mark, bought
from tests.scenes import Scene


def on_account(tx: Tx, fund: CapitalFund, account: Account) -> dict[str, int]:
    found = balances(tx, fund_id=fund.fund_id, as_of=date.max, accounts=[account], by=("partner",))
    return by_code(fund, {b.partner_id: b.amount for b in found if b.partner_id and b.amount})


def partly_named(tx: Tx, fund: CapitalFund) -> HoldingSheet:
    """A holding of 20m: 15m out of a general call, 5m out of its own, from which LP02 was excused."""
    a_paid_call(tx, fund, investment(15 * MILLION), due_on=MARCH)
    held = a_holding(tx, fund.fund_id, now=noon(MARCH))
    own = investment(5 * MILLION, holding_id=held.id, excused=frozenset([fund["LP02"]]))
    a_paid_call(tx, fund, own, due_on=APRIL)
    bought(tx, held.id, on=date(2026, 4, 2), cost=20 * MILLION, now=noon(date(2026, 4, 2)))
    return held


def test_a_call_for_a_holding_takes_nothing_from_those_whose_money_paid_for_the_rest(scene: Scene) -> None:
    tx, fund = scene(seventy_thirty)
    held = partly_named(tx, fund)
    parts = participation(tx, fund_id=fund.fund_id, as_of=date(2026, 4, 2), holding_id=held.id)
    assert by_code(fund, parts) == {"LP01": 15_500_000 * YUAN, "LP02": 4_500_000 * YUAN}
    sell(
        tx,
        SYSTEM,
        holding_id=held.id,
        sold_on=date(2026, 9, 1),
        quantity=Fraction(1_000_000),
        proceeds=40 * MILLION,
        now=noon(date(2026, 9, 1)),
    )
    assert on_account(tx, fund, Account.REALISED_GAIN) == parts_of(15_500_000, 4_500_000)
    drafted = draft_distribution(
        tx,
        ACCOUNTANT,
        fund_id=fund.fund_id,
        return_of_capital=20 * MILLION,
        gain=20 * MILLION,
        pay_on=date(2026, 9, 10),
        source="sale",
        holding_id=held.id,
        now=noon(date(2026, 9, 10)),
    )
    gross = by_code(fund, {line.partner_id: line.gross for line in drafted.lines if line.gross})
    assert gross == parts_of(31_000_000, 9_000_000)


def test_a_follow_on_called_by_name_later_leaves_the_first_purchase_to_all(scene: Scene) -> None:
    tx, fund = scene(seventy_thirty)
    a_paid_call(tx, fund, investment(15 * MILLION), due_on=MARCH)
    held = a_holding(tx, fund.fund_id, now=noon(MARCH))
    bought(tx, held.id, on=date(2026, 3, 5), cost=15 * MILLION, now=noon(date(2026, 3, 5)))
    a_mark(tx, held.id, on=date(2026, 3, 31), value=25 * MILLION, now=noon(date(2026, 4, 3)))
    own = investment(1 * MILLION, holding_id=held.id, excused=frozenset([fund["LP02"]]))
    a_paid_call(tx, fund, own, due_on=date(2026, 5, 6))
    bought(tx, held.id, on=date(2026, 5, 7), cost=1 * MILLION, quantity=10, now=noon(date(2026, 5, 7)))
    parts = participation(tx, fund_id=fund.fund_id, as_of=date(2026, 6, 30), holding_id=held.id)
    assert by_code(fund, parts) == parts_of(11_500_000, 4_500_000)
    before = participation(tx, fund_id=fund.fund_id, as_of=date(2026, 5, 1), holding_id=held.id)
    assert by_code(fund, before) == parts_of(10_500_000, 4_500_000)


def test_general_money_called_after_a_purchase_does_not_move_its_shares(scene: Scene) -> None:
    tx, fund = scene(seventy_thirty)
    a_paid_call(tx, fund, investment(10 * MILLION), due_on=MARCH)
    held = a_holding(tx, fund.fund_id, now=noon(MARCH))
    bought(tx, held.id, on=date(2026, 3, 5), cost=10 * MILLION, now=noon(date(2026, 3, 5)))
    a_paid_call(tx, fund, investment(4 * MILLION, excused=frozenset([fund["LP02"]])), due_on=APRIL)
    parts = participation(tx, fund_id=fund.fund_id, as_of=date(2026, 6, 30), holding_id=held.id)
    assert by_code(fund, parts) == parts_of(7_000_000, 3_000_000)


def test_capital_or_gain_of_no_named_holding_is_refused_once_somebody_was_excused(scene: Scene) -> None:
    tx, fund = scene(seventy_thirty)
    partly_named(tx, fund)
    facts = {"fund_id": fund.fund_id, "pay_on": date(2026, 9, 10), "source": "sale"}
    now = noon(date(2026, 9, 10))
    with pytest.raises(HoldingMissing) as refused:
        draft_distribution(tx, ACCOUNTANT, gain=1, now=now, **facts)
    assert refused.value.facts["call"] == "CALL-002"
    with pytest.raises(HoldingMissing):
        draft_distribution(tx, ACCOUNTANT, return_of_capital=1, now=now, **facts)


def test_after_a_part_sale_partners_share_by_what_they_paid_for_what_is_left(scene: Scene) -> None:
    """The worked example of docs/ledger.md: half is sold, one partner alone pays for a follow-on."""
    tx, fund = scene(seventy_thirty)
    a_paid_call(tx, fund, investment(10 * MILLION), due_on=MARCH)
    held = a_holding(tx, fund.fund_id, now=noon(MARCH))
    bought(tx, held.id, on=MARCH, cost=10 * MILLION, now=noon(MARCH))
    half = {"quantity": 500_000, "proceeds": 8 * MILLION}
    sell(tx, SYSTEM, holding_id=held.id, sold_on=date(2026, 3, 20), now=noon(date(2026, 3, 20)), **half)
    assert on_account(tx, fund, Account.REALISED_GAIN) == parts_of(2_100_000, 900_000)
    own = investment(5 * MILLION, holding_id=held.id, excused=frozenset([fund["LP02"]]))
    a_paid_call(tx, fund, own, due_on=APRIL)
    bought(tx, held.id, on=APRIL, cost=5 * MILLION, quantity=500_000, now=noon(APRIL))

    def parts(on: date, known_at: datetime | None = None) -> dict[str, int]:
        facts = {"fund_id": fund.fund_id, "as_of": on, "holding_id": held.id, "known_at": known_at}
        return by_code(fund, participation(tx, **facts))

    assert parts(MARCH) == parts_of(7_000_000, 3_000_000)
    assert parts(date(2026, 3, 20)) == parts_of(7_000_000, 3_000_000)
    assert parts(date(2026, 3, 21)) == parts_of(3_500_000, 1_500_000)
    assert parts(APRIL) == parts_of(8_500_000, 1_500_000)
    assert parts(APRIL, known_at=noon(date(2026, 2, 20))) == parts_of(7_000_000, 3_000_000)
    a_mark(tx, held.id, on=date(2026, 6, 30), value=15 * MILLION, now=noon(date(2026, 7, 3)))
    assert on_account(tx, fund, Account.UNREALISED_GAIN) == parts_of(4_250_000, 750_000)
    later = date(2026, 9, 1)
    sell(
        tx,
        SYSTEM,
        holding_id=held.id,
        sold_on=later,
        quantity=1_000_000,
        proceeds=20 * MILLION,
        now=noon(later),
    )
    assert on_account(tx, fund, Account.REALISED_GAIN) == parts_of(10_600_000, 2_400_000)
    assert prove(tx, fund_id=fund.fund_id) == []


def test_a_purchase_that_would_share_known_income_otherwise_names_what_to_take_back_first(
    scene: Scene,
) -> None:
    tx, fund = scene(seventy_thirty)
    a_paid_call(tx, fund, investment(10 * MILLION), due_on=MARCH)
    held = a_holding(tx, fund.fund_id, now=noon(MARCH))
    bought(tx, held.id, on=MARCH, cost=10 * MILLION, now=noon(MARCH))
    own = investment(5 * MILLION, holding_id=held.id, excused=frozenset([fund["LP02"]]))
    a_paid_call(tx, fund, own, due_on=APRIL)
    paid_on, later = date(2026, 5, 6), noon(date(2026, 6, 1))
    receive_income(tx, SYSTEM, holding_id=held.id, received_on=paid_on, amount=10 * MILLION, now=later)
    with tx.begin_nested(), pytest.raises(SharedSince, match="of 2026-05-06") as refused:
        bought(tx, held.id, on=date(2026, 5, 6), cost=2 * MILLION, quantity=1, now=later)
    assert [one.where for one in refused.value.problems] == [f"{held.code}/INCOME-1"]
    # What is bought afterwards changes nothing, nor does what leaves all their parts as they are.
    bought(tx, held.id, on=date(2026, 5, 7), cost=5 * MILLION, quantity=500_000, now=later)
