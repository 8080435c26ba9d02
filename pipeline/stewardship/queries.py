"""Looking at exits: how the fund left a company, and what still keeps an exit from being recorded."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.holdings.history import disposals
from fund.holdings.queries import holding
from fund.parties.queries import groups, parties
from fund.partners.queries import partners
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.paging import DEFAULT_LIMIT, Page, keyset
from pipeline.closing.queries import closings
from pipeline.committee.models import Motion
from pipeline.committee.queries import decision, motions
from pipeline.committee.rules import APPROVALS
from pipeline.committee.sheets import MotionLine
from pipeline.deals.models import Deal
from pipeline.deals.queries import deal
from pipeline.deals.recusals import is_out
from pipeline.deals.sheets import DealSheet
from pipeline.stewardship.models import DealExit, ExitUndoing
from pipeline.stewardship.rules import Behind, ExitKind, ExitUnknown, Standing, matter_for


@dataclass(frozen=True)
class ExitSheet:
    """How the fund left a company. `invested`, `realised` and `gain` are minor units, as the holding tells them."""

    id: int
    deal_id: int
    deal: str
    name: str
    holding: str
    motion_id: int
    kind: ExitKind
    counterparty_id: int | None
    counterparty_zh: str
    counterparty_en: str
    into_partner_chain: bool
    exited_on: date
    invested: int
    realised: int
    currency: str
    note: str
    recorded_by: str
    recorded_at: datetime

    @property
    def gain(self) -> int:
        """All that came back less all that was paid."""
        return self.realised - self.invested


@dataclass(frozen=True)
class Left:
    """How and when a holding was left, in short; the other side is a party of the counterparty's id."""

    holding_id: int
    kind: ExitKind
    exited_on: date
    counterparty_id: int | None
    into_partner_chain: bool


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Exits are for those who run or audit the fund, and for members of the committee who see the deal."""
    if actor.reach == "all":
        return sa.true()
    if not actor.has(Role.COMMITTEE):
        return sa.false()
    return select(Deal.id).where(Deal.id == DealExit.deal_id, ~is_out(actor)).exists()


def stands() -> sa.ColumnElement[bool]:
    """Whether an exit has not been taken back."""
    return ~select(ExitUndoing.id).where(ExitUndoing.exit_id == DealExit.id).exists()


def exits(
    tx: Tx, *, actor: Actor, fund_id: int, after: str | None = None, limit: int = DEFAULT_LIMIT
) -> Page[ExitSheet]:
    """The exits of a fund that stand and that `actor` may know of, newest first."""
    statement = select(DealExit).where(DealExit.fund_id == fund_id, visible_to(actor), stands())

    def sheet(row: DealExit) -> ExitSheet:
        return exit_sheet(tx, row=row)

    key = col(DealExit.id)
    return keyset(tx, statement, key, after=after, limit=limit, sheet=sheet, newest_first=True)


def left_by(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime) -> dict[int, Left]:
    """How the holdings that were left by a day were left, by holding, as known at an instant."""
    undone = select(ExitUndoing.exit_id).where(col(ExitUndoing.recorded_at) <= known_at)
    statement = select(DealExit).where(
        DealExit.fund_id == fund_id,
        DealExit.exited_on <= as_of,
        DealExit.recorded_at <= known_at,
        col(DealExit.id).not_in(undone),
    )
    return {
        row.holding_id: Left(
            row.holding_id, row.kind, row.exited_on, row.counterparty_id, row.into_partner_chain
        )
        for row in tx.exec(statement.order_by(col(DealExit.id)))
    }


def exit_of(tx: Tx, *, actor: Actor, deal_id: int) -> ExitSheet:
    """How the fund left the company of a deal; refused where no exit has been recorded (ExitUnknown)."""
    wanted = select(DealExit).where(DealExit.deal_id == deal_id, visible_to(actor), stands())
    row = tx.exec(wanted).one_or_none()
    if row is None:
        raise ExitUnknown(deal=deal(tx, deal_id=deal_id).code)
    return exit_sheet(tx, row=row)


def holding_of(tx: Tx, *, deal_id: int) -> int | None:
    """The holding that the deal was paid into."""
    paid = closings(tx, deal_id=deal_id)
    return paid[-1].holding_id if paid else None


def standing(tx: Tx, *, about: DealSheet, on: date) -> Standing:
    """Where the deal's holding stands on a day, and when the last of it left."""
    held = holding_of(tx, deal_id=about.id)
    if held is None:
        return Standing(None, None)
    left = disposals(tx, fund_id=about.fund_id, as_of=on, holding_id=held)
    status = holding(tx, holding_id=held, as_of=on).status
    return Standing(status, max((one.sold_on for one in left), default=None))


def behind(tx: Tx, *, about: DealSheet, motion_id: int) -> Behind | None:
    """The decision of a motion on the deal, or on another deal with the same company; None without one."""
    motion = tx.get(Motion, motion_id)
    if motion is None or motion.verdict is None or not _same_company(tx, about, motion.deal_id):
        return None
    decided = decision(tx, motion_id=motion_id)
    on = day_in_beijing(decided.decided_at)
    return Behind(motion.matter, decided.outcome.approves, on, decided.expires_on)


def motions_behind(tx: Tx, *, actor: Actor, deal_id: int) -> list[MotionLine]:
    """The motions on a deal that an exit could lean on: those that were approved and decide on leaving."""
    wanted = {matter_for(kind) for kind in ExitKind}
    found = motions(tx, actor=actor, deal_id=deal_id).items
    return [one for one in found if one.matter in wanted and one.verdict in APPROVALS]


def chain_parties(tx: Tx, *, fund_id: int, on: date) -> frozenset[int]:
    """Every party that is a limited partner of the fund on a day, or of a partner's group."""
    limited = [one.party_id for one in partners(tx, fund_id=fund_id, as_of=on) if not one.is_general]
    return frozenset().union(*groups(tx, party_ids=limited, as_of=on).values())


def exit_sheet(tx: Tx, *, row: DealExit) -> ExitSheet:
    """An exit's row with the names it mentions and what the holding says of the money."""
    about = deal(tx, deal_id=row.deal_id)
    held = holding(tx, holding_id=row.holding_id, as_of=row.exited_on)
    named = parties(tx, party_ids=[row.counterparty_id] if row.counterparty_id is not None else [])
    other = named.get(row.counterparty_id or 0)
    return ExitSheet(
        id=row.key,
        deal_id=row.deal_id,
        deal=about.code,
        name=about.name,
        holding=held.code,
        motion_id=row.motion_id,
        kind=row.kind,
        counterparty_id=row.counterparty_id,
        counterparty_zh=other.name_zh if other else "",
        counterparty_en=other.name_en if other else "",
        into_partner_chain=row.into_partner_chain,
        exited_on=row.exited_on,
        invested=held.invested,
        realised=held.realised,
        currency=about.currency,
        note=row.note,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
    )


def _same_company(tx: Tx, about: DealSheet, deal_id: int) -> bool:
    return deal_id == about.id or (
        about.spinout_id is not None and deal(tx, deal_id=deal_id).spinout_id == about.spinout_id
    )
