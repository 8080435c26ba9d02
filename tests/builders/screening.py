"""Scorecards, scorers and rounds for tests."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from kernel.db import Tx
from kernel.identity.queries import actor_of
from kernel.identity.rules import SYSTEM, Actor, Role
from pipeline.deals.actions import move
from pipeline.deals.interests import note_interest
from pipeline.deals.rules import Stage
from pipeline.deals.sheets import DealSheet
from pipeline.screening.actions import open_round, publish_scorecard
from pipeline.screening.rules import Audience, Criterion, Scorecard, Share
from pipeline.screening.scoring import seat_scorer
from tests.builders.deals import Setting, a_deal, a_setting
from tests.builders.parties import an_organisation
from tests.builders.people import a_user

CARD = Scorecard(
    criteria=(
        Criterion("team", Audience.FUND, "团队", "Team", Fraction(2, 3), 5),
        Criterion("finance", Audience.FUND, "财务", "Finance", Fraction(1, 3), 5),
        Criterion("science", Audience.UNIVERSITY, "科学性", "Science", Fraction(1), 10, minimum=4),
        Criterion("site", Audience.ENTERPRISE, "场地", "Site", Fraction(1, 2), 5),
        Criterion("volume", Audience.ENTERPRISE, "用量", "Volume", Fraction(1, 2), 5),
    ),
    shares={
        Audience.FUND: Share(Fraction(2, 5), True),
        Audience.UNIVERSITY: Share(Fraction(3, 10), True),
        Audience.ENTERPRISE: Share(Fraction(3, 10), False),
    },
    pass_mark=Fraction(60),
    spread_limit=Fraction(30),
)


def card(**changes: Any) -> Scorecard:
    """The usual card, changed as said."""
    return replace(CARD, **changes)


@dataclass(frozen=True)
class Screening:
    """A deal with an open round, and a scorer of each kind; two enterprises."""

    setting: Setting
    deal: DealSheet
    round_id: int
    analyst: Actor
    second: Actor
    professor: Actor
    steel: Actor
    rival: Actor
    manager: Actor


def a_scorer(tx: Tx, *roles: Role, login: str, now: datetime, party_id: int | None = None) -> Actor:
    """Somebody who may score, as an actor."""
    return actor_of(tx, user=a_user(tx, *roles, login=login, now=now, party_id=party_id))


def an_open_round(tx: Tx, *, now: datetime, **changes: Any) -> Screening:
    """A deal in screening with an open round; everybody is seated but the manager and the second analyst."""
    setting = a_setting(tx, now)
    steel, rival = (
        an_organisation(tx, "北方钢铁集团有限公司").id,
        an_organisation(tx, "南方钢铁集团有限公司").id,
    )
    given: dict[str, Any] = {"amount": 20_000_000_00, "chain_position": "in_house"}
    sheet = a_deal(tx, fund_id=setting.fund_id, now=now, **given)
    for party_id in (steel, rival):
        note_interest(tx, SYSTEM, deal_id=sheet.id, party_id=party_id, now=now)
    sheet = move(tx, SYSTEM, deal_id=sheet.id, to=Stage.SCREENING, now=now)
    publish_scorecard(
        tx, SYSTEM, name="standard", card=card(**changes), effective_on=date(2026, 1, 1), now=now
    )
    round_id = open_round(tx, SYSTEM, deal_id=sheet.id, card_name="standard", now=now)
    analyst = a_scorer(tx, Role.ANALYST, login="analyst-a", now=now)
    second = a_scorer(tx, Role.ANALYST, login="analyst-b", now=now)
    professor = a_scorer(tx, Role.TECHNOLOGY_MANAGER, login="professor", now=now)
    experts = [
        a_scorer(tx, Role.LP_EXPERT, login=f"expert-{party}", now=now, party_id=party)
        for party in (steel, rival)
    ]
    for actor, audience in (
        (analyst, Audience.FUND),
        (professor, Audience.UNIVERSITY),
        (experts[0], Audience.ENTERPRISE),
        (experts[1], Audience.ENTERPRISE),
    ):
        seat_scorer(tx, SYSTEM, round_id=round_id, user_id=actor.user_id or 0, audience=audience, now=now)
    manager = a_scorer(tx, Role.MANAGER, login="manager", now=now)
    return Screening(setting, sheet, round_id, analyst, second, professor, *experts, manager)


FUND_POINTS = {"team": 4, "finance": 3}
SCIENCE_POINTS = {"science": 9}
STEEL_POINTS = {"site": 5, "volume": 4}
RIVAL_POINTS = {"site": 2, "volume": 3}
