"""Demands and achievements for tests, and those who deal with them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from pipeline.channel.achievements import assess, register_achievement
from pipeline.channel.demands import register_demand
from pipeline.channel.rules import ChainPosition, Scale, Spec, Urgency
from pipeline.channel.sheets import AchievementSheet, DemandSheet

TECHNOLOGY = Actor(user_id=1, name="tm", roles=frozenset({Role.TECHNOLOGY_MANAGER}))
NOBODY = Actor(user_id=2, name="administrator", roles=frozenset({Role.ADMINISTRATOR}))
MEMBER = Actor(user_id=4, name="member", roles=frozenset({Role.COMMITTEE}))


def lp(party_id: int) -> Actor:
    """Somebody of an enterprise that is a partner."""
    return Actor(user_id=3, name="lp", roles=frozenset({Role.LP_USER}), party_id=party_id)


def a_demand(tx: Tx, *, party_id: int, now: datetime, code: str = "N-001", **changes: Any) -> DemandSheet:
    """A steel maker's need for a heat-resistant alloy, changed as said."""
    given: dict[str, Any] = {
        "title": "高炉富氢喷吹用耐热合金",
        "problem": "富氢喷吹枪头寿命短，需要在 1200 度下抗氢脆的耐热合金。",
        "sector": "hydrogen",
        "chain_position": ChainPosition.IN_HOUSE,
        "specification": (Spec("tensile strength at 1200 °C", "≥ 80", "MPa"),),
        "wanted_trl": 6,
        "site": "包头",
        "budget": 8_000_000_00,
        "deadline_on": date(2027, 6, 30),
        "urgency": Urgency.HIGH,
    }
    return register_demand(tx, SYSTEM, code=code, party_id=party_id, now=now, **(given | changes))


def an_achievement(tx: Tx, *, now: datetime, code: str = "A-001", **changes: Any) -> AchievementSheet:
    """A laboratory's heat-resistant alloy with two critical elements, changed as said."""
    given: dict[str, Any] = {
        "title_zh": "抗氢脆耐热合金及其喷吹枪",
        "title_en": "Heat-resistant alloy that withstands hydrogen",
        "summary_zh": "用于高炉富氢喷吹的耐热合金，抗氢脆。",
        "summary_en": "An alloy for hydrogen injection lances of blast furnaces.",
        "discipline": "materials",
        "sector": "hydrogen",
        "site": "包头",
        "cost": 6_000_000_00,
        "available_on": date(2027, 1, 31),
        "critical": {"alloy": True, "lance": True, "packaging": False},
    }
    return register_achievement(tx, SYSTEM, code=code, now=now, **(given | changes))


def assessed(
    tx: Tx,
    *,
    achievement_id: int,
    levels: Mapping[str, int],
    now: datetime,
    scale: Scale = Scale.TRL,
    assessed_on: date = date(2026, 6, 1),
) -> AchievementSheet | None:
    """The achievement after its elements have been assessed at `levels`."""
    sheet = None
    for element, level in levels.items():
        sheet = assess(
            tx,
            SYSTEM,
            achievement_id=achievement_id,
            element=element,
            scale=scale,
            level=level,
            evidence=f"report-{element}.pdf",
            assessor="第三方检测中心",
            assessed_on=assessed_on,
            now=now,
        )
    return sheet
