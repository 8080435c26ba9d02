from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
import sqlalchemy as sa

from fund.holdings.actions import receive_income, sell
from fund.holdings.mark_rules import MarkUnknown
from fund.holdings.queries import (
    cash_flows,
    disposals,
    holding,
    holding_by_code,
    holding_labels,
    holdings,
    income,
    invested_cost,
    lots,
    mark,
    marks,
    marks_missing,
    marks_waiting,
)
from fund.holdings.rules import HoldingUnknown, IncomeKind
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.holdings import (
    a_draft,
    a_holding,
    a_mark,
    bought,
    committed,
    held,
    the_analyst,
    the_manager,
)
from tests.builders.ledger import Books
from tests.builders.parties import an_organisation

Q1, Q2, Q3 = date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30)
MILLION = 1_000_000_00


def test_holdings_as_of_a_day_and_as_known_at_an_instant(tx: Tx, fund: Books) -> None:
    early, late = datetime(2025, 4, 20, tzinfo=UTC), datetime(2025, 7, 20, tzinfo=UTC)
    opened = a_holding(tx, fund.fund_id, now=early)
    bought(tx, opened.id, now=early, ownership=Fraction(1, 10))
    a_mark(tx, opened.id, on=Q1, value=30 * MILLION, now=early)
    wrong = a_mark(tx, opened.id, on=Q2, value=33 * MILLION, now=late, ownership=Fraction(9, 100))
    values = {on: holding(tx, holding_id=opened.id, as_of=on).value for on in (date(2025, 1, 1), Q1, Q2)}
    assert list(values.values()) == [20 * MILLION, 30 * MILLION, 33 * MILLION]
    assert holding(tx, holding_id=opened.id, as_of=Q1).ownership == Fraction(1, 10)
    assert holding(tx, holding_id=opened.id, as_of=Q2).ownership == Fraction(9, 100)
    assert holding(tx, holding_id=opened.id, as_of=Q2, known_at=early).value == 30 * MILLION
    later = datetime(2025, 8, 20, tzinfo=UTC)
    a_mark(tx, opened.id, on=Q2, value=31 * MILLION, now=later, supersedes_id=wrong.id)
    [known] = holdings(tx, fund_id=fund.fund_id, as_of=Q2, known_at=late)
    assert known.value == 33 * MILLION
    assert holding(tx, holding_id=opened.id, as_of=Q2).value == 31 * MILLION
    a_mark(tx, opened.id, on=Q3, value=32 * MILLION, now=datetime(2025, 10, 20, tzinfo=UTC))
    for on, value, part in ((Q2, 31, Fraction(1, 10)), (Q3, 32, Fraction(1, 10))):
        sheet = holding(tx, holding_id=opened.id, as_of=on)
        assert (sheet.value, sheet.ownership) == (value * MILLION, part)
    told = holding(tx, holding_id=opened.id, as_of=Q3, known_at=late)
    assert (told.value, told.ownership) == (33 * MILLION, Fraction(9, 100))
    before = datetime(2025, 1, 1, tzinfo=UTC)
    assert holdings(tx, fund_id=fund.fund_id, as_of=Q2, known_at=before) == []
    assert cash_flows(tx, fund_id=fund.fund_id, as_of=Q2, known_at=before) == []


def test_finding_a_holding(tx: Tx, fund: Books) -> None:
    sheet = held(tx, fund.fund_id)
    assert holding_by_code(tx, fund_id=fund.fund_id, code=" h01 ", as_of=Q1).id == sheet.id
    assert holding_labels(tx, fund_id=fund.fund_id) == {sheet.id: ("H01", "氢材科技有限公司")}
    with pytest.raises(HoldingUnknown):
        holding_by_code(tx, fund_id=fund.fund_id, code="H09", as_of=Q1)
    with pytest.raises(HoldingUnknown):
        holding(tx, holding_id=10**12, as_of=Q1)


def test_what_is_missing_is_what_is_held_without_a_mark_of_that_day(tx: Tx, fund: Books) -> None:
    one, two = held(tx, fund.fund_id), held(tx, fund.fund_id, name_zh="另一家")
    a_mark(tx, one.id, on=Q1, value=30 * MILLION)
    a_mark(tx, two.id, on=Q1, value=30 * MILLION)
    assert marks_missing(tx, fund_id=fund.fund_id, on=Q1) == []
    a_mark(tx, one.id, on=Q2, value=31 * MILLION)
    draft = a_draft(tx, the_analyst(tx), two.id, on=Q2, value=31 * MILLION)
    [missing] = marks_missing(tx, fund_id=fund.fund_id, on=Q2)
    assert (missing.code, missing.name, missing.instrument) == ("H02", "另一家", "EQ")
    assert (missing.last_marked_on, missing.draft_id) == (Q1, draft.id)
    assert [sheet.id for sheet in marks_waiting(tx, fund_id=fund.fund_id)] == [draft.id]
    assert marks_missing(tx, fund_id=fund.fund_id, on=date(2024, 1, 31)) == []


def test_a_fee_is_not_charged_on_what_is_permanently_lost(tx: Tx, fund: Books) -> None:
    one, two = held(tx, fund.fund_id), held(tx, fund.fund_id, name_zh="另一家")
    assert invested_cost(tx, fund_id=fund.fund_id, as_of=Q1) == 40 * MILLION
    a_mark(tx, one.id, on=Q1, value=10 * MILLION, is_permanent_loss=True)
    a_mark(tx, two.id, on=Q1, value=5 * MILLION)
    assert invested_cost(tx, fund_id=fund.fund_id, as_of=Q1) == 40 * MILLION
    a_mark(tx, one.id, on=Q2, value=10 * MILLION - 1, is_permanent_loss=True)
    assert invested_cost(tx, fund_id=fund.fund_id, as_of=Q2) == 20 * MILLION


def test_line_by_line(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    bought(tx, sheet.id, on=date(2024, 6, 3), quantity=1_000_000, cost=30 * MILLION)
    sold_on, buyer = date(2025, 5, 20), an_organisation(tx, "买方集团").id
    trade = {"holding_id": sheet.id, "sold_on": sold_on, "proceeds": 16 * MILLION, "now": now}
    sell(tx, SYSTEM, quantity=500_000, buyer_party_id=buyer, reason="exit", **trade)
    receive_income(tx, SYSTEM, holding_id=sheet.id, received_on=Q3, amount=5_00, memo="2024", now=now)
    before, after = lots(tx, holding_id=sheet.id, as_of=Q1), lots(tx, holding_id=sheet.id, as_of=Q2)
    assert [(lot.cost_left, lot.quantity_left) for lot in before] == [
        (20 * MILLION, 1_000_000),
        (30 * MILLION, 1_000_000),
    ]
    assert [(lot.cost_left, lot.quantity_left) for lot in after] == [
        (15 * MILLION, 750_000),
        (2_250_000_000, 750_000),
    ]
    [sold] = disposals(tx, fund_id=fund.fund_id, as_of=Q2, since=sold_on, holding_id=sheet.id)
    assert (sold.cost, sold.gain, sold.buyer_party_id, sold.reason, sold.instrument) == (
        1_250_000_000,
        350_000_000,
        buyer,
        "exit",
        "EQ",
    )
    assert disposals(tx, fund_id=fund.fund_id, as_of=Q1) == []
    [paid] = income(tx, holding_id=sheet.id, as_of=Q3)
    assert (paid.amount, paid.memo, paid.kind) == (5_00, "2024", IncomeKind.DIVIDEND)
    assert income(tx, holding_id=sheet.id, as_of=Q2) == []


def lp(fund: Books, code: str = "LP01") -> Actor:
    return Actor(
        user_id=7001,
        name="LP",
        roles=frozenset({Role.LP_USER}),
        partner_ids=frozenset({fund.partners[code]}),
    )


COMMITTEE = Actor(user_id=7002, name="Member", roles=frozenset({Role.COMMITTEE}))
TECHNOLOGY = Actor(user_id=7003, name="Technology", roles=frozenset({Role.TECHNOLOGY_MANAGER}))


def test_the_window_shows_a_partner_its_own_funds_holdings_and_approved_marks(tx: Tx, fund: Books) -> None:
    sheet = held(tx, fund.fund_id)
    approved = a_mark(tx, sheet.id, on=Q1, value=30 * MILLION)
    draft = a_draft(tx, the_analyst(tx), sheet.id, on=Q2, value=31 * MILLION)
    for actor in (lp(fund), COMMITTEE):
        [seen] = holdings(tx, fund_id=fund.fund_id, as_of=Q2, actor=actor)
        assert seen.value == 30 * MILLION
        assert [one.id for one in marks(tx, holding_id=sheet.id, actor=actor)] == [approved.id]
        assert marks_waiting(tx, fund_id=fund.fund_id, actor=actor) == []
        with pytest.raises(MarkUnknown):
            mark(tx, mark_id=draft.id, actor=actor)
    assert holdings(tx, fund_id=fund.fund_id, as_of=Q2, actor=TECHNOLOGY) == []
    assert marks(tx, holding_id=sheet.id, actor=TECHNOLOGY) == []
    with pytest.raises(HoldingUnknown):
        holding(tx, holding_id=sheet.id, as_of=Q2, actor=TECHNOLOGY)
    assert len(marks(tx, holding_id=sheet.id, actor=the_manager(tx))) == 2


def test_the_database_shows_no_more_than_the_window(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        fund = committed(tx)
        sheet = held(tx, fund.fund_id)
        approved = a_mark(tx, sheet.id, on=Q1, value=30 * MILLION)
        a_draft(tx, the_analyst(tx), sheet.id, on=Q2, value=31 * MILLION)
    count = "SELECT (SELECT count(*) FROM holding), (SELECT count(*) FROM holding_lot), array_agg(id) FROM holding_mark"
    stranger = Actor(
        user_id=7004, name="Other LP", roles=frozenset({Role.LP_USER}), partner_ids=frozenset({0})
    )
    for actor, seen in (
        (lp(fund), (1, 1, [approved.id])),
        (COMMITTEE, (1, 1, [approved.id])),
        (stranger, (0, 0, None)),
        (TECHNOLOGY, (0, 0, None)),
        (None, (0, 0, None)),
    ):
        with database.transaction(actor) as tx:
            assert tuple(tx.execute(sa.text(count)).one()) == seen
            if actor is not None:
                values = [one.value for one in holdings(tx, fund_id=fund.fund_id, as_of=Q2)]
                assert values == [30 * MILLION] * seen[0]
