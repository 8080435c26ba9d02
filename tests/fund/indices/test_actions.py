from datetime import date
from fractions import Fraction

import pytest
import sqlalchemy as sa

from fund.indices.actions import Added, add_levels
from fund.indices.queries import index_by_code, indices, level_page, levels
from fund.indices.rules import IndexUnknown, Level, LevelKnown, NoLevels
from kernel.audit.models import AuditEvent
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from kernel.paging import PageInvalid
from tests.builders.charter import a_fund
from tests.builders.indices import an_index, steady
from tests.builders.results import at

DAY, NEXT = date(2026, 9, 1), date(2026, 9, 2)


@pytest.fixture
def fund_id(tx: Tx) -> int:
    return a_fund(tx).id


def test_levels_are_kept_exactly_and_told(tx: Tx, fund_id: int) -> None:
    given = [Level(DAY, Fraction("1024.37")), Level(NEXT, Fraction(1, 3))]
    assert an_index(tx, fund_id, given) == Added(new=2, corrected=0, known=0)
    (sheet,) = indices(tx, fund_id=fund_id)
    assert (sheet.code, sheet.is_invented, sheet.days) == ("TECH50", True, 2)
    assert (sheet.first_on, sheet.last_on) == (DAY, NEXT)
    assert levels(tx, index_id=sheet.id) == {one.on: one.level for one in given}
    event = tx.execute(sa.select(AuditEvent).where(AuditEvent.action == "index.levels_added")).scalar_one()
    assert event.detail == {"new": 2, "corrected": 0, "first": "2026-09-01", "last": "2026-09-02"}


def test_a_longer_list_adds_what_is_new(tx: Tx, fund_id: int) -> None:
    an_index(tx, fund_id, steady(DAY, DAY))
    assert an_index(tx, fund_id, steady(DAY, NEXT)) == Added(new=1, corrected=0, known=1)


def test_a_wrong_level_stays_beside_the_one_that_corrects_it(tx: Tx, fund_id: int) -> None:
    an_index(tx, fund_id, [Level(DAY, Fraction(1000))])
    with pytest.raises(LevelKnown):
        an_index(tx, fund_id, [Level(DAY, Fraction(1001))])
    for level in (1001, 1002):
        correction = Level(DAY, Fraction(level), corrects=True)
        assert an_index(tx, fund_id, [correction]) == Added(new=0, corrected=1, known=0)
    (sheet,) = indices(tx, fund_id=fund_id)
    assert sheet.days == 1
    assert levels(tx, index_id=sheet.id) == {DAY: 1002}


def test_what_was_known_stays_known(tx: Tx, fund_id: int) -> None:
    for day, level in ((date(2026, 9, 3), 1000), (date(2026, 9, 4), 1001)):
        add_levels(
            tx,
            SYSTEM,
            fund_id=fund_id,
            code="tech50",
            name="科技五十指数",
            levels=[Level(DAY, Fraction(level), corrects=True)],
            now=at(day),
        )
    found = index_by_code(tx, fund_id=fund_id, code="tech50 ")
    assert levels(tx, index_id=found.id, known_at=at(date(2026, 9, 3))) == {DAY: 1000}
    assert levels(tx, index_id=found.id) == {DAY: 1001}


def test_levels_come_by_pages_as_they_were_known(tx: Tx, fund_id: int) -> None:
    an_index(tx, fund_id, steady(DAY, date(2026, 9, 5)))
    key = index_by_code(tx, fund_id=fund_id, code="TECH50").id
    wrong = [Level(NEXT, Fraction(1, 3), corrects=True)]
    add_levels(tx, SYSTEM, fund_id=fund_id, code="TECH50", name="", levels=wrong, now=at(date(2026, 10, 9)))
    days: list[int] = []
    after: str | None = None
    while True:
        page = level_page(tx, index_id=key, after=after, limit=2)
        days += [one.on.day for one in page.items]
        after = page.next
        if after is None:
            break
    assert days == [1, 2, 3, 4, 5]
    [one] = level_page(tx, index_id=key, since=NEXT, until=NEXT).items
    assert (one.level, one.is_correction) == (Fraction(1, 3), True)
    [before] = level_page(tx, index_id=key, since=NEXT, until=NEXT, known_at=at(date(2026, 10, 8))).items
    assert (before.level == one.level, before.is_correction) == (False, False)
    for odd in ({"after": "yesterday"}, {"limit": 0}, {"limit": 501}):
        with pytest.raises(PageInvalid):
            level_page(tx, index_id=key, **odd)


def test_refusals(tx: Tx, fund_id: int) -> None:
    with pytest.raises(NoLevels, match="No level is given for index TECH50"):
        add_levels(tx, SYSTEM, fund_id=fund_id, code="TECH50", name="科技", levels=[], now=at(DAY))
    with pytest.raises(IndexUnknown, match="There is no index TECH50"):
        index_by_code(tx, fund_id=fund_id, code="TECH50")
    reader = Actor(7, "Reader", frozenset({Role.COMMITTEE}))
    with pytest.raises(RoleMissing):
        add_levels(tx, reader, fund_id=fund_id, code="T", name="科技", levels=steady(DAY, DAY), now=at(DAY))


def test_levels_are_seen_by_whoever_has_a_role_and_changed_by_nobody(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        fund_id = a_fund(tx).id
        an_index(tx, fund_id, steady(DAY, NEXT))
    reader = Actor(7, "Reader", frozenset({Role.LP_USER}), partner_ids=frozenset({1}))
    with database.transaction(reader) as tx:
        assert [one.days for one in indices(tx, fund_id=fund_id, actor=reader)] == [2]
        assert indices(tx, fund_id=fund_id, actor=Actor(8, "Nobody")) == []
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
            tx.execute(sa.text("UPDATE index_level SET level = '1/1'"))
