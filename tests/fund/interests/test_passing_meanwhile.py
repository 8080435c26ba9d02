"""What is shared out while an interest passes in another transaction goes by who holds it afterwards."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from fund.fees.actions import record_expense
from fund.fees.transfers import approve_transfer
from fund.income.actions import earn, release_earned
from fund.income.rules import EarnedKind
from fund.ledger.undone import standing
from fund.results.proof import prove
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_paid_call,
    committed,
    investment,
    noon,
)
from tests.builders.transfers import a_transfer_draft
from tests.builders.waiting import until_waiting

M = 1_000_000 * YUAN
DUE, CAME, NEXT, TODAY = date(2026, 3, 31), date(2026, 4, 20), date(2026, 4, 21), date(2026, 6, 30)


def facts(fund: CapitalFund) -> dict[str, Any]:
    return {"fund_id": fund.fund_id, "now": noon(TODAY)}


def earns(tx: Tx, fund: CapitalFund, reference: str, on: date) -> None:
    said: dict[str, Any] = {"kind": EarnedKind.INTEREST, "amount": 100, "payer": "中国银行"}
    earn(tx, ACCOUNTANT, reference=reference, earned_on=on, **said, **facts(fund))


def test_what_is_shared_while_an_interest_passes_is_the_buyers(database: Database) -> None:
    """Income, its release and an expense that wait for a transfer read the shares after it."""
    with database.transaction(SYSTEM) as tx:
        fund = committed(tx, newcomers=["LP03"])
        a_paid_call(tx, fund, investment(10 * M))
        earns(tx, fund, "I0", DUE)
        sheet = a_transfer_draft(tx, fund, commitment=60 * M, on=CAME)
    never: dict[str, Any] = {"reference": "I0", "amount": 50, "reason": "不再支付"}
    cost: dict[str, Any] = {"reference": "E1", "ilpa_row": 41, "amount": 100, "payee": "事务所"}
    acts: Sequence[Callable[[Tx], object]] = (
        lambda tx: earns(tx, fund, "I1", NEXT),
        lambda tx: release_earned(tx, ACCOUNTANT, released_on=NEXT, **never, **facts(fund)),
        lambda tx: record_expense(tx, ACCOUNTANT, incurred_on=NEXT, **cost, **facts(fund)),
    )

    def done(act: Callable[[Tx], object]) -> None:
        with database.transaction(SYSTEM) as own:
            act(own)

    with ThreadPoolExecutor(len(acts)) as pool, database.transaction(SYSTEM) as tx:
        approve_transfer(tx, MANAGER, transfer_id=sheet.id, now=noon(CAME))
        waiting = [pool.submit(done, act) for act in acts]
        until_waiting(tx, len(acts))
        tx.commit()
        for one in waiting:
            one.result()
    with database.transaction(SYSTEM) as tx:
        acted = ("earned:I1", "receivable:I0.1", "expense:E1")
        found = [standing(tx, fund_id=fund.fund_id, act=act) for act in acted]
        shares = [{one.debit_partner_id or one.credit_partner_id: one.amount for one in act} for act in found]
        two, three = fund["LP02"], fund["LP03"]
        assert shares == [{two: 40, three: 60}, {two: 20, three: 30}, {two: 40, three: 60}]
        assert prove(tx, fund_id=fund.fund_id) == []
