"""Reading a list of deals from a sheet; one row, one error message, all rows or none."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from fund.parties.imports import party_named
from kernel.db import Tx
from kernel.errors import NotFound
from kernel.identity.models import User
from kernel.identity.rules import Actor
from kernel.sheets.days import Day
from kernel.sheets.importing import Imported, book
from kernel.sheets.numbers import Amount
from kernel.sheets.reading import Column, Layout, read_file
from kernel.sheets.words import Choice, Code, Text, Texts
from pipeline.channel.layouts import POSITIONS
from pipeline.channel.queries import achievement_by_code
from pipeline.channel.rules import ChainPosition
from pipeline.deals.actions import register
from pipeline.deals.interests import note_interest
from pipeline.deals.rules import Origin
from pipeline.deals.sheets import DealSheet

_ORIGINS = {
    "实验室": Origin.LABORATORY,
    "联合创新中心": Origin.JOINT_INNOVATION_CENTRE,
    "研究中心": Origin.RESEARCH_CENTRE,
    "校友企业": Origin.ALUMNI_FIRM,
    "合伙人剥离": Origin.LP_CARVE_OUT,
    "合伙人推荐": Origin.LP_REFERRAL,
}


class OwnerUnknown(NotFound):
    code = "deal_owner_unknown"
    says = "No user is called “{owner}”."


@dataclass(frozen=True)
class DealRow:
    """One deal, amounts in fen."""

    code: str | None
    name: str
    technology: str
    sector: str
    city: str
    origin: Origin
    achievement: str
    chain_position: ChainPosition | None
    development_stage: str
    round_name: str
    instrument: str
    amount: int | None
    pre_money: int | None
    owner: str
    registered_on: date | None
    next_step: str
    next_step_on: date | None
    interested: tuple[str, ...]


DEALS = Layout(
    "deals",
    DealRow,
    (
        Column("code", Code(), ("项目编号", "Deal code", "Deal"), False),
        Column("name", Text(), ("项目名称", "公司名称", "Name", "Company")),
        Column("technology", Text(), ("技术一句话", "技术", "Technology"), False, ""),
        Column("sector", Text(), ("方向", "领域", "Sector"), False, ""),
        Column("city", Text(), ("城市", "所在地", "City"), False, ""),
        Column("origin", Choice(Origin, _ORIGINS), ("来源", "Origin")),
        Column("achievement", Code(), ("成果编号", "Achievement"), False, ""),
        Column(
            "chain_position",
            Choice(ChainPosition, POSITIONS),
            ("产业链位置", "Chain position"),
            False,
        ),
        Column("development_stage", Text(), ("发展阶段", "Development stage"), False, ""),
        Column("round_name", Text(), ("轮次", "Round"), False, ""),
        Column("instrument", Text(), ("投资工具", "Instrument"), False, ""),
        Column("amount", Amount(), ("拟投金额", "Amount"), False),
        Column("pre_money", Amount(), ("投前估值", "Pre-money"), False),
        Column("owner", Text(), ("负责人", "Owner"), False, ""),
        Column("registered_on", Day(), ("登记日期", "Registered on"), False),
        Column("next_step", Text(), ("下一步", "Next step"), False, ""),
        Column("next_step_on", Day(), ("下一步日期", "Next step on"), False),
        Column("interested", Texts(), ("意向企业", "Interested enterprises"), False, ()),
    ),
    unique=("name", "round_name"),
)


def import_deals(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """Register every deal of a sheet. Refused: see SheetRefused, each fault with its row."""
    reading = read_file(filename, content, DEALS)

    def act(row: DealRow) -> None:
        add_deal(tx, actor, row=row, fund_id=fund_id, now=now)

    return (book(tx, reading, act, what="deals", dry_run=dry_run),)


def add_deal(tx: Tx, actor: Actor, *, row: DealRow, fund_id: int, now: datetime) -> DealSheet:
    """Register one deal and put the enterprises interested in it on record."""
    found = register(
        tx,
        actor,
        fund_id=fund_id,
        code=row.code,
        name=row.name,
        origin=row.origin,
        technology=row.technology,
        sector=row.sector,
        city=row.city,
        chain_position=row.chain_position,
        development_stage=row.development_stage,
        round_name=row.round_name,
        instrument=row.instrument,
        amount=row.amount,
        pre_money=row.pre_money,
        owner_id=_owner(tx, row.owner),
        achievement_id=achievement_by_code(tx, code=row.achievement).id if row.achievement else None,
        next_step=row.next_step,
        next_step_on=row.next_step_on,
        now=now,
    )
    for name in row.interested:
        note_interest(tx, actor, deal_id=found.id, party_id=party_named(tx, name=name).id, now=now)
    return found


def _owner(tx: Tx, owner: str) -> int | None:
    """The one user of that name or login; nobody where the cell is empty."""
    if not owner:
        return None
    named = (col(User.name) == owner) | (col(User.login) == owner)
    found = tx.exec(select(User).where(named)).all()
    if len(found) != 1:
        raise OwnerUnknown(owner=owner)
    return found[0].key
