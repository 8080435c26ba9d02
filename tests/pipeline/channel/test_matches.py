"""Matches on a real database: ranked, decided, and seen by the enterprise of the demand alone."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM
from pipeline.channel.matches import accept_match, propose_matches, reject_match
from pipeline.channel.queries import (
    match,
    matches,
)
from pipeline.channel.rules import (
    AlreadyDecided,
    MatchState,
    MatchUnknown,
)
from tests.builders.channel import MEMBER, TECHNOLOGY, a_demand, an_achievement, assessed, lp
from tests.builders.parties import an_organisation


def test_matches_are_ranked_alike_from_both_sides(tx: Tx, steel: int, now: datetime) -> None:
    need = a_demand(tx, party_id=steel, now=now)
    good = an_achievement(tx, now=now)
    assessed(tx, achievement_id=good.id, levels={"alloy": 7, "lance": 6}, now=now)
    an_achievement(
        tx,
        now=now,
        code="A-002",
        title_zh="图形处理器编译器",
        title_en="GPU compiler",
        summary_zh="",
        summary_en="",
        sector="computing",
        site="北京",
    )
    weak = an_achievement(
        tx, now=now, code="A-003", title_zh="金属双极板", summary_zh="氢燃料电池", site="上海"
    )
    assert propose_matches(tx, TECHNOLOGY, now=now) == 2
    seen = matches(tx, actor=TECHNOLOGY, demand_id=need.id)
    assert [one.achievement for one in seen] == [good.code, weak.code]
    assert matches(tx, actor=TECHNOLOGY, achievement_id=good.id) == [seen[0]]
    assert seen[0].score == sum(part.weight * part.score for part in seen[0].reasons) // 100
    assert [part.name for part in seen[0].reasons][:3] == ["text", "sector", "readiness"]
    assert propose_matches(tx, TECHNOLOGY, demand_id=need.id, achievement_id=good.id, now=now) == 1
    assert propose_matches(tx, SYSTEM, now=now, lowest=990) == 0
    assert matches(tx, actor=TECHNOLOGY) == []


def test_a_decision_stays_and_feeds_back(tx: Tx, steel: int, now: datetime) -> None:
    a_demand(tx, party_id=steel, now=now)
    second = a_demand(tx, party_id=steel, now=now, code="N-002")
    key = an_achievement(tx, now=now).id
    propose_matches(tx, SYSTEM, now=now)
    first = matches(tx, actor=SYSTEM)[0]
    rejected = reject_match(tx, lp(steel), match_id=first.id, reason="The lance does not fit.", now=now)
    assert (rejected.state, rejected.reason, rejected.decided_by) == (
        "rejected",
        "The lance does not fit.",
        "lp",
    )
    with pytest.raises(AlreadyDecided):
        accept_match(tx, SYSTEM, match_id=first.id, reason="x", now=now)
    propose_matches(tx, SYSTEM, now=now)
    assert match(tx, match_id=first.id, actor=SYSTEM) == rejected
    (renewed,) = matches(tx, actor=SYSTEM, demand_id=second.id, achievement_id=key)
    assert renewed.reasons[-1].facts == {"accepted": 0, "decided": 1}
    assert renewed.score == first.score - 25
    assert matches(tx, actor=SYSTEM, state=MatchState.REJECTED) == [rejected]


def test_a_match_is_for_the_enterprise_of_the_demand(tx: Tx, steel: int, rival: int, now: datetime) -> None:
    a_demand(tx, party_id=steel, now=now)
    an_achievement(tx, now=now)
    propose_matches(tx, SYSTEM, now=now)
    (found,) = matches(tx, actor=lp(steel))
    assert matches(tx, actor=lp(rival)) == matches(tx, actor=MEMBER) == []
    with pytest.raises(MatchUnknown):
        accept_match(tx, lp(rival), match_id=found.id, reason="x", now=now)


def test_the_database_itself_hides_confidential_demands_and_their_matches(
    database: Database, now: datetime
) -> None:
    with database.transaction(SYSTEM) as tx:
        steel, rival = an_organisation(tx, "北方钢铁").id, an_organisation(tx, "南方钢铁").id
        a_demand(tx, party_id=steel, now=now, is_confidential=True)
        a_demand(tx, party_id=steel, now=now, code="N-002")
        an_achievement(tx, now=now)
        propose_matches(tx, SYSTEM, now=now)
    for actor, shown, matched in (
        (None, 0, 0),
        (TECHNOLOGY, 2, 2),
        (lp(steel), 2, 2),
        (lp(rival), 1, 0),
    ):
        with database.transaction(actor) as tx:
            assert tx.execute(sa.text("SELECT count(*) FROM demand")).scalar_one() == shown
            assert tx.execute(sa.text("SELECT count(*) FROM match")).scalar_one() == matched
    with database.transaction(lp(rival)) as tx:
        hit = tx.execute(sa.text("UPDATE demand SET title = 'x' WHERE is_confidential"))
        assert hit.rowcount == 0
