from datetime import date

from fund.capital.commitments import commit
from fund.capital.queries import call_sheet, waterfall_flows
from fund.capital.waterfall import Flow
from fund.fees.actions import charge
from fund.fees.closes import later_close
from fund.fees.queries import charge_of, payable
from fund.ledger.queries import total
from fund.ledger.rules import Account
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import MANAGER, YUAN, a_paid_call, committed, investment, noon

MILLION = 1_000_000 * YUAN
CLOSED, DUE = date(2026, 5, 11), date(2026, 6, 1)


def test_a_newcomer_is_charged_and_called_for_the_fee_since_the_first_close(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03"])
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


def test_who_bears_no_fee_owes_none(tx: Tx) -> None:
    fund = committed(tx)
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


def test_a_newcomer_owes_every_quarter_that_was_charged_before_its_close_was_written_down(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03"])
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


def test_whoever_joins_on_a_later_day_of_the_first_close_owes_that_quarter_too(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03"])
    joined = date(2026, 2, 10)
    commit(
        tx,
        SYSTEM,
        fund_id=fund.fund_id,
        partner_id=fund["LP03"],
        amount=40 * MILLION,
        closed_on=joined,
        now=noon(joined),
    )
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Quarter(2026, 1), now=noon(date(2026, 3, 20)))
    lines = charge_of(tx, fund_id=fund.fund_id, quarter=Quarter(2026, 1)).lines
    owed = {line.partner_id: line.amount for line in lines}
    assert owed[fund["LP03"]] == owed[fund["LP02"]] > 0
