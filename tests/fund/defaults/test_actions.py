"""A partner does not pay: notice, interest outside commitment and performance, cure, and the way of the interest on."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fund.capital.calls import cancel_call
from fund.capital.commitments import later_close
from fund.capital.inflows import call_sheet
from fund.capital.positions import unfunded
from fund.capital.rules import BankReferenceTaken
from fund.charter.life import DayOutsideFund
from fund.defaults.actions import (
    give_notice,
    receive_interest,
    set_terms,
    undo_interest,
    withdraw_notice,
)
from fund.defaults.queries import default, default_terms, defaults, overdue
from fund.defaults.rules import (
    AboveInterest,
    DefaultHasInterest,
    DefaultReasonMissing,
    DefaultState,
    DefaultTerms,
    DefaultTermsTooEarly,
    DefaultTermsUnknown,
    DefaultUnknown,
    DefaultWithdrawn,
    InterestPassedOn,
    NothingToPassOn,
    NoticeGiven,
    NotInDefault,
)
from fund.defaults.sharing import pay_on, payable_by_partner, undo_pay_on
from fund.ledger.actions import reverse
from fund.ledger.cash_items import cash_items
from fund.ledger.undo_rules import AlreadyUndone, HasOwnUndo
from fund.partners.rules import PartnerUnknown
from fund.results.accounts import navs
from fund.results.proof import prove
from kernel.db import Database, Tx
from kernel.errors import Forbidden
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    CapitalFund,
    a_call,
    a_paid_call,
    a_receipt,
    committed,
    investment,
    noon,
)
from tests.builders.defaults import NOTICED, TERMS, noticed, promised
from tests.builders.waiting import until_waiting
from tests.scenes import Scene

DUE, CURED = date(2026, 3, 2), date(2026, 3, 22)


def unpaid(tx: Tx) -> tuple[CapitalFund, int]:
    """LP01 owes 36,500 of a call of 60,833.33 that LP02 has paid; at 10 % that is 10 yuan a day."""
    fund = committed(tx, {"LP01": 60_000_000_00, "LP02": 25_000_000_00, "LP03": 15_000_000_00})
    promised(tx, fund.fund_id)
    call = a_call(tx, fund, investment(60_833_33))
    a_receipt(tx, call, fund["LP02"])
    a_receipt(tx, call, fund["LP03"])
    assert call.line(fund["LP01"]).outstanding == 36_500_00
    return fund, call.id


def paid(tx: Tx, default_id: int, amount: int, on: date, reference: str = "I1") -> None:
    receive_interest(
        tx,
        ACCOUNTANT,
        default_id=default_id,
        amount=amount,
        received_on=on,
        bank_reference=reference,
        now=noon(on),
    )


def test_a_default_is_cured_by_principal_and_interest_and_touches_no_figure(scene: Scene) -> None:
    tx, (fund, call_id) = scene(unpaid)
    assert [(one.partner_id, one.days_late) for one in overdue(tx, fund_id=fund.fund_id, as_of=NOTICED)] == [
        (fund["LP01"], 10)
    ]
    given = noticed(tx, fund, call_id)
    assert overdue(tx, fund_id=fund.fund_id, as_of=NOTICED) == []
    assert (given.cure_until, given.owed, given.interest) == (CURED, 36_500_00, 100_00)
    assert given.state is DefaultState.CURING
    before = (navs(tx, fund_id=fund.fund_id, as_of=CURED), unfunded(tx, fund_id=fund.fund_id, as_of=CURED))
    a_receipt(tx, call_sheet(tx, call_id=call_id), fund["LP01"], 36_500_00, on=CURED, bank_reference="P1")
    late = default(tx, default_id=given.id, as_of=date(2026, 12, 31))
    assert (late.owed, late.interest, late.to_cure, late.state) == (0, 200_00, 200_00, DefaultState.PAST_CURE)
    paid(tx, given.id, 200_00, CURED)
    done = default(tx, default_id=given.id, as_of=CURED)
    assert (done.state, done.interest_paid, done.to_cure) == (DefaultState.CURED, 200_00, 0)
    after = (navs(tx, fund_id=fund.fund_id, as_of=CURED), unfunded(tx, fund_id=fund.fund_id, as_of=CURED))
    assert before == after
    # 25 and 15 of the 40 millions that stood in: 125 and 75.
    assert payable_by_partner(tx, fund_id=fund.fund_id) == {fund["LP02"]: 125_00, fund["LP03"]: 75_00}
    assert prove(tx, fund_id=fund.fund_id) == []


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


def test_with_its_call_goes_the_default_but_interest_that_came_in_is_taken_back_by_itself(
    scene: Scene,
) -> None:
    tx, fund = scene(committed)
    promised(tx, fund.fund_id)
    call = a_call(tx, fund, investment(60_833_33))
    given = noticed(tx, fund, call.id)
    paid(tx, given.id, 50_00, NOTICED)
    cancel_call(
        tx, MANAGER, call_id=call.id, reason="项目终止", cancelled_on=CURED, now=noon(date(2026, 5, 1))
    )
    before = default(tx, default_id=given.id, as_of=date(2026, 3, 21))
    assert (before.state, before.owed > 0) == (DefaultState.CURING, True)
    gone = default(tx, default_id=given.id, as_of=CURED)
    assert (gone.state, gone.to_cure, gone.withdrawn_because) == (DefaultState.WITHDRAWN, 0, "项目终止")
    assert (gone.interest, gone.interest_paid) == (50_00, 50_00)
    # Neither as of a day on which it stood, nor by a remedy.
    with pytest.raises(DefaultWithdrawn):
        paid(tx, given.id, 1_00, NOTICED, "I2")
    with pytest.raises(DefaultWithdrawn):
        withdraw_notice(tx, ACCOUNTANT, default_id=given.id, reason="x", now=noon(CURED))
    facts: dict[str, Any] = {"default_id": given.id, "number": 1, "reason": "项目终止", "undone_on": CURED}
    assert undo_interest(tx, ACCOUNTANT, **facts, now=noon(CURED)).interest_paid == 0
    assert payable_by_partner(tx, fund_id=fund.fund_id) == {}
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


def test_a_notice_is_withdrawn_and_given_again(scene: Scene) -> None:
    tx, (fund, call_id) = scene(unpaid)
    given = noticed(tx, fund, call_id)
    with pytest.raises(NoticeGiven):
        noticed(tx, fund, call_id)
    with pytest.raises(NotInDefault):
        noticed(tx, fund, call_id, code="LP02")
    with pytest.raises(NotInDefault):
        noticed(tx, fund, call_id, code="GP")
    for unknown in (0, 10**30):
        with pytest.raises(PartnerUnknown):
            give_notice(
                tx,
                ACCOUNTANT,
                call_id=call_id,
                partner_id=unknown,
                noticed_on=NOTICED,
                now=noon(NOTICED),
            )
    at = {"default_id": given.id, "now": noon(NOTICED)}
    with pytest.raises(DefaultReasonMissing):
        withdraw_notice(tx, ACCOUNTANT, reason=" ", **at)
    paid(tx, given.id, 10_00, NOTICED)
    with pytest.raises(DefaultHasInterest):
        withdraw_notice(tx, ACCOUNTANT, reason="mistake", **at)
    undo_interest(tx, ACCOUNTANT, number=1, reason="mistake", undone_on=NOTICED, **at)
    gone = withdraw_notice(tx, ACCOUNTANT, reason="mistake", **at)
    assert (gone.state, gone.withdrawn_because) == (DefaultState.WITHDRAWN, "mistake")
    with pytest.raises(DefaultWithdrawn):
        paid(tx, given.id, 10_00, NOTICED)
    again = noticed(tx, fund, call_id)
    assert [one.id for one in defaults(tx, fund_id=fund.fund_id, as_of=NOTICED, call_id=call_id)] == [
        again.id,
        given.id,
    ]
    with pytest.raises(DefaultUnknown):
        paid(tx, 10**9, 1, NOTICED)


def test_a_notice_keeps_the_terms_of_its_day(scene: Scene) -> None:
    tx, (fund, call_id) = scene(unpaid)
    given = noticed(tx, fund, call_id)
    facts = {"fund_id": fund.fund_id, "note": "", "now": noon(NOTICED)}
    softer = DefaultTerms(30, Fraction(5, 100))
    with pytest.raises(DefaultTermsTooEarly):
        set_terms(tx, MANAGER, terms=softer, effective_on=date(2026, 1, 1), **facts)
    with pytest.raises(DayOutsideFund, match="9999-12-31"):
        set_terms(tx, MANAGER, terms=softer, effective_on=date.max, **facts)
    set_terms(tx, MANAGER, terms=softer, effective_on=date(2026, 3, 1), **facts)
    assert default(tx, default_id=given.id, as_of=NOTICED).rate == TERMS.rate
    assert default_terms(tx, fund_id=fund.fund_id, as_of=NOTICED) == softer
    with pytest.raises(DefaultTermsUnknown):
        default_terms(tx, fund_id=fund.fund_id, as_of=date(2025, 1, 1))


def test_a_partner_reads_its_own_default_and_its_own_rows_only(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        fund, call_id = unpaid(tx)
        given = noticed(tx, fund, call_id)
        paid(tx, given.id, 80_00, NOTICED)
    people = {
        code: Actor(number, code, frozenset({Role.LP_USER}), frozenset({fund[code]}))
        for number, code in enumerate(("LP01", "LP02"), start=41)
    }
    with database.transaction(people["LP01"]) as tx:
        [own] = defaults(tx, fund_id=fund.fund_id, as_of=NOTICED, actor=people["LP01"])
        assert (own.id, own.interest_paid) == (given.id, 80_00)
        assert payable_by_partner(tx, fund_id=fund.fund_id) == {}
        with pytest.raises(Forbidden):
            give_notice(
                tx,
                people["LP01"],
                call_id=call_id,
                partner_id=fund["LP02"],
                noticed_on=NOTICED,
                now=noon(NOTICED),
            )
    with database.transaction(people["LP02"]) as tx:
        assert defaults(tx, fund_id=fund.fund_id, as_of=NOTICED, actor=people["LP02"]) == []
        assert defaults(tx, fund_id=fund.fund_id, as_of=NOTICED) == []
        assert payable_by_partner(tx, fund_id=fund.fund_id) == {fund["LP02"]: 50_00}
