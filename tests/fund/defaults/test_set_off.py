"""LP01 owes three million of a call: with the advisory committee's consent its distributions pay it; undone again."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fund.capital.commitments import later_close
from fund.capital.distributions import draft_distribution, undo_distribution
from fund.capital.outflows import distribution_sheet
from fund.capital.payable import InArrears, check_paid_up
from fund.capital.queries import call_sheet, due_calls
from fund.capital.receipts import reverse_receipt
from fund.capital.rules import BankReferenceTaken
from fund.capital.set_off_rights import grant_set_off
from fund.defaults.actions import withdraw_notice
from fund.defaults.promise_rules import Remedy
from fund.defaults.queries import default
from fund.defaults.rules import DefaultHasRemedy, DefaultState
from fund.deliveries.rules import Offer
from fund.holdings.in_kind import draft_in_kind
from fund.ledger.queries import balances
from fund.nettings.queries import set_off_rights
from fund.nettings.rules import SetOffOfMore, SetOffUsed
from kernel.db import Tx
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_distribution,
    a_paid_call,
    a_receipt,
    committed,
    investment,
    noon,
)
from tests.builders.holdings import a_holding, bought
from tests.builders.remedies import MILLION, TODAY, consented, done, in_default, proved, undone
from tests.scenes import Scene

THOUSAND = 1_000 * YUAN


def owed(tx: Tx, fund: CapitalFund) -> dict[int, int]:
    found = due_calls(tx, fund_id=fund.fund_id, as_of=TODAY)
    return {line.partner_id: line.outstanding for line in found}


def stands(tx: Tx, fund: CapitalFund) -> object:
    found = balances(tx, fund_id=fund.fund_id, as_of=date.max, by=("account", "partner"))
    return {(one.account, one.partner_id): one.amount for one in found if one.amount}


def test_what_is_owed_is_paid_out_of_distributions_and_the_rest_in_money(scene: Scene) -> None:
    tx, (fund, default_id) = scene(in_default)
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "source": "sale", "pay_on": TODAY, "now": noon(TODAY)}
    with pytest.raises(InArrears):
        draft_distribution(tx, ACCOUNTANT, return_of_capital=4 * MILLION, **facts)
    sheet, before = done(tx, consented(tx, default_id, Remedy.SET_OFF)), stands(tx, fund)
    first = a_distribution(tx, fund, pay_on=TODAY, return_of_capital=4 * MILLION)
    line = distribution_sheet(tx, distribution_id=first.id).line(fund["LP01"])
    assert (line.net, line.set_off, line.paid) == (2_400 * THOUSAND, 2_400 * THOUSAND, 0)
    assert owed(tx, fund) == {fund["LP01"]: 600 * THOUSAND}
    assert default(tx, default_id=default_id, as_of=TODAY).owed == 600 * THOUSAND
    proved(tx, fund)
    # Of the second, what is still owed is set off first; the others, who owe nothing, are paid in full.
    second = a_distribution(tx, fund, pay_on=TODAY, return_of_capital=2 * MILLION)
    lines = distribution_sheet(tx, distribution_id=second.id)
    assert [(lines.line(fund[code]).set_off, lines.line(fund[code]).paid) for code in ("LP01", "LP02")] == [
        (600 * THOUSAND, 600 * THOUSAND),
        (0, 500 * THOUSAND),
    ]
    assert owed(tx, fund) == {}
    proved(tx, fund)
    with pytest.raises(SetOffUsed, match="CALL-001/LP01/set-off-DIST-002 was set off on 2026-05-20"):
        undone(tx, sheet)
    for one in (second, first):
        undo_distribution(
            tx, MANAGER, distribution_id=one.id, reason="sent back", undone_on=TODAY, now=noon(TODAY)
        )
    assert stands(tx, fund) == before
    assert owed(tx, fund) == {fund["LP01"]: 3 * MILLION}
    undone(tx, sheet)
    assert set_off_rights(tx, fund_id=fund.fund_id, as_of=TODAY) == frozenset()
    with pytest.raises(InArrears):
        draft_distribution(tx, ACCOUNTANT, return_of_capital=4 * MILLION, **facts)
    proved(tx, fund)


def test_interest_of_a_later_close_is_not_set_off(tx: Tx) -> None:
    fund, on = committed(tx, newcomers=["LP03"]), date(2026, 10, 12)
    a_paid_call(tx, fund, investment(18 * MILLION))
    close = later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund["LP03"]: 50 * MILLION},
        closed_on=on,
        due_on=date(2026, 11, 2),
        now=noon(on),
    )
    assert close.call_id is not None
    facts: dict[str, Any] = {"effective_on": on, "reason": "no", "now": noon(on)}
    with pytest.raises(SetOffOfMore, match="CALL-002"):
        grant_set_off(
            tx, MANAGER, fund_id=fund.fund_id, call_id=close.call_id, partner_id=fund["LP03"], **facts
        )


def test_only_a_distribution_of_money_pays_what_is_owed(scene: Scene) -> None:
    tx, (fund, default_id) = scene(in_default)
    held = a_holding(tx, fund.fund_id, name_zh="上市公司", code="H01", now=noon(TODAY))
    bought(tx, held.id, on=TODAY, quantity=1_000_000, cost=5 * MILLION, now=noon(TODAY))
    done(tx, consented(tx, default_id, Remedy.SET_OFF))
    offer = Offer("", units=500_000, price=Fraction(5), price_source="收盘价")
    facts: dict[str, Any] = {"pay_on": TODAY, "source": "实物分配", "now": noon(TODAY)}
    with pytest.raises(InArrears):
        draft_in_kind(tx, ACCOUNTANT, fund_id=fund.fund_id, holding_id=held.id, offer=offer, **facts)
    # Returned carry, interest on defaults and what newcomers pay are asked about like this.
    with pytest.raises(InArrears):
        check_paid_up(tx, fund_id=fund.fund_id, partner_ids={fund["LP01"]}, on=TODAY)


def test_a_notice_is_not_withdrawn_while_its_remedy_stands(scene: Scene) -> None:
    tx, (_, default_id) = scene(in_default)
    sheet = done(tx, consented(tx, default_id, Remedy.SET_OFF))
    at: dict[str, Any] = {"default_id": default_id, "reason": "given by mistake", "now": noon(TODAY)}
    with pytest.raises(DefaultHasRemedy):
        withdraw_notice(tx, ACCOUNTANT, **at)
    undone(tx, sheet)
    assert withdraw_notice(tx, ACCOUNTANT, **at).state is DefaultState.WITHDRAWN


def test_money_booked_under_the_reference_of_a_set_off_is_reversed_first(scene: Scene) -> None:
    tx, (fund, default_id) = scene(in_default)
    done(tx, consented(tx, default_id, Remedy.SET_OFF))
    call = call_sheet(tx, call_id=default(tx, default_id=default_id, as_of=TODAY).call_id)
    taken = "DIST-001/LP01/CALL-001"
    made = a_receipt(tx, call, fund["LP01"], YUAN, on=TODAY, bank_reference=taken)
    with pytest.raises(BankReferenceTaken, match=taken), tx.begin_nested():
        a_distribution(tx, fund, pay_on=TODAY, return_of_capital=MILLION)
    reverse_receipt(tx, ACCOUNTANT, receipt_id=made.id, reason="typed", reversed_on=TODAY, now=noon(TODAY))
    a_distribution(tx, fund, pay_on=TODAY, return_of_capital=MILLION)
    proved(tx, fund)
