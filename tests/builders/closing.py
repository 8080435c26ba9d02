"""Deals ready to be closed, for tests."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from pipeline.closing.actions import close
from pipeline.closing.sheets import ClosingSheet
from pipeline.committee.actions import close_motion
from pipeline.committee.queries import motion_sheet
from pipeline.committee.sheets import MotionLine
from pipeline.deals.queries import deal
from pipeline.deals.sheets import DealSheet
from tests.builders.capital import YUAN, CapitalFund, a_paid_call, committed, investment
from tests.builders.committee import Committee, a_committee, a_deal_before, a_member, an_open_motion, vote
from tests.builders.deals import Setting

PRICE = 20_000_000 * YUAN
WINDOW = timedelta(days=3)


@dataclass(frozen=True)
class Ready:
    """An approved deal of 20m yuan, its fund and committee, and two people of the fund's."""

    deal: DealSheet
    motion_id: int
    fund: CapitalFund
    committee: Committee
    manager: Actor
    analyst: Actor

    @property
    def deal_id(self) -> int:
        """The deal's id."""
        return self.deal.id


def a_funded_committee(
    tx: Tx, *, now: datetime, commitments: dict[str, int] | None = None
) -> tuple[CapitalFund, Committee]:
    """A fund of 500m yuan (300m, 200m; or `commitments`) with a committee of seven."""
    fund = committed(tx, commitments or {"LP01": 300_000_000 * YUAN, "LP02": 200_000_000 * YUAN})
    lead = a_member(tx, Role.ANALYST, login="lead", now=now)
    assert lead.user_id is not None
    return fund, a_committee(tx, now=now, setting=Setting(fund.fund_id, lead.user_id))


def an_approved_deal(
    tx: Tx,
    *,
    now: datetime,
    cash: int = 30_000_000 * YUAN,
    commitments: dict[str, int] | None = None,
    conditions: int = 0,
) -> Ready:
    """A deal that the committee approved at `now`, with the first `conditions` seats asking for one each.

    `cash` was called and paid on 2 March 2026.
    """
    fund, committee = a_funded_committee(tx, now=now, commitments=commitments)
    if cash:
        a_paid_call(tx, fund, investment(cash), due_on=date(2026, 3, 2))
    line = an_approval(tx, committee, now=now, conditions=conditions)
    manager = a_member(tx, Role.MANAGER, login="closing-manager", now=now)
    analyst = a_member(tx, Role.ANALYST, login="closing-analyst", now=now)
    return Ready(deal(tx, deal_id=line.deal_id), line.id, fund, committee, manager, analyst)


def another_approved_deal(tx: Tx, ready: Ready, *, now: datetime, name: str = "京西储能有限公司") -> Ready:
    """A second approved deal of 20m yuan in the same fund and sector."""
    line = an_approval(tx, ready.committee, now=now, name=name)
    return replace(ready, deal=deal(tx, deal_id=line.deal_id), motion_id=line.id)


def an_approval(
    tx: Tx, committee: Committee, *, now: datetime, conditions: int = 0, **about: str
) -> MotionLine:
    """The motion by which the committee approved a deal at `now`."""
    before = now - WINDOW
    line = an_open_motion(tx, committee, now=before, deal=a_deal_before(tx, committee, now=before, **about))
    papers = motion_sheet(tx, actor=SYSTEM, motion_id=line.id, now=before).papers_hash
    assert papers is not None
    for number, code in enumerate(("S1", "S2", "S3", "S4", "S5")):
        asked = [f"Condition of {code}"] if number < conditions else []
        choice = "conditions" if asked else "yes"
        vote(tx, committee.members[code], line.id, choice, papers_hash=papers, now=before, conditions=asked)
    close_motion(tx, SYSTEM, motion_id=line.id, now=now)
    return line


def a_closing(tx: Tx, ready: Ready, *, now: datetime, **changes: Any) -> ClosingSheet:
    """The deal closed by the manager on the day of `now`, for its whole price unless said otherwise."""
    given: dict[str, Any] = {"amount": PRICE, "on": now.date(), "quantity": 1_000_000}
    return close(tx, ready.manager, deal_id=ready.deal_id, now=now, **(given | changes))
