"""Limits that are exceeded are told once, and once more when they are kept again."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from fund.charter.actions import amend_terms
from fund.charter.queries import terms
from fund.charter.rules import Dimension, Limit
from fund.results.exposure_rules import LimitCheck
from fund.watch.actions import look_again, watch
from fund.watch.queries import alerts
from fund.watch.rules import News, news, subject_of, touched
from kernel.audit.queries import recorded
from kernel.audit.rules import Event
from kernel.db import Database, Tx, introduce
from kernel.errors import Forbidden
from kernel.identity.rules import SYSTEM, Actor, Role
from pipeline.closing.jobs import look
from pipeline.closing.promised import promised
from tests.builders.holdings import a_mark
from tests.builders.results import M, a_played_fund, at, committed
from tests.scenes import Scene

DAY, LATER = date(2025, 12, 31), date(2026, 3, 31)
HYDROGEN = Limit(Dimension.SECTOR, "hydrogen", Fraction(1, 4))


def check(share: Fraction, limit: Limit = HYDROGEN) -> LimitCheck:
    return LimitCheck(limit, "hydrogen", before=share, current=share, amount=0, base=0)


def test_only_what_is_new_is_told() -> None:
    one, other = check(Fraction(3, 10)), check(Fraction(3, 10), Limit(Dimension.SECTOR, None, Fraction(1, 5)))
    assert news([], {}) == News((), ())
    assert news([one, other], {}) == News((one, other), ())
    assert news([one, other], {subject_of(one): 7}) == News((other,), ())
    assert news([check(Fraction(4, 10))], {subject_of(one): 7}) == News((), ())
    assert news([other], {subject_of(one): 7}) == News((other,), (7,))


def test_a_limit_is_told_of_once_however_often_it_is_looked_at(scene: Scene) -> None:
    """H01 cost a fifth of the commitments; the charter allows 15 % of them in one company."""
    tx, played = scene(a_played_fund)
    [first] = watch(tx, SYSTEM, fund_id=played.fund_id, on=DAY, now=at(DAY))
    assert (first.dimension, first.key, first.maximum, first.current) == (
        Dimension.COMPANY,
        "氢材科技有限公司",
        Fraction(15, 100),
        Fraction(20, 100),
    )
    assert watch(tx, SYSTEM, fund_id=played.fund_id, on=LATER, now=at(LATER)) == []
    assert look(tx, played.fund_id, at(LATER).isoformat()) == 0
    assert alerts(tx, fund_id=played.fund_id, actor=SYSTEM) == [first]


def test_it_ends_when_the_limit_is_kept_again(scene: Scene) -> None:
    tx, played = scene(a_played_fund)
    watch(tx, SYSTEM, fund_id=played.fund_id, on=DAY, now=at(DAY))
    before = terms(tx, fund_id=played.fund_id, as_of=DAY)
    wider = [
        Limit(Dimension.COMPANY, None, Fraction(3, 10)) if one.key is None else one for one in before.limits
    ]
    amend_terms(
        tx,
        SYSTEM,
        fund_id=played.fund_id,
        terms=replace(before, limits=tuple(wider)),
        effective_on=date(2026, 1, 1),
        note="wider",
        locked_through=None,
        now=at(date(2026, 1, 1)),
    )
    assert watch(tx, SYSTEM, fund_id=played.fund_id, on=LATER, now=at(LATER)) == []
    assert alerts(tx, fund_id=played.fund_id, actor=SYSTEM) == []
    [over] = alerts(tx, fund_id=played.fund_id, actor=SYSTEM, standing=False)
    assert (over.found_on, over.cleared_on) == (DAY, LATER)


def test_a_fund_that_keeps_its_limits_or_has_no_terms_yet_tells_nothing(tx: Tx) -> None:
    fund_id = committed(tx).fund_id
    assert watch(tx, SYSTEM, fund_id=fund_id, on=DAY, now=at(DAY)) == []
    assert watch(tx, SYSTEM, fund_id=fund_id, on=date(2001, 1, 1), now=at(DAY)) == []


def test_only_staff_read_alerts_and_only_a_manager_looks(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        played = a_played_fund(tx)
        watch(tx, SYSTEM, fund_id=played.fund_id, on=DAY, now=at(DAY))
    lp = Actor(11, "LP", frozenset({Role.LP_USER}), frozenset({played.partners["LP01"]}))
    for who in (lp, Actor(12, "Member", frozenset({Role.COMMITTEE}))):
        with database.transaction(who) as tx:
            assert alerts(tx, fund_id=played.fund_id, actor=who) == []
            assert alerts(tx, fund_id=played.fund_id, actor=SYSTEM) == []
            with pytest.raises(Forbidden):
                watch(tx, who, fund_id=played.fund_id, on=DAY, now=at(DAY))


def test_an_act_that_breaks_a_limit_tells_at_once_and_the_timer_not_again(database: Database) -> None:
    """The purchase of H01 breaks it; a transaction that changed nothing looks at nothing, nor does a partner's."""
    with database.transaction(SYSTEM) as tx:
        played = a_played_fund(tx)
        assert touched(recorded(tx)) == (played.fund_id,)
        [told] = look_again(tx, promises=promised, now=at(DAY))
        assert look_again(tx, promises=promised, now=at(DAY)) == []
        assert look(tx, played.fund_id, at(LATER).isoformat()) == 0
        assert alerts(tx, fund_id=played.fund_id, actor=SYSTEM) == [told]
    with database.transaction(SYSTEM) as tx:
        assert look_again(tx, promises=promised, now=at(LATER)) == []
        a_mark(tx, played.holdings["H02"], on=LATER, value=7 * M, now=at(LATER))
        lp = Actor(77, "LP", frozenset({Role.LP_USER}), frozenset({played.partners["LP01"]}))
        introduce(tx, lp)
        assert look_again(tx, promises=promised, now=at(LATER)) == []


@pytest.mark.parametrize(
    ("action", "subject", "detail", "found"),
    [
        ("ledger.booked", "fund:3", {"acts": ["call:1", "lot:2"]}, (3,)),
        ("ledger.booked", "fund:3", {"acts": ["receipt:1", "fee:2"]}, ()),
        ("ledger.booked", "fund:3", {}, ()),
        ("capital.later_close", "fund:3", {}, (3,)),
        ("fund.terms_amended", "fund:3", {}, (3,)),
        ("fund.opened", "fund:3", {}, ()),
        ("capital.committed", "call:3", {}, ()),
    ],
)
def test_what_changes_a_portfolio_or_its_limits(
    action: str, subject: str, detail: dict[str, object], found: tuple[int, ...]
) -> None:
    assert touched([Event(1, at(DAY), None, "A", action, subject, detail)]) == found
