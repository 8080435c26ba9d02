"""Side letters in use: the fee they lower day by day, the excuses they grant, elections, and who may read them."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fund.charter.life import DayOutsideFund
from fund.charter.rules import Dimension, Language
from fund.fees.actions import charge
from fund.fees.undoing import adjust_charge
from fund.fees.workings import gaps
from fund.holdings.calling import draft_call, entitled
from fund.ledger.actions import lock_period
from fund.ledger.rules import PeriodLocked
from fund.results.proof import prove
from fund.side_letters.actions import write_letter
from fund.side_letters.elections import better, elect
from fund.side_letters.queries import (
    elections,
    excuses_of,
    language_of,
    letters,
    promised,
)
from fund.side_letters.rules import (
    NOTHING,
    Excuse,
    ExcuseUngrounded,
    LetterChanged,
    LetterTerms,
    LetterUnknown,
    NoElection,
    NotOffered,
    Offer,
    Promise,
)
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from kernel.periods import Quarter
from tests.builders.capital import ACCOUNTANT, MANAGER, YUAN, CapitalFund, committed, investment, noon
from tests.builders.results import M, a_played_fund, at
from tests.scenes import Scene

Q1, Q2 = Quarter(2026, 1), Quarter(2026, 2)
APRIL, MAY = date(2026, 4, 1), date(2026, 5, 11)
CHEAP = LetterTerms(Fraction(1, 100), basis_discount=Fraction(1, 10))
RATE = Offer(Promise.FEE_RATE, "")


def written(
    tx: Tx, fund: CapitalFund, code: str, terms: LetterTerms, *, on: date = APRIL, **facts: Any
) -> int:
    return write_letter(
        tx,
        MANAGER,
        partner_id=fund[code],
        terms=terms,
        effective_on=on,
        note="谈判结果",
        now=noon(on),
        **facts,
    ).id


def test_the_fee_follows_the_letter_from_its_day_and_is_proved(scene: Scene) -> None:
    tx, fund = scene(committed)
    written(tx, fund, "LP01", CHEAP, on=MAY)
    sheet = charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q2, now=noon(MAY))
    ours = [line for line in sheet.lines if line.partner_id == fund["LP01"]]
    # 60m for 40 days at 2 %, then 51 days at 1 % of 90 % of it: 131,868.13 and 75,659.34.
    assert [(line.rate, line.commitment_days, line.amount) for line in ours] == [
        (Fraction(2, 100), 40, 13_186_813),
        (Fraction(9, 1000), 51, 7_565_934),
    ]
    [other] = [line for line in sheet.lines if line.partner_id == fund["LP02"]]
    assert (other.rate, other.commitment_days) == (Fraction(2, 100), 91)
    assert gaps(tx, fund_id=fund.fund_id) == []
    assert prove(tx, fund_id=fund.fund_id) == []


def test_a_letter_written_after_the_fee_leaves_a_gap_that_is_adjusted(scene: Scene) -> None:
    tx, fund = scene(committed)
    before = charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q2, now=noon(APRIL)).amount
    written(tx, fund, "LP01", CHEAP)
    [gap] = gaps(tx, fund_id=fund.fund_id)
    assert gap.charged == {fund["LP01"]: 300_000 * YUAN}
    assert gap.due == {fund["LP01"]: 135_000 * YUAN}
    after = adjust_charge(
        tx, ACCOUNTANT, fund_id=fund.fund_id, quarter=Q2, reason="补充协议", adjusted_on=MAY, now=noon(MAY)
    )
    assert before - after.amount == 165_000 * YUAN


def test_versions_are_appended_and_a_locked_quarter_stays(scene: Scene) -> None:
    tx, fund = scene(committed)
    written(tx, fund, "LP01", CHEAP, read=0)
    with pytest.raises(LetterChanged):
        written(tx, fund, "LP01", NOTHING, read=0)
    written(tx, fund, "LP01", NOTHING, on=MAY, read=1)
    assert [one.version for one in letters(tx, fund_id=fund.fund_id)] == [1, 2]
    assert promised(tx, fund_id=fund.fund_id, as_of=APRIL) == {fund["LP01"]: CHEAP}
    assert promised(tx, fund_id=fund.fund_id, as_of=MAY) == {fund["LP01"]: NOTHING}
    assert promised(tx, fund_id=fund.fund_id, as_of=date(2026, 3, 1)) == {fund["LP01"]: NOTHING}
    assert promised(tx, fund_id=fund.fund_id, as_of=MAY, known_at=noon(date(2026, 3, 1))) == {}
    lock_period(tx, MANAGER, fund_id=fund.fund_id, quarter=Q1, now=noon(MAY))
    with pytest.raises(PeriodLocked):
        written(tx, fund, "LP02", CHEAP, on=Q1.ends_on)
    with pytest.raises(DayOutsideFund, match="9999-12-31"):
        written(tx, fund, "LP02", CHEAP, on=date.max)
    analyst = Actor(user_id=7, name="a", roles=frozenset({Role.ANALYST}))
    with pytest.raises(RoleMissing):
        write_letter(
            tx, analyst, partner_id=fund["LP01"], terms=CHEAP, effective_on=MAY, note="n", now=noon(MAY)
        )


def test_reports_go_in_the_language_of_the_letter(scene: Scene) -> None:
    tx, fund = scene(committed)
    assert language_of(tx, partner_id=fund["LP01"], as_of=MAY) is Language.BOTH
    written(tx, fund, "LP01", LetterTerms(language=Language.EN))
    assert language_of(tx, partner_id=fund["LP01"], as_of=MAY) is Language.EN
    assert language_of(tx, partner_id=fund["LP02"], as_of=MAY) is Language.BOTH


def test_an_excuse_rests_on_a_letter_or_on_a_reason(scene: Scene) -> None:
    tx, played = scene(a_played_fund)
    on = date(2026, 11, 16)
    one, two = played.partners["LP02"], played.partners["GP"]
    letter = write_letter(
        tx,
        MANAGER,
        partner_id=one,
        terms=LetterTerms(excuses=(Excuse(Dimension.SECTOR, "hydrogen"),)),
        effective_on=date(2026, 10, 1),
        note="n",
        now=at(date(2026, 10, 1)),
    )
    ask: dict[str, Any] = {
        "fund_id": played.fund_id,
        "due_on": on,
        "purpose": "follow-on",
        "now": at(date(2026, 10, 8)),
    }
    key = played.holdings["H01"]
    assert set(entitled(tx, fund_id=played.fund_id, holding_id=key, on=on)) == {one}
    by_right = draft_call(
        tx, ACCOUNTANT, items=[investment(M, holding_id=key, excused=frozenset({one}))], **ask
    )
    [ground] = excuses_of(tx, call_id=by_right.id)
    assert (ground.position, ground.partner_id, ground.letter_id, ground.reason) == (1, one, letter.id, "")
    for without in (
        investment(M, holding_id=key, excused=frozenset({two})),
        investment(M, excused=frozenset({one})),
    ):
        with pytest.raises(ExcuseUngrounded):
            draft_call(tx, ACCOUNTANT, items=[without], **ask)
    asked = investment(M, holding_id=key, excused=frozenset({two}))
    by_reason = draft_call(tx, ACCOUNTANT, items=[asked], excuse_reason="监管禁止", **ask)
    [ground] = excuses_of(tx, call_id=by_reason.id)
    assert (ground.letter_id, ground.reason) == (None, "监管禁止")


def test_the_most_favoured_may_elect_what_no_larger_partner_was_given(scene: Scene) -> None:
    tx, fund = scene(committed)
    small = written(tx, fund, "LP02", CHEAP)
    written(tx, fund, "LP01", LetterTerms(has_mfn=True))
    found = better(tx, fund_id=fund.fund_id, as_of=MAY)
    assert [(one.partner_id, one.letter.id, one.offer.promise) for one in found] == [
        (fund["LP01"], small, Promise.FEE_RATE),
        (fund["LP01"], small, Promise.BASIS_DISCOUNT),
    ]
    ask: dict[str, Any] = {"effective_on": MAY, "note": "行使", "now": noon(MAY)}
    with pytest.raises(NotOffered):
        elect(
            tx,
            MANAGER,
            partner_id=fund["LP01"],
            from_letter_id=small,
            offer=Offer(Promise.EXCUSE, "sector:x"),
            **ask,
        )
    with pytest.raises(LetterUnknown):
        elect(tx, MANAGER, partner_id=fund["LP01"], from_letter_id=10**9, offer=RATE, **ask)
    with pytest.raises(NoElection):
        elect(tx, MANAGER, partner_id=fund["LP02"], from_letter_id=small, offer=RATE, **ask)
    taken = elect(tx, MANAGER, partner_id=fund["LP01"], from_letter_id=small, offer=RATE, **ask)
    assert (taken.version, taken.terms.fee_rate, taken.terms.has_mfn) == (2, Fraction(1, 100), True)
    assert [one.promise for one in elections(tx, fund_id=fund.fund_id)] == [Promise.FEE_RATE]
    left = better(tx, fund_id=fund.fund_id, as_of=MAY)
    assert [one.offer.promise for one in left] == [Promise.BASIS_DISCOUNT]


def test_what_a_larger_partner_was_given_is_not_offered(scene: Scene) -> None:
    tx, fund = scene(committed)
    large = written(tx, fund, "LP01", CHEAP)
    written(tx, fund, "LP02", LetterTerms(has_mfn=True))
    assert better(tx, fund_id=fund.fund_id, as_of=MAY) == []
    with pytest.raises(NotOffered):
        elect(
            tx,
            MANAGER,
            partner_id=fund["LP02"],
            from_letter_id=large,
            offer=RATE,
            effective_on=MAY,
            note="n",
            now=noon(MAY),
        )


def test_an_election_does_not_slip_before_a_version_to_come(scene: Scene) -> None:
    tx, fund = scene(committed)
    small = written(tx, fund, "LP02", CHEAP)
    written(tx, fund, "LP01", LetterTerms(has_mfn=True))
    written(tx, fund, "LP01", LetterTerms(has_mfn=True, language=Language.ZH), on=date(2026, 9, 1))
    with pytest.raises(NotOffered):
        elect(
            tx,
            MANAGER,
            partner_id=fund["LP01"],
            from_letter_id=small,
            offer=RATE,
            effective_on=MAY,
            note="n",
            now=noon(MAY),
        )


def test_a_partner_reads_its_own_letter_and_the_database_says_so_too(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        fund = committed(tx)
        written(tx, fund, "LP01", LetterTerms(has_mfn=True))
        small = written(tx, fund, "LP02", CHEAP)
        elect(
            tx,
            MANAGER,
            partner_id=fund["LP01"],
            from_letter_id=small,
            offer=RATE,
            effective_on=MAY,
            note="n",
            now=noon(MAY),
        )
    own = Actor(user_id=1, name="p", roles=frozenset({Role.LP_USER}), partner_ids=frozenset({fund["LP01"]}))
    with database.transaction(own) as tx:
        seen = letters(tx, fund_id=fund.fund_id)
        assert {one.partner_id for one in seen} == {fund["LP01"]}
        assert letters(tx, fund_id=fund.fund_id, actor=own) == seen
        assert elections(tx, fund_id=fund.fund_id) == []
