"""Conditions and exceptions: each takes two people, and the money waits for both."""

from datetime import date, datetime
from fractions import Fraction

import pytest

from kernel.db import Tx
from pipeline.closing.preparation import (
    ConditionUnknown,
    approve_exception,
    ask_exception,
    confirm_condition,
    return_condition,
    satisfy_condition,
)
from pipeline.closing.queries import closings, exceptions, preview, progress
from pipeline.closing.rules import (
    ClosingBlocked,
    ConditionNotWaiting,
    ConditionSatisfied,
    EvidenceMissing,
    ExceptionNotNeeded,
    ExceptionUnknown,
    LimitExceeded,
    SamePerson,
)
from pipeline.committee.queries import conditions
from pipeline.deals.moves import ReasonMissing
from tests.builders.capital import YUAN
from tests.builders.closing import PRICE, Ready, a_closing, an_approved_deal
from tests.builders.committee import a_paper
from tests.scenes import Scene

SMALL = {"LP01": 60_000_000 * YUAN, "LP02": 40_000_000 * YUAN}


class TestConditions:
    @pytest.fixture
    def staged(self, scene: Scene, now: datetime) -> tuple[Tx, Ready]:
        return scene(an_approved_deal, now=now, conditions=2)

    @pytest.fixture
    def ready(self, staged: tuple[Tx, Ready]) -> Ready:
        return staged[1]

    def test_each_is_satisfied_by_one_and_confirmed_by_another(
        self, tx: Tx, now: datetime, ready: Ready
    ) -> None:
        first, second = conditions(tx, deal_id=ready.deal_id)
        paper = a_paper(tx, now=now, content=b"policy")
        for one in (first, second):
            with pytest.raises(ClosingBlocked, match=one.says):
                a_closing(tx, ready, now=now)
            satisfy_condition(
                tx, ready.analyst, condition_id=one.id, says="Insured.", documents=[paper.sha256], now=now
            )
            with pytest.raises(SamePerson):
                confirm_condition(tx, ready.analyst, condition_id=one.id, now=now)
            with pytest.raises(ClosingBlocked, match=one.says):
                a_closing(tx, ready, now=now)
            confirm_condition(tx, ready.manager, condition_id=one.id, now=now)
        told = progress(tx, deal_id=ready.deal_id)
        assert [(one.state, one.satisfied_by, one.confirmed_by) for one in told] == [
            ("confirmed", "Closing-Analyst", "Closing-Manager")
        ] * 2
        assert told[0].documents == (paper.sha256,)
        assert a_closing(tx, ready, now=now).amount == PRICE

    def test_evidence_can_be_returned_and_handed_in_again(self, tx: Tx, now: datetime, ready: Ready) -> None:
        one = conditions(tx, deal_id=ready.deal_id)[0]
        with pytest.raises(ConditionNotWaiting, match="open"):
            confirm_condition(tx, ready.manager, condition_id=one.id, now=now)
        with pytest.raises(EvidenceMissing):
            satisfy_condition(tx, ready.analyst, condition_id=one.id, says=" ", now=now)
        satisfy_condition(tx, ready.analyst, condition_id=one.id, says="Insured.", now=now)
        with pytest.raises(ConditionSatisfied, match="satisfied"):
            satisfy_condition(tx, ready.analyst, condition_id=one.id, says="Insured.", now=now)
        with pytest.raises(ReasonMissing):
            return_condition(tx, ready.manager, condition_id=one.id, reason="", now=now)
        return_condition(tx, ready.manager, condition_id=one.id, reason="No policy number.", now=now)
        assert progress(tx, deal_id=ready.deal_id)[0].state == "open"
        satisfy_condition(tx, ready.analyst, condition_id=one.id, says="Policy 77.", now=now)
        assert progress(tx, deal_id=ready.deal_id)[0].state == "satisfied"
        confirm_condition(tx, ready.manager, condition_id=one.id, now=now)
        with pytest.raises(ConditionNotWaiting, match="confirmed"):
            return_condition(tx, ready.manager, condition_id=one.id, reason="x", now=now)
        with pytest.raises(ConditionUnknown):
            confirm_condition(tx, ready.manager, condition_id=10**9, now=now)


class TestLimits:
    @pytest.fixture
    def staged(self, scene: Scene, now: datetime) -> tuple[Tx, Ready]:
        """20m of a fund of 100m whose charter allows 15 % in one company."""
        return scene(an_approved_deal, now=now, commitments=SMALL)

    @pytest.fixture
    def ready(self, staged: tuple[Tx, Ready]) -> Ready:
        return staged[1]

    def test_a_breach_is_refused_with_the_figures(self, tx: Tx, now: datetime, ready: Ready) -> None:
        told = "company: this deal takes 北科氢能材料有限公司 to 20 % against a limit of 15 %"
        with pytest.raises(LimitExceeded, match=told):
            a_closing(tx, ready, now=now)

    def test_an_exception_takes_a_reason_and_a_second_person(
        self, tx: Tx, now: datetime, ready: Ready
    ) -> None:
        facts = {"deal_id": ready.deal_id, "amount": PRICE, "on": now.date(), "now": now}
        with pytest.raises(ReasonMissing):
            ask_exception(tx, ready.manager, reason=" ", **facts)
        asked = ask_exception(tx, ready.manager, reason="Two tranches; half is hedged.", **facts)
        assert [(one.key, one.share) for one in asked.breaches] == [("北科氢能材料有限公司", Fraction(1, 5))]
        with pytest.raises(LimitExceeded):
            a_closing(tx, ready, now=now)
        with pytest.raises(SamePerson):
            approve_exception(tx, ready.manager, exception_id=asked.id, now=now)
        approve_exception(tx, ready.committee.manager, exception_id=asked.id, now=now)
        with pytest.raises(ExceptionUnknown):
            approve_exception(tx, ready.committee.manager, exception_id=asked.id, now=now)
        a_closing(tx, ready, now=now)
        assert [one.approved_by for one in exceptions(tx, deal_id=ready.deal_id)] == [
            ready.committee.manager.name
        ]

    def test_a_payment_within_the_limits_needs_none(self, tx: Tx, now: datetime, ready: Ready) -> None:
        with pytest.raises(ExceptionNotNeeded):
            ask_exception(
                tx,
                ready.manager,
                deal_id=ready.deal_id,
                amount=15_000_000 * YUAN,
                on=now.date(),
                reason="x",
                now=now,
            )
        assert a_closing(tx, ready, now=now, amount=15_000_000 * YUAN).amount == 15_000_000 * YUAN

    def test_a_preview_tells_it_all_beforehand(self, tx: Tx, now: datetime, ready: Ready) -> None:
        seen = preview(tx, actor=ready.analyst, deal_id=ready.deal_id, amount=PRICE + 1, on=now.date())
        assert (seen.approved, seen.paid, seen.expires_on) == (PRICE, 0, date(2026, 12, 29))
        assert [problem.where for problem in seen.problems] == ["amount"]
        assert [breach.dimension for breach in seen.breaches] == ["company"]
        assert (seen.cash, seen.shortfall) == (30_000_000 * YUAN, 0)
        assert closings(tx, deal_id=ready.deal_id) == []
