"""How old each value is, as a partner reads of it: days and reasons, and nothing that is the house's own."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from fund.holdings.trades import sell
from fund.valuations.records import note_event, set_policy
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from lp_reports import snapshot
from lp_reports.compose import words_of
from lp_reports.edition import Language
from tests.builders.archive import AFTER, an_archive
from tests.builders.holdings import a_mark, the_analyst, the_manager
from tests.builders.valuations import POLICY
from tests.lp_reports.gathering.test_companies import SOLD_ON, gathered, the_holding

SECRET = "钢铁公司拟收购并支付协同溢价"


def test_a_stale_value_is_told_without_what_happened(tx: Tx) -> None:
    """A reason that names another partner names none; an event is told by its day; old figures still read."""
    archive = an_archive(tx, closed=False, marked=False)
    held = the_holding(tx, archive)
    a_mark(
        tx,
        held.id,
        on=date(2024, 3, 31),
        value=20_000_000_00,
        reason="合伙企业LP02 的订单未变 / Orders of Partner LP02 unchanged",
    )
    set_policy(
        tx,
        the_manager(tx),
        fund_id=archive.fund_id,
        policy=replace(POLICY, stale_days=91),
        effective_on=date(2024, 4, 1),
        note="committee 2024-04",
        now=AFTER,
    )
    happened, told = date(2024, 5, 2), {"says": SECRET, "source": "董事会"}
    note_event(tx, the_analyst(tx), holding_id=held.id, happened_on=happened, **told, now=AFTER)
    figures = gathered(tx, archive)
    [age] = figures.ages
    assert (age.code, age.days_allowed, age.is_old, age.since) == ("H01", 91, False, (happened,))
    assert (age.is_unchanged, age.unchanged.en) == (True, "Orders of a partner unchanged")
    content = snapshot.dumps(figures)
    assert SECRET not in content.decode()
    for language in Language:
        words = words_of(content, language)
        assert "2024-05-02" in words
        assert SECRET not in words


def test_an_exit_stands_beside_the_last_mark_before_it(tx: Tx) -> None:
    archive = an_archive(tx, closed=False, marked=False)
    held = the_holding(tx, archive)
    a_mark(tx, held.id, on=date(2024, 3, 31), value=20_000_000_00, reason="刚交割")
    quantity = held.instruments[0].quantity
    sell(
        tx, SYSTEM, holding_id=held.id, sold_on=SOLD_ON, quantity=quantity, proceeds=31_000_000_00, now=AFTER
    )
    figures = gathered(tx, archive)
    assert figures.ages == ()
    [told] = figures.back_tests
    assert (told.code, told.left_on, told.price) == ("H01", SOLD_ON, 31_000_000_00)
    assert (told.marked_on, told.mark, told.ratio) == (date(2024, 3, 31), 20_000_000_00, Decimal("1.55"))
