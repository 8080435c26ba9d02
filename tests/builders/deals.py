"""Deals for tests, at the stage that a test needs."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from pipeline.channel.rules import ChainPosition
from pipeline.deals.actions import move, publish_score, register
from pipeline.deals.rules import GATES, ORDER, DealFacts, Origin, Stage, Status
from pipeline.deals.sheets import DealSheet
from tests.builders.charter import a_fund
from tests.builders.people import a_user
from tests.builders.spinouts import a_spinout

# A complete deal of an alumni firm: it may go through every stage once its gates are opened.
COMPLETE = DealFacts(
    code="D26-001",
    stage=Stage.REGISTERED,
    status=Status.ACTIVE,
    origin=Origin.ALUMNI_FIRM,
    technology="高炉富氢喷吹用耐热合金",
    sector="hydrogen",
    next_step="Meet the team",
    next_step_on=date(2026, 10, 15),
    amount=20_000_000_00,
    pre_money=180_000_000_00,
    instrument="preferred shares",
    chain_position=ChainPosition.IN_HOUSE,
    development_stage="seed",
    city="北京",
    owner_id=1,
    spinout_id=1,
    achievement_id=1,
    trl=6,
    score=Fraction(245, 3),
)


def facts(**changes: Any) -> DealFacts:
    """The facts of a complete deal, changed as said."""
    return replace(COMPLETE, **changes)


@dataclass(frozen=True)
class Setting:
    """What deals need around them."""

    fund_id: int
    owner_id: int


def a_setting(tx: Tx, now: datetime, *, fund_code: str = "AF1") -> Setting:
    """A fund and somebody who leads its deals."""
    fund = a_fund(tx, code=fund_code)
    return Setting(fund.id, a_user(tx, login=f"lead-{fund_code.lower()}", now=now).key)


def a_deal(
    tx: Tx, *, fund_id: int, now: datetime, name: str = "北科氢能材料有限公司", **changes: Any
) -> DealSheet:
    """A registered deal of an alumni firm with what screening asks for, changed as said."""
    given: dict[str, Any] = {
        "origin": Origin.ALUMNI_FIRM,
        "technology": COMPLETE.technology,
        "sector": COMPLETE.sector,
        "next_step": COMPLETE.next_step,
        "next_step_on": COMPLETE.next_step_on,
    }
    return register(tx, SYSTEM, fund_id=fund_id, name=name, now=now, **(given | changes))


def a_deal_at(
    tx: Tx,
    stage: Stage,
    *,
    setting: Setting,
    now: datetime,
    name: str = "北科氢能材料有限公司",
    days: int = 1,
    **changes: Any,
) -> DealSheet:
    """A complete deal led through every stage up to `stage`, one move every `days` days, the last one at `now`.

    The gates are opened here by hand; the rooms that own them are not asked.
    """
    last = ORDER.index(stage)
    given = {
        "amount": COMPLETE.amount,
        "pre_money": COMPLETE.pre_money,
        "instrument": COMPLETE.instrument,
        "chain_position": COMPLETE.chain_position,
        "development_stage": COMPLETE.development_stage,
        "city": COMPLETE.city,
        "owner_id": setting.owner_id,
    }
    if "spinout_id" not in changes:
        given["spinout_id"] = a_spinout(tx, name_zh=name, now=now).id
    began = now - timedelta(days=days * last)
    sheet = a_deal(tx, fund_id=setting.fund_id, now=began, name=name, **(given | changes))
    for place in range(1, last + 1):
        at = began + timedelta(days=days * place)
        if ORDER[place] == Stage.PROJECT_APPROVAL:
            publish_score(tx, SYSTEM, deal_id=sheet.id, score=Fraction(245, 3), now=at)
        sheet = move(tx, SYSTEM, deal_id=sheet.id, to=ORDER[place], gate=GATES.get(ORDER[place]), now=at)
    return sheet
