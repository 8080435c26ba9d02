from datetime import date
from typing import Any

import pytest

from fund.capital.queries import call_sheet, waterfall_flows
from fund.capital.waterfall import Flow
from fund.fees.actions import charge
from fund.fees.closes import join, later_close
from fund.fees.queries import charge_of, payable
from fund.fees.undoing import undo_charge
from fund.ledger.actions import lock_period
from fund.ledger.queries import total
from fund.ledger.rules import Account
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_paid_call,
    committed,
    fee,
    investment,
    noon,
)
from tests.scenes import Scene

MILLION = 1_000_000 * YUAN
CLOSED, DUE = date(2026, 5, 11), date(2026, 6, 1)


def test_a_newcomer_is_charged_and_called_for_the_fee_since_the_first_close(scene: Scene) -> None:
    tx, fund = scene(committed, newcomers=["LP03"])
    newcomer = fund["LP03"]
    a_paid_call(tx, fund, investment(10 * MILLION))
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Quarter(2026, 1), now=noon(date(2026, 1, 15)))
    close = later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={newcomer: 50 * MILLION},
        closed_on=CLOSED,
        due_on=DUE,
        now=noon(CLOSED),
    )
    # 2 % of 50m: the stub from 15 January (76 of 90 days) and the whole second quarter.
    stub, whole = 21_111_111, 25_000_000
    assert close.call_id is not None
    line = call_sheet(tx, call_id=close.call_id).line(newcomer)
    assert line.fee == stub + whole
    fees = [Account.MANAGEMENT_FEE]
    charged = total(tx, fund_id=fund.fund_id, as_of=DUE, partner_id=newcomer, accounts=fees)
    assert -charged == stub + whole
    assert payable(tx, fund_id=fund.fund_id, as_of=DUE) == 3 * (stub + whole)
    assert waterfall_flows(tx, fund_id=fund.fund_id, as_of=DUE)[newcomer] == [
        Flow(date(2026, 1, 15), contribution=True, amount=stub),
        Flow(date(2026, 3, 2), contribution=True, amount=line.investment),
        Flow(date(2026, 4, 1), contribution=True, amount=whole),
    ]


def test_the_next_quarter_charges_everybody_once(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03", "LP04"])
    later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund["LP03"]: 50 * MILLION, fund["LP04"]: 50 * MILLION},
        closed_on=CLOSED,
        due_on=DUE,
        now=noon(CLOSED),
    )
    for quarter in (Quarter(2026, 1), Quarter(2026, 2), Quarter(2026, 3)):
        charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=quarter, now=noon(date(2026, 7, 1)))
        lines = charge_of(tx, fund_id=fund.fund_id, quarter=quarter).lines
        assert sorted(line.commitment for line in lines) == [
            40 * MILLION,
            50 * MILLION,
            50 * MILLION,
            60 * MILLION,
        ]


def test_who_bears_no_fee_owes_none(scene: Scene) -> None:
    tx, fund = scene(committed)
    close = later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund["GP"]: MILLION},
        closed_on=CLOSED,
        due_on=DUE,
        now=noon(CLOSED),
    )
    assert close.call_id is None


def test_a_newcomer_owes_every_quarter_that_was_charged_before_its_close_was_written_down(
    scene: Scene,
) -> None:
    tx, fund = scene(committed, newcomers=["LP03"])
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Quarter(2026, 3), now=noon(date(2026, 7, 1)))
    later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund["LP03"]: 50 * MILLION},
        closed_on=date(2026, 6, 29),
        due_on=date(2026, 7, 20),
        now=noon(date(2026, 7, 2)),
    )
    for number in (1, 2, 3, 4):
        quarter = Quarter(2026, number)
        charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=quarter, now=noon(date(2026, 10, 9)))
        lines = charge_of(tx, fund_id=fund.fund_id, quarter=quarter).lines
        assert fund["LP03"] in {line.partner_id for line in lines}, quarter


def joined(tx: Tx, fund: CapitalFund, on: date) -> None:
    facts: dict[str, Any] = {"amount": 40 * MILLION, "closed_on": on, "now": noon(on)}
    join(tx, SYSTEM, fund_id=fund.fund_id, partner_id=fund["LP03"], **facts)


@pytest.mark.parametrize("charged_first", [True, False])
def test_whoever_joins_on_a_later_day_of_the_first_close_owes_that_quarter_too(
    tx: Tx, charged_first: bool
) -> None:
    fund, day = committed(tx, newcomers=["LP03"]), date(2026, 2, 10)
    ask: dict[str, Any] = {"fund_id": fund.fund_id, "quarter": Quarter(2026, 1)}
    if charged_first:
        charge(tx, SYSTEM, now=noon(date(2026, 1, 20)), **ask)
    joined(tx, fund, day)
    charge(tx, SYSTEM, now=noon(date(2026, 3, 20)), **ask)
    owed = {line.partner_id: line.amount for line in charge_of(tx, **ask).lines}
    assert owed[fund["LP03"]] == owed[fund["LP02"]] > 0
    fees: dict[str, Any] = {"fund_id": fund.fund_id, "accounts": [Account.MANAGEMENT_FEE]}
    for code in ("LP02", "LP03"):
        assert -total(tx, as_of=day, partner_id=fund[code], **fees) == owed[fund[code]]
    assert payable(tx, fund_id=fund.fund_id, as_of=day) == sum(owed.values())
    assert prove(tx, fund_id=fund.fund_id) == []


def test_a_first_quarter_that_is_locked_is_made_up_for_when_the_partner_joins(tx: Tx) -> None:
    fund, day = committed(tx, newcomers=["LP03"]), date(2026, 4, 20)
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Quarter(2026, 1), now=noon(date(2026, 1, 20)))
    lock_period(tx, SYSTEM, fund_id=fund.fund_id, quarter=Quarter(2026, 1), now=noon(date(2026, 4, 9)))
    joined(tx, fund, day)
    fees: dict[str, Any] = {"fund_id": fund.fund_id, "accounts": [Account.MANAGEMENT_FEE]}
    lp03 = {"partner_id": fund["LP03"]}
    assert total(tx, as_of=date(2026, 4, 19), **fees, **lp03) == 0
    # 2 % of 40m for 76 of 90 days, as for the 40m that were there from the first day.
    assert -total(tx, as_of=day, **fees, **lp03) == 16_888_889
    assert prove(tx, fund_id=fund.fund_id) == []


def test_a_newcomers_fee_counts_from_the_days_on_which_the_others_paid_theirs(scene: Scene) -> None:
    """The first call brings the first quarter's fee and a third of the second's; the rest counts from its quarter."""
    tx, fund = scene(committed, newcomers=["LP03"])
    for quarter in (Quarter(2026, 1), Quarter(2026, 2)):
        charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=quarter, now=noon(date(2026, 1, 20)))
    # 42,222,222 and 50,000,000 fen were charged on 100m.
    a_paid_call(tx, fund, fee({fund["LP01"]: 33_000_000, fund["LP02"]: 22_000_000}))
    close = later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund["LP03"]: 50 * MILLION},
        closed_on=CLOSED,
        due_on=DUE,
        now=noon(CLOSED),
    )
    assert close.call_id is not None
    first, second = 21_111_111, 25_000_000
    early = second * 12_777_778 // 50_000_000
    assert waterfall_flows(tx, fund_id=fund.fund_id, as_of=DUE)[fund["LP03"]] == [
        Flow(date(2026, 3, 2), contribution=True, amount=first + early),
        Flow(date(2026, 4, 1), contribution=True, amount=second - early),
    ]


def test_a_fee_charged_again_after_a_later_close_is_charged_to_its_newcomers_too(scene: Scene) -> None:
    tx, fund = scene(committed, newcomers=["LP03"])
    ask: dict[str, Any] = {"fund_id": fund.fund_id, "quarter": Quarter(2026, 1)}
    charge(tx, SYSTEM, now=noon(date(2026, 1, 20)), **ask)
    later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund["LP03"]: 50 * MILLION},
        closed_on=CLOSED,
        due_on=DUE,
        now=noon(CLOSED),
    )
    before = charge_of(tx, **ask)
    undo_charge(tx, ACCOUNTANT, reason="wrong", undone_on=DUE, now=noon(DUE), **ask)
    again = charge(tx, SYSTEM, now=noon(DUE), **ask)
    assert [(one.partner_id, one.amount) for one in again.lines] == [
        (one.partner_id, one.amount) for one in before.lines
    ]
    assert fund["LP03"] in {one.partner_id for one in again.lines}
