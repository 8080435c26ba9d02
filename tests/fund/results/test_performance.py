from datetime import date

import pytest

from fund.capital.calls import cancel_call
from fund.holdings.actions import receive_income, sell, write_off
from fund.holdings.rules import IncomeKind
from fund.ledger.rules import Account
from fund.partners.rules import PartnerUnknown
from fund.results.queries import gross, holding_returns, nav, performance, period_returns
from fund.results.rules import FundFiguresClosed
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.periods import Quarter
from tests.builders import capital
from tests.builders.counting import counted
from tests.builders.holdings import a_holding, bought
from tests.builders.ledger import a_posting, booked, contribution
from tests.builders.results import M, Played, a_played_fund, at, committed
from valuation.irr import RateStatus, xirr

LAST = Quarter(2025, 4)


def test_net_of_one_partner(tx: Tx, played: Played) -> None:
    one = played.partners["LP01"]
    found = performance(tx, fund_id=played.fund_id, partner_id=one, as_of=LAST.ends_on)
    value = nav(tx, fund_id=played.fund_id, partner_id=one, as_of=LAST.ends_on)
    days = [date(2024, 3, 15), date(2024, 3, 15), date(2024, 9, 13), date(2025, 12, 31)]
    amounts = [-12 * M, -M * 18 // 10, -6 * M, value]
    assert [(flow.on, flow.amount) for flow in found.flows] == sorted(
        zip(days, amounts, strict=True), key=lambda flow: (flow[0], -flow[1])
    )
    assert found.net_irr == xirr(days, amounts)
    assert found.net_irr.status is RateStatus.UNIQUE
    assert (found.paid_in, found.distributed, found.nav) == (M * 198 // 10, 0, value)
    assert found.tvpi == found.rvpi == pytest.approx(value / (M * 198 // 10))
    assert (found.dpi, found.pic) == (0.0, 0.33)
    assert found.committed == 60 * M
    assert found.is_full_year


def test_flows_name_their_entries(tx: Tx, played: Played) -> None:
    found = performance(tx, fund_id=played.fund_id, partner_id=played.partners["LP01"], as_of=LAST.ends_on)
    assert {flow.reference for flow in found.flows} == {
        "CALL-001/LP01/investment",
        "CALL-001/LP01/expense",
        "CALL-002/LP01/investment",
        None,
    }
    assert [flow.kind for flow in found.flows][-1:] == ["value"]


def test_a_late_payment_keeps_the_due_date(tx: Tx, played: Played) -> None:
    """LP02 paid two weeks late: its flow is dated by the due date, so its return is that of the others."""
    rates = [
        performance(tx, fund_id=played.fund_id, partner_id=played.partners[code], as_of=LAST.ends_on)
        for code in ("LP01", "LP02")
    ]
    assert rates[0].net_irr.value == pytest.approx(rates[1].net_irr.value, abs=1e-9)


def test_the_fund_is_its_fee_paying_partners(tx: Tx, played: Played) -> None:
    found = performance(tx, fund_id=played.fund_id, as_of=LAST.ends_on)
    lps = (played.partners["LP01"], played.partners["LP02"])
    assert found.partner_ids == lps
    parts = [performance(tx, fund_id=played.fund_id, partner_id=key, as_of=LAST.ends_on) for key in lps]
    assert found.paid_in == sum(part.paid_in for part in parts)
    assert found.nav == sum(part.nav for part in parts)
    assert found.committed == 90 * M


def test_many_partners_are_asked_about_at_once(tx: Tx) -> None:
    """Of ten partners the database is asked as much as of two, for a day and for stretches of time."""
    asked, later = [], Quarter(2027, 4)
    for code, count in (("AF1", 2), ("AF2", 10)):
        names = [f"LP{number:02d}" for number in range(1, count + 1)]
        fund = capital.committed(tx, dict.fromkeys(names, M), code=code)
        for name in names:
            booked(tx, fund.fund_id, contribution(fund[name], M // 2, date(2026, 3, 15), f"CALL-001/{name}"))
        with counted(tx) as sent:
            found = performance(tx, fund_id=fund.fund_id, as_of=later.ends_on)
            returns = period_returns(tx, fund_id=fund.fund_id, quarter=later)
        assert (found.nav, found.paid_in) == (count * M // 2, count * M // 2)
        assert [one.flows[-1].amount for one in returns] == [found.nav] * 4
        asked.append(len(sent))
    assert asked[0] == asked[1]


def test_gross_and_moic(tx: Tx, played: Played) -> None:
    found = gross(tx, fund_id=played.fund_id, as_of=LAST.ends_on)
    assert (found.invested, found.realised, found.value) == (30 * M, 0, 36 * M)
    assert found.moic == 1.2
    days = [date(2024, 3, 20), date(2024, 9, 20), date(2025, 12, 31)]
    assert found.irr == xirr(days, [-20 * M, -10 * M, 36 * M])
    whole = performance(tx, fund_id=played.fund_id, as_of=LAST.ends_on)
    assert (whole.gross, whole.moic, whole.gross_irr) == (found, 1.2, found.irr)
    assert whole.net_irr.value is not None
    assert found.irr.value is not None
    assert whole.net_irr.value < found.irr.value


def test_each_holding(tx: Tx, played: Played) -> None:
    sell(
        tx,
        SYSTEM,
        holding_id=played.holdings["H01"],
        sold_on=date(2026, 2, 2),
        quantity=500_000,
        proceeds=18 * M,
        now=at(date(2026, 2, 2)),
    )
    receive_income(
        tx,
        SYSTEM,
        holding_id=played.holdings["H01"],
        kind=IncomeKind.DIVIDEND,
        amount=M,
        received_on=date(2026, 3, 2),
        now=at(date(2026, 3, 2)),
    )
    one, two = holding_returns(tx, fund_id=played.fund_id, as_of=date(2026, 3, 31))
    assert (one.holding.code, two.holding.code) == ("H01", "H02")
    assert (one.gross.invested, one.gross.realised, one.gross.value) == (20 * M, 19 * M, 15 * M)
    assert one.gross.moic == 1.7
    assert [flow.amount for flow in one.gross.flows] == [-20 * M, 18 * M, M, 15 * M]
    assert two.gross.moic == 0.6


def test_a_distribution_is_in_the_partners_flows_and_in_the_funds(tx: Tx, played: Played) -> None:
    two = played.partners["LP02"]
    booked(
        tx,
        played.fund_id,
        [
            a_posting(
                reference="DIST-1/LP02",
                debit=Account.DISTRIBUTIONS,
                credit=Account.DISTRIBUTIONS_PAYABLE,
                debit_partner_id=two,
                credit_partner_id=two,
                amount=M,
                act="distribution:1",
                holding_id=None,
                effective_on=date(2026, 1, 20),
            )
        ],
    )
    as_of = date(2026, 3, 31)
    one = performance(tx, fund_id=played.fund_id, partner_id=two, as_of=as_of)
    whole = performance(tx, fund_id=played.fund_id, as_of=as_of)
    assert (one.distributed, whole.distributed) == (M, M)
    assert [flow.kind for flow in one.flows][-2:] == ["distribution", "value"]


def test_under_a_year_is_said(tx: Tx, played: Played) -> None:
    young = performance(tx, fund_id=played.fund_id, as_of=date(2025, 3, 14))
    old = performance(tx, fund_id=played.fund_id, as_of=date(2025, 3, 15))
    assert (young.is_full_year, old.is_full_year) == (False, True)
    assert young.gross is not None
    assert not young.gross.is_full_year


def test_before_anything_was_called(tx: Tx) -> None:
    found = performance(tx, fund_id=committed(tx).fund_id, as_of=date(2024, 2, 1))
    assert found.net_irr.status is RateStatus.UNDEFINED
    assert (found.tvpi, found.pic, found.flows, found.is_full_year) == (None, 0.0, (), False)


def test_a_fund_without_fee_payers_tells_all_limited_partners(tx: Tx) -> None:
    assert (
        len(performance(tx, fund_id=committed(tx, LP01=M, GP=M).fund_id, as_of=LAST.ends_on).partner_ids) == 1
    )


def test_known_at(tx: Tx, played: Played) -> None:
    """What was recorded after an instant does not count, however early it takes effect."""
    then = at(date(2025, 6, 30))
    found = performance(tx, fund_id=played.fund_id, as_of=LAST.ends_on, known_at=then)
    present = performance(tx, fund_id=played.fund_id, as_of=LAST.ends_on)
    at_the_time = performance(tx, fund_id=played.fund_id, as_of=date(2025, 6, 30))
    assert found.nav == at_the_time.nav
    assert found.flows[:-1] == present.flows[:-1]


def test_returns_over_periods(tx: Tx, played: Played) -> None:
    one = played.partners["LP01"]
    found = {
        part.code: part for part in period_returns(tx, fund_id=played.fund_id, partner_id=one, quarter=LAST)
    }
    assert set(found) == {"quarter", "year_to_date", "one_year", "inception"}
    opening = nav(tx, fund_id=played.fund_id, partner_id=one, as_of=date(2024, 12, 31))
    closing = nav(tx, fund_id=played.fund_id, partner_id=one, as_of=date(2025, 12, 31))
    assert found["year_to_date"].multiple == pytest.approx(closing / opening)
    assert found["quarter"].annual is None
    assert found["quarter"].days == 92
    year = found["one_year"]
    assert year.annual is not None
    assert year.annual.value == pytest.approx(closing / opening - 1)
    assert found["inception"].starts_on == date(2024, 3, 15)


def test_periods_before_the_first_call_are_left_out(tx: Tx, played: Played) -> None:
    codes = [part.code for part in period_returns(tx, fund_id=played.fund_id, quarter=Quarter(2024, 3))]
    assert codes == ["quarter", "inception"]
    assert period_returns(tx, fund_id=played.fund_id, quarter=Quarter(2023, 4)) == []


def test_a_partner_reads_its_own_net_return_only(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        played = a_played_fund(tx)
        mine = played.partners["LP01"]
        wanted = performance(tx, fund_id=played.fund_id, partner_id=mine, as_of=LAST.ends_on)
    lp = Actor(11, "LP", frozenset({Role.LP_USER}), frozenset({mine}))
    with database.transaction(lp) as tx:
        found = performance(tx, fund_id=played.fund_id, partner_id=mine, as_of=LAST.ends_on)
        assert found.flows == wanted.flows
        assert (found.net_irr, found.tvpi, found.pic) == (wanted.net_irr, wanted.tvpi, wanted.pic)
        assert (found.gross, found.gross_irr, found.moic) == (None, None, None)
        with pytest.raises(PartnerUnknown):
            performance(tx, fund_id=played.fund_id, partner_id=played.partners["LP02"], as_of=LAST.ends_on)
        with pytest.raises(FundFiguresClosed):
            performance(tx, fund_id=played.fund_id, as_of=LAST.ends_on)


def test_a_single_purchase_written_off_is_a_total_loss(tx: Tx) -> None:
    fund = capital.committed(tx, {"LP01": 100 * M})
    capital.a_paid_call(tx, fund, capital.investment(100 * M), due_on=date(2026, 3, 2))
    held = a_holding(tx, fund.fund_id, now=at(date(2026, 3, 5)))
    bought(tx, held.id, on=date(2026, 3, 5), cost=100 * M, now=at(date(2026, 3, 5)))
    gone = date(2027, 6, 30)
    write_off(tx, SYSTEM, holding_id=held.id, written_off_on=gone, reason="liquidated", now=at(gone))
    [found] = holding_returns(tx, fund_id=fund.fund_id, as_of=gone)
    assert found.gross.irr.status is RateStatus.TOTAL_LOSS
    one = performance(tx, fund_id=fund.fund_id, as_of=gone, partner_id=fund["LP01"])
    assert one.net_irr.status is RateStatus.TOTAL_LOSS


def test_a_call_that_was_cancelled_is_no_flow(tx: Tx) -> None:
    fund = capital.committed(tx, {"LP01": 100 * M})
    capital.a_paid_call(tx, fund, capital.investment(10 * M), due_on=date(2026, 3, 2))
    call = capital.a_call(tx, fund, capital.investment(50 * M), due_on=date(2026, 9, 1))
    off, last = date(2027, 6, 30), date(2027, 12, 31)
    cancel_call(tx, capital.MANAGER, call_id=call.id, reason="fell through", cancelled_on=off, now=at(off))
    found = performance(tx, fund_id=fund.fund_id, as_of=last, partner_id=fund["LP01"])
    assert [flow.amount for flow in found.flows] == [-10 * M, 10 * M]
    before = performance(tx, fund_id=fund.fund_id, as_of=date(2027, 3, 31), partner_id=fund["LP01"])
    assert [flow.amount for flow in before.flows] == [-10 * M, -50 * M, 60 * M]
