"""One fund through everything that moves money; at each step the books prove and every statement adds up."""

from datetime import date

import pytest

from fund.capital.carry import accrue_carry
from fund.capital.distributions import approve_distribution, draft_distribution, pay_distribution
from fund.capital.inflows import call_sheet
from fund.capital.passing_on import pay_equalisation
from fund.fees.actions import record_expense
from fund.fees.closes import later_close
from fund.fees.queries import charges
from fund.holdings.actions import sell, write_off
from fund.results.queries import (
    capital_accounts,
    commitment_account,
    explain,
    nav,
    performance,
    prove,
)
from fund.results.rules import Period, Periods
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.periods import Quarter
from tests.builders.holdings import a_mark
from tests.builders.ledger import locked
from tests.builders.partners import a_partner
from tests.builders.results import APPROVER, PREPARER, M, Played, a_played_fund, at, received
from tests.scenes import Scene

Q4, LAST = Quarter(2024, 4), Quarter(2026, 2)


def add_up(tx: Tx, fund_id: int, quarter: Quarter) -> None:
    """Everything that must hold at a quarter's end."""
    assert prove(tx, fund_id=fund_id) == []
    accounts = capital_accounts(tx, fund_id=fund_id, quarter=quarter)
    before = capital_accounts(tx, fund_id=fund_id, quarter=quarter.previous)
    whole = accounts[None]
    for key, account in accounts.items():
        assert account.opening == before[key].closing
        for period in Period:
            moves = [row.amounts.of(period) for row in account.rows if row.code != "closing"]
            assert sum(moves) == account.closing
    for row in whole.rows:
        parts = [account.row(row.code) for key, account in accounts.items() if key is not None]
        assert sum(parts, start=Periods(0, 0, 0)) == row.amounts


def with_newcomer(tx: Tx) -> tuple[Played, int]:
    """The played fund at its first year end, and LP03 with 20m at a later close."""
    played = a_played_fund(tx, marked_until=2024)
    new = a_partner(tx, played.fund_id, "LP03", admitted_on=date(2025, 1, 6)).id
    close = later_close(
        tx,
        SYSTEM,
        fund_id=played.fund_id,
        newcomers={new: 20 * M},
        closed_on=date(2025, 1, 6),
        due_on=date(2025, 1, 15),
        now=at(date(2025, 1, 6)),
    )
    assert close.call_id is not None
    call = call_sheet(tx, call_id=close.call_id)
    received(tx, call, on=date(2025, 1, 15))
    pay_equalisation(
        tx, APPROVER, call_id=close.call_id, paid_on=date(2025, 1, 16), now=at(date(2025, 1, 16))
    )
    return played, new


def exit_half(tx: Tx, played: Played) -> None:
    """Half of H01 is sold for 60m, H02 written off; the money goes out, carry with it."""
    fund_id, on = played.fund_id, date(2026, 4, 10)
    a_mark(tx, played.holdings["H01"], on=date(2025, 12, 31), value=80 * M, now=at(date(2026, 1, 20)))
    accrue_carry(tx, APPROVER, fund_id=fund_id, on=date(2025, 12, 31), now=at(date(2026, 1, 21)))
    locked(tx, fund_id, Quarter(2025, 4), now=at(date(2026, 1, 22)))
    sell(
        tx,
        SYSTEM,
        holding_id=played.holdings["H01"],
        sold_on=on,
        quantity=500_000,
        proceeds=60 * M,
        now=at(on),
    )
    write_off(
        tx, SYSTEM, holding_id=played.holdings["H02"], written_off_on=on, reason="insolvent", now=at(on)
    )
    paid = draft_distribution(
        tx,
        PREPARER,
        fund_id=fund_id,
        return_of_capital=10 * M,
        gain=50 * M,
        pay_on=date(2026, 4, 20),
        source="H01",
        now=at(date(2026, 4, 15)),
    )
    approve_distribution(tx, APPROVER, distribution_id=paid.id, now=at(date(2026, 4, 15)))
    pay_distribution(tx, APPROVER, distribution_id=paid.id, now=at(date(2026, 4, 20)))
    a_mark(tx, played.holdings["H01"], on=date(2026, 6, 30), value=36 * M, now=at(date(2026, 7, 20)))
    accrue_carry(tx, APPROVER, fund_id=fund_id, on=date(2026, 6, 30), now=at(date(2026, 7, 21)))


def test_a_later_close(scene: Scene) -> None:
    tx, (played, new) = scene(with_newcomer)
    record_expense(
        tx,
        SYSTEM,
        fund_id=played.fund_id,
        ilpa_row=41,
        amount=123_456_77,
        incurred_on=date(2025, 3, 3),
        reference="INV-1",
        payee="审计所",
        memo="annual audit",
        now=at(date(2025, 3, 3)),
    )
    for quarter in (Q4, Quarter(2025, 1)):
        add_up(tx, played.fund_id, quarter)
    found = commitment_account(tx, fund_id=played.fund_id, quarter=Quarter(2025, 1))
    assert found.row("committed").qtd == 20 * M
    assert found.row("released") == Periods(0, 0, 0)
    newcomer = performance(tx, fund_id=played.fund_id, partner_id=new, as_of=date(2025, 3, 31))
    # One sixth of what was called for other things than fees, and the fee; interest is no contribution.
    since = [one for one in charges(tx, fund_id=played.fund_id) if one.quarter <= "2025Q1"]
    fee = sum(line.amount for one in since for line in one.lines if line.partner_id == new)
    assert newcomer.paid_in == 33 * M // 6 + fee
    assert fee > 0
    assert found.row("returned").qtd == -found.row("contributions").qtd - fee > 0
    assert {flow.on for flow in newcomer.flows[:-1]} == {date(2025, 1, 15)}


def test_an_exit_a_write_off_carry_and_a_distribution(scene: Scene) -> None:
    tx, (played, _) = scene(with_newcomer)
    exit_half(tx, played)
    for quarter in (Quarter(2025, 4), Quarter(2026, 1), LAST):
        add_up(tx, played.fund_id, quarter)
    accounts = capital_accounts(tx, fund_id=played.fund_id, quarter=LAST)
    gp, one = accounts[played.partners["GP"]], accounts[played.partners["LP01"]]
    assert accounts[None].row("carry").itd == 0
    assert accounts[None].row("realised").itd == 50 * M - 10 * M
    assert one.row("carry_earned").itd < 0 < gp.row("carry_earned").itd
    told = explain(
        tx,
        fund_id=played.fund_id,
        figure="carry",
        quarter=LAST,
        period=Period.ITD,
        partner_id=played.partners["LP01"],
    )
    assert told.amount == one.row("carry").itd
    found = performance(tx, fund_id=played.fund_id, as_of=LAST.ends_on)
    assert found.net_irr.value is not None
    assert found.gross_irr is not None
    assert found.gross_irr.value is not None
    assert 0 < found.net_irr.value < found.gross_irr.value
    assert found.dpi == pytest.approx(found.distributed / found.paid_in)
    assert found.tvpi == pytest.approx(found.dpi + found.rvpi if found.dpi and found.rvpi else 0)


def test_a_partner_reads_its_own_figures_whole_after_all_that(database: Database) -> None:
    """Shared-anew costs, equalisation and carry included: row security bends no sum of a partner's own."""
    with database.transaction(SYSTEM) as tx:
        played, new = with_newcomer(tx)
        exit_half(tx, played)
        mine = [played.partners["LP01"], new]
        wanted = {
            key: (
                nav(tx, fund_id=played.fund_id, partner_id=key, as_of=LAST.ends_on),
                performance(tx, fund_id=played.fund_id, partner_id=key, as_of=LAST.ends_on).flows,
                commitment_account(tx, fund_id=played.fund_id, partner_id=key, quarter=LAST),
            )
            for key in mine
        }
    for key in mine:
        lp = Actor(11, "LP", frozenset({Role.LP_USER}), frozenset({key}))
        with database.transaction(lp) as tx:
            assert wanted[key] == (
                nav(tx, fund_id=played.fund_id, partner_id=key, as_of=LAST.ends_on),
                performance(tx, fund_id=played.fund_id, partner_id=key, as_of=LAST.ends_on).flows,
                commitment_account(tx, fund_id=played.fund_id, partner_id=key, quarter=LAST),
            )
