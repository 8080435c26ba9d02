from datetime import date, timedelta

import pytest

from fund.fees.undoing import undo_charge
from fund.ledger.queries import total
from fund.ledger.rules import Account
from fund.partners.rules import PartnerUnknown
from fund.results.queries import (
    capital_account,
    capital_accounts,
    explain,
    nav,
    nav_bridge,
    nav_curve,
    navs,
)
from fund.results.rules import ROWS, FigureUnknown, FundFiguresClosed, Period
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.periods import Quarter
from tests.builders.results import M, Played, a_played_fund, at

LAST = Quarter(2025, 4)
Q3 = Quarter(2024, 3)


def test_the_funds_account_since_inception(tx: Tx, played: Played) -> None:
    account = capital_account(tx, fund_id=played.fund_id, quarter=LAST)
    assert account.row("contributions").itd == 33 * M
    assert account.row("unrealised").itd == 6 * M
    assert account.row("unrealised").qtd == 0
    # 2 % of 100m for 2024, from the first close on 15 January: 77 of the 91 days of the first quarter.
    quarterly = 100 * M * 2 // 100 // 4
    fee = quarterly * 77 // 91 + 3 * quarterly
    assert account.row("management_fee").itd == -fee
    assert account.closing == 33 * M + 6 * M - fee
    assert account.row("carry").itd == 0


def test_partners_sum_to_the_fund_on_every_row_in_every_column(tx: Tx, played: Played) -> None:
    for quarter in (Quarter(2024, 1), Q3, Quarter(2024, 4), LAST):
        found = capital_accounts(tx, fund_id=played.fund_id, quarter=quarter)
        whole = found.pop(None)
        for row in whole.rows:
            for period in Period:
                parts = sum(one.row(row.code).of(period) for one in found.values())
                assert parts == row.amounts.of(period), (row.code, period)


def test_one_by_one_is_the_same_as_all_at_once(tx: Tx, played: Played) -> None:
    found = capital_accounts(tx, fund_id=played.fund_id, quarter=Q3)
    for partner_id, account in found.items():
        alone = capital_account(tx, fund_id=played.fund_id, partner_id=partner_id, quarter=Q3)
        assert alone == account


def test_opening_is_last_closing(tx: Tx, played: Played) -> None:
    quarter = Quarter(2024, 1)
    while quarter <= LAST:
        found = capital_accounts(tx, fund_id=played.fund_id, quarter=quarter)
        before = capital_accounts(tx, fund_id=played.fund_id, quarter=quarter.previous)
        assert all(account.opening == before[key].closing for key, account in found.items())
        quarter = quarter.next


def test_value_is_net_assets(tx: Tx, played: Played) -> None:
    assets = [account for account in Account if account < "3000"]
    whole = nav(tx, fund_id=played.fund_id, as_of=LAST.ends_on)
    assert whole == -total(tx, fund_id=played.fund_id, accounts=assets, as_of=LAST.ends_on)
    by_partner = navs(tx, fund_id=played.fund_id, as_of=LAST.ends_on)
    assert sum(by_partner.values()) == whole
    one = played.partners["LP01"]
    assert nav(tx, fund_id=played.fund_id, partner_id=one, as_of=LAST.ends_on) == by_partner[one]


def test_navs_name_partners_without_any(tx: Tx, played: Played) -> None:
    assert set(navs(tx, fund_id=played.fund_id, as_of=date(2024, 1, 1)).values()) == {0}


def test_details_are_the_accounts(tx: Tx, played: Played) -> None:
    found = {
        row.code: row.amounts.itd for row in capital_account(tx, fund_id=played.fund_id, quarter=LAST).details
    }
    assert set(found) == {"3000", "4100", "5021"}


def test_unknown_row(tx: Tx, played: Played) -> None:
    account = capital_account(tx, fund_id=played.fund_id, quarter=LAST)
    with pytest.raises(FigureUnknown, match="profit"):
        account.row("profit")


def test_bridge(tx: Tx, played: Played) -> None:
    steps = nav_bridge(tx, fund_id=played.fund_id, quarter=LAST, period=Period.ITD)
    amounts = {step.code: step.amount for step in steps}
    closing = amounts.pop("closing")
    assert sum(amounts.values()) == closing
    assert next(step.code for step in steps) == "opening"
    assert "carry" in amounts


def test_curve(tx: Tx, played: Played) -> None:
    points = nav_curve(tx, fund_id=played.fund_id, partner_id=played.partners["LP01"], through=LAST)
    assert next(str(p.quarter) for p in points) == "2024Q1"
    assert len(points) == 8
    assert points[-1].paid_in == 33 * M * 6 // 10
    assert points[-1].nav == nav(
        tx, fund_id=played.fund_id, partner_id=played.partners["LP01"], as_of=LAST.ends_on
    )
    assert points[-1].tvpi == pytest.approx(points[-1].nav / points[-1].paid_in)


def test_known_at_gives_the_figures_of_then(tx: Tx, played: Played) -> None:
    """A fee booked wrongly and corrected later: the report of that day can still be drawn."""
    then = at(date(2026, 1, 10))
    before = capital_account(tx, fund_id=played.fund_id, quarter=LAST)
    undo_charge(
        tx,
        SYSTEM,
        fund_id=played.fund_id,
        quarter=Quarter(2024, 4),
        reason="charged on the wrong base",
        undone_on=date(2025, 12, 1),
        now=then + timedelta(days=30),
    )
    assert capital_account(tx, fund_id=played.fund_id, quarter=LAST, known_at=then).rows == before.rows
    now_known = capital_account(tx, fund_id=played.fund_id, quarter=LAST)
    assert now_known.closing == before.closing + 100 * M * 2 // 100 // 4


@pytest.mark.parametrize("figure", [*ROWS, "carry", "opening", "closing"])
@pytest.mark.parametrize("period", Period)
def test_every_figure_says_from_which_entries(tx: Tx, played: Played, figure: str, period: Period) -> None:
    for partner_id in (None, played.partners["LP02"]):
        account = capital_account(tx, fund_id=played.fund_id, partner_id=partner_id, quarter=Q3)
        told = explain(
            tx,
            fund_id=played.fund_id,
            figure=figure,
            quarter=Q3,
            period=period,
            partner_id=partner_id,
        )
        assert told.amount == account.row(figure).of(period)
        assert told.amount == sum(amount for _, amount in told.entries)


def test_explain_names_the_entries(tx: Tx, played: Played) -> None:
    told = explain(
        tx,
        fund_id=played.fund_id,
        figure="contributions",
        quarter=Q3,
        partner_id=played.partners["LP01"],
    )
    assert [(entry.reference, amount) for entry, amount in told.entries] == [
        ("CALL-002/LP01/investment", 6 * M)
    ]
    with pytest.raises(FigureUnknown):
        explain(tx, fund_id=played.fund_id, figure="luck", quarter=Q3)


def test_a_partner_reads_its_own_account_and_no_other(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        played = a_played_fund(tx)
        mine = played.partners["LP01"]
        wanted = capital_account(tx, fund_id=played.fund_id, partner_id=mine, quarter=LAST)
        curve = nav_curve(tx, fund_id=played.fund_id, partner_id=mine, through=LAST)
    lp = Actor(11, "LP", frozenset({Role.LP_USER}), frozenset({mine}))
    with database.transaction(lp) as tx:
        assert capital_account(tx, fund_id=played.fund_id, partner_id=mine, quarter=LAST) == wanted
        assert nav_curve(tx, fund_id=played.fund_id, partner_id=mine, through=LAST) == curve
        with pytest.raises(PartnerUnknown):
            capital_account(tx, fund_id=played.fund_id, partner_id=played.partners["LP02"], quarter=LAST)
        with pytest.raises(FundFiguresClosed):
            capital_account(tx, fund_id=played.fund_id, quarter=LAST)
        with pytest.raises(FundFiguresClosed):
            navs(tx, fund_id=played.fund_id, as_of=LAST.ends_on)


def test_of_a_quarter_that_runs_the_account_ends_on_a_day_in_it(tx: Tx, played: Played) -> None:
    """What falls due later in the quarter is not in it, so that it closes with the value of that day."""
    day, quarter = date(2024, 1, 31), Quarter(2024, 1)
    asked = {"fund_id": played.fund_id, "partner_id": played.partners["LP01"]}
    account = capital_account(tx, **asked, quarter=quarter, until=day)
    worth = nav(tx, **asked, as_of=day)
    assert account.closing == worth != capital_account(tx, **asked, quarter=quarter).closing
    assert nav_curve(tx, **asked, through=quarter, until=day)[-1].nav == worth
    assert nav_bridge(tx, **asked, quarter=quarter, until=day)[-1].amount == worth
