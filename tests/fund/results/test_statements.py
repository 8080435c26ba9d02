"""The financial statements: each to the fen, tied to the others, explained by entries, as it was known."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from fund.capital.receipts import receive
from fund.holdings.trades import sell
from fund.holdings.undoing import undo_purchase
from fund.ledger.chart import Account
from fund.results.queries import Statements, line_entries, shares, statements, ties
from fund.results.rules import FundFiguresClosed
from fund.results.statement_rules import COLUMNS, LineUnknown, PeriodReversed
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.periods import Quarter
from tests.builders.holdings import a_holding, bought
from tests.builders.ledger import a_posting, booked, locked
from tests.builders.results import APPROVER, PREPARER, M, Played, a_played_fund, at, called

SINCE, AS_OF = date(2024, 1, 1), date(2024, 12, 31)


def of(tx: Tx, played: Played, since: date = SINCE, as_of: date = AS_OF) -> Statements:
    return statements(tx, fund_id=played.fund_id, since=since, as_of=as_of)


def test_the_first_year_of_the_played_fund(tx: Tx, played: Played) -> None:
    found = of(tx, played)
    fees = -sum(line.amount for line in found.expenses)
    assert {row.code: (row.opening, row.closing) for row in found.assets} == {
        "1000": (0, 3 * M),
        "1200": (0, 30 * M),
        "1250": (0, 6 * M),
    }
    assert [(row.code, row.closing) for row in found.liabilities] == [("2100", fees)]
    assert fees > 0
    assert found.net_income == -fees
    assert [(line.code, line.amount) for line in found.gains] == [("4100", 6 * M)]
    assert found.operations == 6 * M - fees
    assert found.net_assets.closing == found.equity.closing == 33 * M + 6 * M - fees
    assert {line.code: line.amount for line in found.operating} == {"investments_bought": -30 * M}
    assert {line.code: line.amount for line in found.financing} == {"contributions_received": 33 * M}
    assert found.partners.contributions == 33 * M
    assert [(row.holding_id, row.cost, row.value) for row in found.held] == [
        (played.holdings["H01"], 20 * M, 26 * M),
        (played.holdings["H02"], 10 * M, 10 * M),
    ]
    part = shares(found)[played.holdings["H01"]]
    assert part is not None
    assert part * found.net_assets.closing == 26 * M


def test_what_one_partner_paid_ahead_is_a_liability_and_no_less_owed_by_the_others(
    tx: Tx, played: Played
) -> None:
    call = called(
        tx, played.fund_id, notice_on=date(2026, 2, 2), due_on=date(2026, 3, 13), investment=10 * M, expense=0
    )
    later = called(
        tx, played.fund_id, notice_on=date(2026, 2, 2), due_on=date(2026, 2, 27), investment=10 * M
    )
    one = next(line for line in call.lines if line.partner_id == played.partners["LP01"])
    for owed, on in ((later, date(2026, 2, 27)), (call, date(2026, 3, 2))):
        receive(
            tx,
            PREPARER,
            call_id=owed.id,
            partner_id=one.partner_id,
            amount=one.amount,
            received_on=on,
            bank_reference=f"BANK-{owed.id}",
            now=at(on),
        )
    found = of(tx, played, date(2026, 1, 1), date(2026, 3, 4))
    assert {row.code: row.closing for row in found.assets}["1100"] == 10 * M - one.amount
    assert {row.code: row.closing for row in found.liabilities}["paid_ahead"] == one.amount
    assert [tie for tie in ties(found) if not tie.holds] == []
    for line, amount in (("1100", 10 * M - one.amount), ("paid_ahead", one.amount)):
        behind = line_entries(
            tx, fund_id=played.fund_id, line=line, since=date(2026, 1, 1), as_of=date(2026, 3, 4)
        )
        assert behind.amount == amount
        assert len(behind.entries) > 1


@pytest.mark.parametrize("since", [SINCE, date(2024, 3, 15), date(2024, 10, 1), date(2025, 1, 1)])
@pytest.mark.parametrize("days", [0, 1, 17, 92, 400])
def test_every_period_ties(tx: Tx, played: Played, since: date, days: int) -> None:
    found = of(tx, played, since, since + timedelta(days=days))
    assert [tie for tie in ties(found) if not tie.holds] == []
    assert found.partners.closing == found.net_assets.closing


def test_neighbouring_periods_add_up(tx: Tx, played: Played) -> None:
    whole = of(tx, played, SINCE, date(2025, 12, 31))
    first, second = of(tx, played), of(tx, played, date(2025, 1, 1), date(2025, 12, 31))
    assert first.net_assets.closing == second.net_assets.opening
    assert first.operations + second.operations == whole.operations
    assert first.cash_moved + second.cash_moved == whole.cash_moved
    for key, row in whole.capital.items():
        assert first.capital[key].operations + second.capital[key].operations == row.operations


def test_a_sale_and_a_purchase_taken_back_stand_on_their_own_lines(tx: Tx, played: Played) -> None:
    day, later = date(2026, 1, 8), date(2026, 1, 12)
    sell(
        tx,
        SYSTEM,
        holding_id=played.holdings["H01"],
        sold_on=day,
        quantity=1_000_000,
        proceeds=33 * M,
        now=at(day),
    )
    third = a_holding(tx, played.fund_id, name_zh="第三家", code="H03", sector="materials", city="上海")
    bought(tx, third.id, on=day, cost=4 * M, now=at(day))
    both = {line.code: line.amount for line in of(tx, played, date(2026, 1, 1), day).operating}
    assert both == {"investments_bought": -4 * M, "investments_sold": 33 * M}
    undo_purchase(tx, APPROVER, holding_id=third.id, number=1, reason="not signed", on=later, now=at(later))
    found = of(tx, played, date(2026, 1, 1), date(2026, 1, 31))
    assert {line.code: line.amount for line in found.operating} == {"investments_sold": 33 * M}
    assert [tie for tie in ties(found) if not tie.holds] == []


def test_every_figure_is_the_sum_of_its_entries(tx: Tx, played: Played) -> None:
    found = of(tx, played)
    span = {"fund_id": played.fund_id, "since": SINCE, "as_of": AS_OF}
    for row in (*found.assets, *found.liabilities):
        assert line_entries(tx, line=row.code, **span).amount == row.closing, row
    for line in (*found.income, *found.expenses, *found.gains, *found.operating, *found.financing):
        assert line_entries(tx, line=line.code, **span).amount == line.amount, line
    for key, capital in found.capital.items():
        for code in COLUMNS:
            told = line_entries(tx, line=code, partner_id=key, **span)
            assert told.amount == getattr(capital, code), (key, code)
            assert told.amount == sum(adds for _, adds in told.entries)
    for held in found.held:
        for code in ("cost", "value"):
            told = line_entries(tx, line=code, holding_id=held.holding_id, **span)
            assert told.amount == getattr(held, code)
    with pytest.raises(LineUnknown):
        line_entries(tx, line="goodwill", **span)


def test_as_known_at_an_instant_they_stay_what_they_were(tx: Tx, played: Played) -> None:
    then = tx.execute(sa.text("SELECT max(recorded_at) FROM ledger_entry")).scalar_one()
    before = of(tx, played)
    late = a_posting(
        reference="LATE",
        debit=Account.AUDIT,
        credit=Account.CASH,
        debit_partner_id=played.partners["LP01"],
        holding_id=None,
        amount=5_00,
        effective_on=date(2024, 11, 1),
    )
    booked(tx, played.fund_id, [late], now=then + timedelta(hours=1))
    after = of(tx, played)
    assert after.operations == before.operations - 5_00
    assert {line.code: line.amount for line in after.operating}["expenses_paid"] == -5_00
    known = statements(tx, fund_id=played.fund_id, since=SINCE, as_of=AS_OF, known_at=then)
    assert known == before
    told = line_entries(tx, fund_id=played.fund_id, line="5041", since=SINCE, as_of=AS_OF, known_at=then)
    assert told.entries == ()


def test_a_locked_quarter_gives_the_same_statements(tx: Tx, played: Played) -> None:
    before = of(tx, played, date(2024, 7, 1), date(2024, 9, 30))
    for number in (1, 2, 3):
        locked(tx, played.fund_id, Quarter(2024, number), now=at(date(2026, 2, number)))
    assert of(tx, played, date(2024, 7, 1), date(2024, 9, 30)) == before


def test_refused(tx: Tx, played: Played) -> None:
    with pytest.raises(PeriodReversed):
        of(tx, played, date(2024, 5, 2), date(2024, 5, 1))
    assert of(tx, played, date.min, date.min).assets == ()


def test_a_partners_people_are_not_shown_a_part_as_the_whole(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        played = a_played_fund(tx)
    lp = Actor(11, "LP", frozenset({Role.LP_USER}), frozenset({played.partners["LP01"]}))
    with database.transaction(lp) as tx:
        with pytest.raises(FundFiguresClosed):
            of(tx, played)
        with pytest.raises(FundFiguresClosed):
            line_entries(tx, fund_id=played.fund_id, line="closing", since=SINCE, as_of=AS_OF)
