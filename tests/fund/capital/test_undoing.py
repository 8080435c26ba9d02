"""What was paid to partners taken back, and calls from before the fund used this software."""

from datetime import date
from typing import Any

import pytest

from fund.capital.call_imports import import_calls
from fund.capital.calls import cancel_call, load_call
from fund.capital.commitments import later_close
from fund.capital.distributions import undo_distribution
from fund.capital.imports import import_receipts
from fund.capital.inflows import call_by_code, call_sheet, receipts
from fund.capital.passing_on import NotAnEqualisation, NotSettled, pay_equalisation, undo_equalisation
from fund.capital.past_rules import DueBeforeNotice, NotHistory
from fund.capital.payable import LaterDistribution
from fund.capital.queries import unfunded, waterfall_flows
from fund.capital.receipts import reverse_receipt
from fund.capital.rules import (
    CallHasReceipts,
    CallState,
    ReasonMissing,
    WrongState,
)
from fund.capital.sharing import DistributionState
from fund.ledger.actions import lock_period
from fund.ledger.cash import CashShort
from fund.ledger.queries import balances
from fund.ledger.rules import PeriodLocked
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, RoleMissing
from kernel.periods import Quarter
from kernel.sheets.reading import SheetRefused
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_distribution,
    a_paid_call,
    a_receipt,
    committed,
    fee,
    investment,
    noon,
)
from tests.scenes import Scene

MILLION = 1_000_000 * YUAN
DUE, CLOSE_DUE = date(2026, 3, 2), date(2026, 9, 1)
PAID, LATER = date(2026, 9, 2), date(2026, 10, 12)
HEAD = "缴款编号,通知日,缴款截止日,款项类别,金额（万元）,用途\n"
BANK = "交易日期,对方户名,贷方金额,缴款编号,银行流水号\n"


def stands(tx: Tx, fund: CapitalFund) -> object:
    facts = {"fund_id": fund.fund_id, "as_of": date.max}
    return balances(tx, **facts), unfunded(tx, **facts), waterfall_flows(tx, **facts)


def why(on: date) -> dict[str, Any]:
    return {"reason": "the bank returned it", "undone_on": on, "now": noon(on)}


def test_an_equalisation_is_paid_taken_back_and_paid_again(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03"])
    first = a_paid_call(tx, fund, investment(20 * MILLION))
    close = later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund["LP03"]: 50 * MILLION},
        closed_on=date(2026, 8, 3),
        due_on=CLOSE_DUE,
        now=noon(date(2026, 8, 3)),
    )
    assert close.call_id is not None
    call = call_sheet(tx, call_id=close.call_id)
    ask: dict[str, Any] = {"call_id": call.id}
    with pytest.raises(NotSettled):
        undo_equalisation(tx, ACCOUNTANT, **ask, **why(PAID))
    with pytest.raises(NotAnEqualisation):
        undo_equalisation(tx, ACCOUNTANT, call_id=first.id, **why(PAID))
    receipt = a_receipt(tx, call, fund["LP03"])
    before = stands(tx, fund)
    for _ in range(2):
        pay_equalisation(tx, ACCOUNTANT, **ask, paid_on=PAID, now=noon(PAID))
        assert stands(tx, fund) != before
        undo_equalisation(tx, ACCOUNTANT, **ask, **why(PAID))
        assert stands(tx, fund) == before
    assert prove(tx, fund_id=fund.fund_id) == []
    gone = {"reason": "bounced", "reversed_on": PAID, "now": noon(PAID)}
    reverse_receipt(tx, ACCOUNTANT, receipt_id=receipt.id, **gone)
    assert call_sheet(tx, call_id=call.id).received == 0


def test_a_paid_distribution_taken_back_restores_every_balance(scene: Scene) -> None:
    tx, fund = scene(committed)
    a_paid_call(tx, fund, investment(20 * MILLION))
    before = stands(tx, fund)
    facts: dict[str, Any] = {"return_of_capital": 5 * MILLION, "recallable": True}
    one = a_distribution(tx, fund, pay_on=PAID, **facts)
    two = a_distribution(tx, fund, pay_on=PAID, **facts)
    with pytest.raises(LaterDistribution, match=r"DIST-002 .* DIST-001"):
        undo_distribution(tx, MANAGER, distribution_id=one.id, **why(LATER))
    with pytest.raises(ReasonMissing):
        undo_distribution(tx, MANAGER, distribution_id=two.id, **(why(LATER) | {"reason": " "}))
    with pytest.raises(RoleMissing):
        undo_distribution(tx, ACCOUNTANT, distribution_id=two.id, **why(LATER))
    for sheet in (two, one):
        undone = undo_distribution(tx, MANAGER, distribution_id=sheet.id, **why(LATER))
        assert (undone.distribution.state, undone.distribution.cancelled_on) == (
            DistributionState.CANCELLED,
            LATER,
        )
    assert stands(tx, fund) == before
    assert [undone.distribution.counts_on(day) for day in (DUE, PAID, LATER)] == [False, True, False]
    assert unfunded(tx, fund_id=fund.fund_id, as_of=PAID)[fund["LP01"]] == 54 * MILLION
    assert prove(tx, fund_id=fund.fund_id) == []
    with pytest.raises(WrongState):
        undo_distribution(tx, MANAGER, distribution_id=one.id, **why(LATER))


def test_a_receipt_that_is_spent_is_not_reversed(scene: Scene) -> None:
    tx, fund = scene(committed)
    call = a_paid_call(tx, fund, investment(20 * MILLION))
    a_distribution(tx, fund, pay_on=PAID, return_of_capital=19 * MILLION)
    gone = {"reason": "bounced", "reversed_on": DUE, "now": noon(PAID)}
    with pytest.raises(CashShort, match=r"only 1,000,000\.00 is in the bank"):
        reverse_receipt(tx, ACCOUNTANT, receipt_id=receipts(tx, call_id=call.id)[0].id, **gone)


def history(tx: Tx, fund: CapitalFund, rows: str, actor: Any = MANAGER, *, on: date = PAID) -> None:
    content = (HEAD + rows).encode()
    import_calls(tx, actor, fund_id=fund.fund_id, filename="c.csv", content=content, now=noon(on))


def test_calls_from_before_are_loaded_one_after_the_other_and_take_receipts(scene: Scene) -> None:
    tx, fund = scene(committed)
    rows = (
        "CALL-001,2026-02-02,2026-02-16,投资款,1000,首笔投资\n"
        "CALL-001,2026-02-02,2026-02-16,管理费,33.3333,管理费\n"
        "CALL-002,2026-04-01,2026-04-05,投资款,700.0001,第二笔\n"
    )
    history(tx, fund, rows)
    one, two = (call_by_code(tx, fund_id=fund.fund_id, code=f"CALL-00{n}") for n in (1, 2))
    assert (one.call.state, one.call.is_loaded, one.call.notice_on) == (
        CallState.ISSUED,
        True,
        date(2026, 2, 2),
    )
    assert (one.call.issued_at, one.call.approved_name) == (noon(PAID), None)
    assert two.lines[0].unfunded_before == 60 * MILLION - one.lines[0].amount
    bank = BANK + f"2026-02-10,LP01,{one.lines[0].amount / 100},CALL-001,B-1\n"
    import_receipts(
        tx, ACCOUNTANT, fund_id=fund.fund_id, filename="b.csv", content=bank.encode(), now=noon(PAID)
    )
    assert call_sheet(tx, call_id=one.id).lines[0].outstanding == 0
    assert prove(tx, fund_id=fund.fund_id) == []
    undo = {"reason": "wrong list", "cancelled_on": PAID, "now": noon(PAID)}
    with pytest.raises(CallHasReceipts):
        cancel_call(tx, MANAGER, call_id=one.id, **undo)
    cancel_call(tx, MANAGER, call_id=two.id, **undo)
    assert call_sheet(tx, call_id=two.id).call.state is CallState.CANCELLED


def test_only_the_manager_loads_and_only_into_open_periods(scene: Scene) -> None:
    tx, fund = scene(committed)
    row = "CALL-001,2026-02-02,2026-02-16,投资款,1000,首笔投资\n"
    with pytest.raises(SheetRefused, match="manager"):
        history(tx, fund, row, ACCOUNTANT)
    facts: dict[str, Any] = {"items": [fee({fund["LP01"]: 1})], "purpose": "p", "now": noon(PAID)}
    ask = {"fund_id": fund.fund_id} | facts
    with pytest.raises(NotHistory):
        load_call(tx, MANAGER, notice_on=PAID, due_on=LATER, **ask)
    with pytest.raises(NotHistory):
        load_call(tx, MANAGER, notice_on=DUE, due_on=LATER, **ask)
    with pytest.raises(DueBeforeNotice):
        load_call(tx, MANAGER, notice_on=DUE, due_on=date(2026, 3, 1), **ask)
    lock_period(tx, SYSTEM, fund_id=fund.fund_id, quarter=Quarter(2026, 1), now=noon(PAID))
    with pytest.raises(PeriodLocked):
        load_call(tx, MANAGER, notice_on=date(2026, 2, 2), due_on=date(2026, 2, 16), **ask)
