from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from fund.capital.calls import cancel_call
from fund.charter.queries import terms
from fund.fees.actions import charge
from fund.ledger.amending import amend
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from lp_reports.checks import inconsistencies
from lp_reports.facts import Periods, Rate
from lp_reports.gathering.charter import decimal, ratio
from lp_reports.gathering.companies import milestones, part_of
from lp_reports.gathering.rates import frozen_rate
from tests.builders.archive import figures_of
from tests.builders.capital import (
    MANAGER,
    a_call,
    a_distribution,
    a_paid_call,
    a_receipt,
    committed,
    expense,
    fee,
    investment,
    noon,
)
from tests.scenes import Scene
from valuation.irr import Rate as SolvedRate
from valuation.irr import RateStatus

YUAN = 100


def test_parts_sum_to_the_whole() -> None:
    weights = {3: 1, 1: 1, 2: 1}
    assert [part_of(100, weights, key) for key in (1, 2, 3)] == [34, 33, 33]
    assert part_of(100, weights, 9) == part_of(100, {1: 0}, 1) == 0


def test_ratios_are_rounded_once() -> None:
    assert decimal(Fraction(2, 3)) == Decimal("0.66666667")
    assert (ratio(1, 4), ratio(1, 0)) == (Decimal("0.25"), None)


def test_rates_keep_their_status_and_eight_decimals() -> None:
    assert frozen_rate(SolvedRate(RateStatus.UNIQUE, 0.1 + 0.2, (0.1 + 0.2,))) == Rate(
        "unique", Decimal("0.3"), (Decimal("0.3"),)
    )
    assert frozen_rate(SolvedRate(RateStatus.TOTAL_LOSS)) == Rate("total_loss")
    assert frozen_rate(SolvedRate(RateStatus.UNIQUE, 3.0, (3.0,)), is_full_year=False) == Rate("under_a_year")


def test_milestones_stand_in_the_order_of_the_plan() -> None:
    found = milestones(
        [
            {"what": "量产", "due_on": "2027-03-31"},
            {"what": "样机", "what_en": "Prototype", "due_on": "2026-03-31", "met_on": "2026-03-20"},
            {"what": "没有日期"},
        ]
    )
    assert [(one.what.zh, one.what.en, one.met_on) for one in found] == [
        ("样机", "Prototype", date(2026, 3, 20)),
        ("量产", "", None),
    ]


def test_calls_receipts_and_distributions_are_the_partners_own(scene: Scene) -> None:
    tx, fund = scene(committed)
    one, two = fund["LP01"], fund["LP02"]
    a_paid_call(tx, fund, investment(1_000_000 * YUAN), expense(50_000 * YUAN), fee({one: 300, two: 200}))
    open_call = a_call(tx, fund, investment(100_000 * YUAN), due_on=date(2026, 6, 15))
    a_receipt(tx, open_call, one, amount=10_000 * YUAN)
    a_distribution(tx, fund, pay_on=date(2026, 6, 15), return_of_capital=200_000 * YUAN, recallable=True)
    figures = figures_of(
        tx, fund_id=fund.fund_id, partner_id=one, quarter=Quarter(2026, 2), now=noon(date(2026, 7, 20))
    )
    assert inconsistencies(figures) == []
    first, second = figures.calls
    assert (first.investment, first.expense, first.fee) == (600_000 * YUAN, 30_000 * YUAN, 300)
    assert first.received_on == date(2026, 3, 2)
    assert (second.received, second.received_on) == (10_000 * YUAN, None)
    assert [(line.amount, line.recallable) for line in figures.distributions] == [
        (120_000 * YUAN, 120_000 * YUAN)
    ]
    assert figures.key.distributed == 120_000 * YUAN
    recallable = next(line for line in figures.commitment if line.code == "recallable")
    assert recallable.yours == Periods(*[120_000 * YUAN] * 3)
    assert [change.kind for change in figures.changes] == ["call"]


def test_a_partner_for_whom_nothing_has_moved_has_a_report_too(scene: Scene) -> None:
    tx, fund = scene(committed)
    figures = figures_of(
        tx,
        fund_id=fund.fund_id,
        partner_id=fund["LP01"],
        quarter=Quarter(2026, 1),
        now=noon(date(2026, 4, 20)),
    )
    assert inconsistencies(figures) == []
    assert [(point.quarter, point.nav) for point in figures.curve] == [("2026Q1", 0)]
    assert figures.key.unfunded == 60_000_000 * YUAN


@pytest.mark.parametrize("number", [2, 3])
def test_terms_amended_in_the_quarter_are_told_in_that_quarter_only(scene: Scene, number: int) -> None:
    tx, fund = scene(committed)
    promised = terms(tx, fund_id=fund.fund_id, as_of=date(2026, 3, 31))
    promised = replace(promised, notice_business_days=11)
    amend(
        tx,
        SYSTEM,
        fund_id=fund.fund_id,
        terms=promised,
        effective_on=date(2026, 5, 6),
        note="",
        now=noon(date(2026, 5, 6)),
    )
    figures = figures_of(
        tx,
        fund_id=fund.fund_id,
        partner_id=fund["LP01"],
        quarter=Quarter(2026, number),
        now=noon(date(2026, 10, 20)),
    )
    kinds = [change.kind for change in figures.changes]
    assert kinds == (["terms"] if number == 2 else [])


def test_a_fee_before_the_first_call_does_not_open_the_life_below_zero(scene: Scene) -> None:
    tx, fund = scene(committed)
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Quarter(2026, 1), now=noon(date(2026, 1, 20)))
    a_paid_call(tx, fund, investment(1_000_000 * YUAN), due_on=date(2026, 3, 2))
    figures = figures_of(
        tx,
        fund_id=fund.fund_id,
        partner_id=fund["LP01"],
        quarter=Quarter(2027, 1),
        now=noon(date(2027, 4, 20)),
    )
    inception = figures.performance.periods[-1]
    assert (inception.multiple, inception.annual) == (figures.key.tvpi, figures.key.net_irr)
    assert inconsistencies(figures) == []


def test_calls_stand_as_they_did_at_the_end_of_the_quarter_and_as_was_known(scene: Scene) -> None:
    tx, fund = scene(committed)
    quarter, told, corrected = Quarter(2026, 1), noon(date(2026, 4, 20)), date(2026, 5, 6)
    late = a_call(tx, fund, investment(10_000_000 * YUAN))
    a_receipt(tx, late, fund["LP01"], on=date(2026, 4, 7))
    off = a_call(tx, fund, investment(1_000_000 * YUAN), due_on=date(2026, 3, 16))
    facts = {"fund_id": fund.fund_id, "partner_id": fund["LP01"], "quarter": quarter}
    before = figures_of(tx, **facts, now=told)
    why = {"reason": "deal off", "cancelled_on": corrected, "now": noon(corrected)}
    cancel_call(tx, MANAGER, call_id=off.id, **why)
    for figures in (before, figures_of(tx, **facts, now=told), figures_of(tx, **facts, now=noon(corrected))):
        assert [(line.number, line.received) for line in figures.calls] == [("CALL-001", 0), ("CALL-002", 0)]
        assert inconsistencies(figures) == []
    [only] = figures_of(tx, **{**facts, "quarter": quarter.next}, now=noon(corrected)).calls
    assert (only.number, only.received, only.received_on) == ("CALL-001", 6_000_000_00, date(2026, 4, 7))
