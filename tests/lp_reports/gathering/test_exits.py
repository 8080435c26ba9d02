"""Exits as partners read of them: the kind, the day, whose chain; as they stood and as was known."""

from datetime import datetime, timedelta

from fund.partners.queries import partner, partners
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from lp_reports.gathering.conflicts import Partners, groups_of
from lp_reports.gathering.exits import exits
from lp_reports.portfolio import Exit
from pipeline.closing.queries import closings
from pipeline.committee.motion_rules import Matter
from pipeline.stewardship.actions import record_exit
from pipeline.stewardship.queries import left_by
from pipeline.stewardship.rules import ExitKind
from pipeline.stewardship.undoing import undo_disposal
from tests.builders.closing import Ready, a_closing, an_approved_deal
from tests.builders.committee import a_policy
from tests.pipeline.stewardship.test_actions import decided, sold
from tests.scenes import Scene

DAY = timedelta(days=1)


def read_by(tx: Tx, held: Ready, code: str, quarter: Quarter, known_at: datetime) -> list[Exit]:
    fund_id = held.fund.fund_id
    sheets = partners(tx, fund_id=fund_id)
    reader = next(one for one in sheets if one.code == code)
    groups = Partners(reader, groups_of(tx, partners=sheets, quarter=quarter), frozenset())
    left = left_by(tx, fund_id=fund_id, as_of=quarter.ends_on, known_at=known_at)
    found = exits(left, groups)
    (paid,) = closings(tx, deal_id=held.deal_id)
    assert set(found) <= {paid.holding_id}
    return list(found.values())


def test_an_exit_is_told_without_another_partner_s_name_and_as_it_was_known(
    scene: Scene, now: datetime
) -> None:
    tx, held = scene(an_approved_deal, now=now)
    a_closing(tx, held, now=now, quantity=1_000_000)
    a_policy(tx, fund_id=held.fund.fund_id, matter=Matter.EXIT, now=now)
    motion, then = decided(tx, held, now), now + 4 * DAY
    sold(tx, held, then)
    record_exit(
        tx,
        held.manager,
        deal_id=held.deal_id,
        motion_id=motion,
        kind=ExitKind.SALE_TO_LP,
        exited_on=then.date(),
        counterparty_id=partner(tx, partner_id=held.fund.partners["LP01"]).party_id,
        into_partner_chain=True,
        now=then,
    )
    quarter = Quarter.containing(then.date())
    assert read_by(tx, held, "LP01", quarter, then) == [Exit("sale_to_lp", then.date(), "yours")]
    assert read_by(tx, held, "LP02", quarter, then) == [Exit("sale_to_lp", then.date(), "partner")]
    assert read_by(tx, held, "LP01", quarter.previous, then) == []
    assert read_by(tx, held, "LP01", quarter, then - DAY) == []
    later = then + DAY
    (paid,) = closings(tx, deal_id=held.deal_id)
    why = {"reason": "the buyer stepped back", "on": later.date(), "now": later}
    undo_disposal(tx, SYSTEM, holding_id=paid.holding_id, number=1, **why)
    assert read_by(tx, held, "LP02", quarter, later) == []
    assert read_by(tx, held, "LP02", quarter, then) == [Exit("sale_to_lp", then.date(), "partner")]
