"""Interest on a default is the other partners': paid on to each and taken back in its order."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from fund.capital.commitments import later_close
from fund.capital.inflows import call_sheet
from fund.capital.rules import BankReferenceTaken
from fund.defaults.actions import (
    undo_interest,
)
from fund.defaults.rules import (
    AboveInterest,
    DefaultUnknown,
    InterestPassedOn,
    NothingToPassOn,
)
from fund.defaults.sharing import pay_on, payable_by_partner, undo_pay_on
from fund.ledger.actions import reverse
from fund.ledger.cash_items import cash_items
from fund.ledger.undo_rules import AlreadyUndone, HasOwnUndo
from fund.results.proof import prove
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    a_paid_call,
    a_receipt,
    committed,
    investment,
    noon,
)
from tests.builders.defaults import NOTICED, noticed, paid, promised, unpaid
from tests.builders.waiting import until_waiting
from tests.scenes import Scene

DUE, CURED = date(2026, 3, 2), date(2026, 3, 22)


def test_interest_is_paid_on_to_each_and_taken_back_in_its_order(scene: Scene) -> None:
    tx, (fund, call_id) = scene(unpaid)
    given = noticed(tx, fund, call_id)
    facts = {"fund_id": fund.fund_id, "now": noon(CURED)}
    with pytest.raises(NothingToPassOn):
        pay_on(tx, ACCOUNTANT, paid_on=CURED, **facts)
    with pytest.raises(AboveInterest):
        paid(tx, given.id, 100_01, NOTICED)
    paid(tx, given.id, 80_00, NOTICED)
    with pytest.raises(BankReferenceTaken):
        paid(tx, given.id, 1_00, NOTICED)
    assert pay_on(tx, ACCOUNTANT, paid_on=CURED, **facts) == {fund["LP02"]: 50_00, fund["LP03"]: 30_00}
    moved = {one.key: one.amount for one in cash_items(tx, fund_id=fund.fund_id)}
    assert moved[f"default:{given.id}.1"] == 80_00
    assert moved[f"defaultpay:1/{fund['LP02']}"] == -50_00
    back = {"default_id": given.id, "number": 1, "reason": "returned", "undone_on": CURED, "now": noon(CURED)}
    with pytest.raises(InterestPassedOn):
        undo_interest(tx, ACCOUNTANT, **back)
    with pytest.raises(HasOwnUndo):
        reverse(
            tx,
            ACCOUNTANT,
            fund_id=fund.fund_id,
            reference=f"DEFAULT-{given.id}.1/LP02",
            reason="x",
            effective_on=CURED,
            now=noon(CURED),
        )
    undo_pay_on(tx, ACCOUNTANT, number=1, reason="wrong account", undone_on=CURED, **facts)
    assert undo_interest(tx, ACCOUNTANT, **back).interest_paid == 0
    with pytest.raises(AlreadyUndone):
        undo_interest(tx, ACCOUNTANT, **back)
    with pytest.raises(DefaultUnknown):
        undo_interest(tx, ACCOUNTANT, **(back | {"number": 9}))
    assert payable_by_partner(tx, fund_id=fund.fund_id) == {}
    paid(tx, given.id, 80_00, NOTICED, "I2")
    pay_on(tx, ACCOUNTANT, paid_on=CURED, **facts)
    assert prove(tx, fund_id=fund.fund_id) == []


def test_interest_on_the_call_of_a_later_close_is_the_earlier_partners(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03", "LP04"])
    promised(tx, fund.fund_id)
    a_paid_call(tx, fund, investment(10_000_000_00), due_on=DUE)
    closed, due, late = date(2026, 10, 12), date(2026, 11, 2), date(2026, 11, 20)
    close = later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund["LP03"]: 50_000_000_00, fund["LP04"]: 50_000_000_00},
        closed_on=closed,
        due_on=due,
        now=noon(closed),
    )
    assert close.call_id is not None
    a_receipt(tx, call_sheet(tx, call_id=close.call_id), fund["LP04"], on=due)
    given = noticed(tx, fund, close.call_id, code="LP03", on=late)
    assert given.interest > 100_00
    paid(tx, given.id, 100_00, late)
    # LP01 and LP02 stood in 60 : 40; LP04 came as late as LP03 and stood in for nobody.
    assert payable_by_partner(tx, fund_id=fund.fund_id) == {fund["LP01"]: 60_00, fund["LP02"]: 40_00}
    assert prove(tx, fund_id=fund.fund_id) == []


def test_interest_that_is_being_paid_on_is_not_taken_back(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        fund, call_id = unpaid(tx)
        given = noticed(tx, fund, call_id)
        paid(tx, given.id, 80_00, NOTICED)

    def take_back() -> str:
        said = {"number": 1, "reason": "returned", "undone_on": CURED, "now": noon(CURED)}
        try:
            with database.transaction(SYSTEM) as tx:
                undo_interest(tx, ACCOUNTANT, default_id=given.id, **said)
        except InterestPassedOn as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(1) as pool, database.transaction(SYSTEM) as tx:
        pay_on(tx, ACCOUNTANT, fund_id=fund.fund_id, paid_on=CURED, now=noon(CURED))
        waiting = pool.submit(take_back)
        until_waiting(tx, 1)
        tx.commit()
        assert waiting.result() == InterestPassedOn.code
    with database.transaction(SYSTEM) as tx:
        assert payable_by_partner(tx, fund_id=fund.fund_id) == {}
