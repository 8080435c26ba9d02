"""Later closes: their days, what they share anew, and what locked books keep out."""

from datetime import date

import pytest

from fund.capital.commitments import commit, later_close
from fund.capital.passing_on import pay_equalisation
from fund.capital.queries import (
    call_sheet,
)
from fund.capital.receipts import reverse_receipt
from fund.capital.rules import CommitmentRefused
from fund.ledger.actions import lock_period
from fund.ledger.queries import balances
from fund.ledger.rules import Account, PeriodLocked
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_call,
    a_paid_call,
    a_receipt,
    committed,
    investment,
    noon,
)
from tests.builders.holdings import a_holding, a_mark, bought
from tests.builders.partners import a_partner
from tests.scenes import Scene

FIRST_DUE = date(2026, 3, 2)
CLOSED = date(2026, 10, 12)
DUE = date(2026, 11, 2)
MILLION = 1_000_000 * YUAN


def refusal(tx: Tx, fund: CapitalFund, newcomer: str, closed_on: date, due_on: date) -> tuple[str, str]:
    with pytest.raises(CommitmentRefused) as refused:
        later_close(
            tx,
            MANAGER,
            fund_id=fund.fund_id,
            newcomers={fund[newcomer]: 10 * MILLION},
            closed_on=closed_on,
            due_on=due_on,
            now=noon(closed_on),
        )
    [problem] = refused.value.problems
    return problem.where, problem.says.format_map(problem.facts)


def test_a_later_close_comes_after_the_one_before_and_after_all_that_is_called(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03", "LP04"])
    a_paid_call(tx, fund, investment(10 * MILLION), due_on=FIRST_DUE)
    later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund["LP03"]: 10 * MILLION},
        closed_on=CLOSED,
        due_on=DUE,
        now=noon(CLOSED),
    )
    where, text = refusal(tx, fund, "LP04", date(2026, 9, 14), date(2026, 11, 9))
    says = "close 2 was on 2026-10-12; date this one on that day or later, or take that close back first"
    assert (where, text) == ("closed_on", says)
    a_call(tx, fund, investment(1 * MILLION), due_on=date(2026, 12, 1))
    where, text = refusal(tx, fund, "LP04", date(2026, 11, 9), date(2026, 11, 16))
    assert where == "due_on"
    assert text.startswith("CALL-003 is due on 2026-12-01")


def test_nobody_commits_before_the_day_of_its_admission(scene: Scene) -> None:
    tx, fund = scene(committed)
    late = a_partner(tx, fund.fund_id, "LP09", admitted_on=date(2026, 8, 1), bears_fee=True, bears_carry=True)
    with pytest.raises(CommitmentRefused, match="is a partner from 2026-08-01 only"):
        commit(
            tx,
            SYSTEM,
            fund_id=fund.fund_id,
            partner_id=late.id,
            amount=MILLION,
            closed_on=date(2026, 1, 16),
            now=noon(date(2026, 1, 16)),
        )


def test_a_receipt_booked_again_is_split_as_it_was(scene: Scene) -> None:
    tx, fund = scene(committed, newcomers=["LP03"])
    a_paid_call(tx, fund, investment(18 * MILLION), due_on=FIRST_DUE)
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
    sheet = call_sheet(tx, call_id=close.call_id)
    assert sheet.call.purpose == "第 2 次交割 / Close 2"
    line = sheet.line(fund["LP03"])
    half = (line.amount - line.interest) // 2
    first = a_receipt(tx, sheet, fund["LP03"], half, on=DUE, bank_reference="1")
    a_receipt(tx, sheet, fund["LP03"], line.amount - half, on=DUE, bank_reference="2")
    back = date(2026, 11, 3)
    reverse_receipt(
        tx, ACCOUNTANT, receipt_id=first.id, reason="wrong line", reversed_on=back, now=noon(back)
    )
    again = a_receipt(tx, sheet, fund["LP03"], half, on=back, bank_reference="1")
    assert again.interest == 0
    for account, stands in (
        (Account.CONTRIBUTIONS_RECEIVABLE, 0),
        (Account.EQUALISATION_PAYABLE, line.interest),
    ):
        found = balances(tx, fund_id=fund.fund_id, as_of=back, accounts=[account], partner_id=fund["LP03"])
        assert sum(one.amount for one in found) == stands


def test_a_commitment_within_a_locked_quarter_is_refused_though_it_books_nothing(scene: Scene) -> None:
    tx, fund = scene(committed, newcomers=["LP03"])
    at = noon(date(2026, 4, 5))
    lock_period(tx, ACCOUNTANT, fund_id=fund.fund_id, quarter=Quarter(2026, 1), now=at)
    with pytest.raises(PeriodLocked):
        commit(
            tx,
            SYSTEM,
            fund_id=fund.fund_id,
            partner_id=fund["LP03"],
            amount=MILLION,
            closed_on=date(2026, 2, 2),
            now=at,
        )
    held = a_holding(tx, fund.fund_id, now=at)
    with pytest.raises(PeriodLocked):
        bought(tx, held.id, on=date(2026, 3, 5), cost=0, quantity=5, now=at)


def test_what_is_booked_between_a_later_close_and_its_due_date_is_shared_with_the_newcomer(
    scene: Scene,
) -> None:
    tx, fund = scene(committed, newcomers=["LP03"])
    a_paid_call(tx, fund, investment(20 * MILLION), due_on=FIRST_DUE)
    held = a_holding(tx, fund.fund_id, now=noon(FIRST_DUE))
    bought(tx, held.id, on=FIRST_DUE, cost=20 * MILLION, now=noon(FIRST_DUE))
    close = later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund["LP03"]: 100 * MILLION},
        closed_on=CLOSED,
        due_on=DUE,
        now=noon(CLOSED),
    )
    a_mark(tx, held.id, on=date(2026, 9, 30), value=40 * MILLION, now=noon(date(2026, 10, 20)))
    assert close.call_id is not None
    a_receipt(tx, call_sheet(tx, call_id=close.call_id), fund["LP03"], on=DUE)
    paid_on = date(2026, 11, 3)
    pay_equalisation(tx, ACCOUNTANT, call_id=close.call_id, paid_on=paid_on, now=noon(paid_on))
    found = balances(
        tx, fund_id=fund.fund_id, as_of=paid_on, accounts=[Account.UNREALISED_APPRECIATION], by=("account",)
    )
    assert [one.amount for one in found] == [-20 * MILLION]
    gains = balances(
        tx, fund_id=fund.fund_id, as_of=paid_on, accounts=[Account.UNREALISED_GAIN], by=("partner",)
    )
    assert {one.partner_id: one.amount for one in gains} == {
        fund["LP01"]: 6 * MILLION,
        fund["LP02"]: 4 * MILLION,
        fund["LP03"]: 10 * MILLION,
    }
