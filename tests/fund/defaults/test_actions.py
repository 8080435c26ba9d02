"""A partner does not pay: notice, interest outside commitment and performance, and cure."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fund.capital.calls import cancel_call
from fund.capital.inflows import call_sheet
from fund.capital.positions import unfunded
from fund.charter.life import DayOutsideFund
from fund.defaults.actions import (
    give_notice,
    set_terms,
    undo_interest,
    withdraw_notice,
)
from fund.defaults.queries import default, default_terms, defaults, overdue
from fund.defaults.rules import (
    DefaultHasInterest,
    DefaultReasonMissing,
    DefaultState,
    DefaultTerms,
    DefaultTermsTooEarly,
    DefaultTermsUnknown,
    DefaultUnknown,
    DefaultWithdrawn,
    NoticeGiven,
    NotInDefault,
)
from fund.defaults.sharing import payable_by_partner
from fund.partners.rules import PartnerUnknown
from fund.results.accounts import navs
from fund.results.proof import prove
from kernel.db import Database
from kernel.errors import Forbidden
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    a_call,
    a_receipt,
    committed,
    investment,
    noon,
)
from tests.builders.defaults import NOTICED, TERMS, noticed, paid, promised, unpaid
from tests.scenes import Scene

DUE, CURED = date(2026, 3, 2), date(2026, 3, 22)


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
