"""Deals, demands and achievements as workbooks."""

from functools import partial

from app.lists.tables import Named, Reader, every
from kernel.sheets.writing import Look
from pipeline.channel import queries as channel
from pipeline.channel.rules import AchievementState, DemandState
from pipeline.deals.filters import Sort, Wanted
from pipeline.deals.queries import table

MONEY, DAY, WHOLE = Look.MONEY, Look.DAY, Look.WHOLE


def _n(says: str) -> str:
    return says


def deal_book(reader: Reader, *, wanted: Wanted, sort: Sort, descending: bool) -> bytes:
    """The deals as their table shows them."""
    heads: list[Named] = [
        *(_n("Code"), _n("Name"), _n("Technology"), _n("Sector"), _n("Origin"), _n("Stage"), _n("Status")),
        *((_n("Amount"), MONEY), (_n("Score"), WHOLE), ("TRL", WHOLE), ("MRL", WHOLE)),
        *((_n("Days in stage"), WHOLE), _n("Led by"), _n("Next step"), (_n("Next step on"), DAY)),
        *(_n("Interested enterprises"), _n("Conflict")),
    ]
    asked = partial(
        table,
        reader.tx,
        actor=reader.actor,
        fund_id=reader.fund_id,
        now=reader.now,
        wanted=wanted,
        sort=sort,
        descending=descending,
    )
    rows = (
        (
            *(one.code, one.name, one.technology, one.sector, reader.label(one.origin)),
            *(reader.label(one.stage), reader.label(one.status), one.amount, one.score, one.trl, one.mrl),
            *(one.days_in_stage, one.owner, one.next_step, one.next_step_on),
            *(reader.name("、".join(one.interested), ", ".join(one.interested_en)), one.conflict_note),
        )
        for one in every(asked)
    )
    return reader.book(reader.sheet(_n("Deals"), heads, rows))


def demand_book(reader: Reader, *, text: str, sector: str, state: DemandState | None) -> bytes:
    """What enterprises need."""
    heads: list[Named] = [
        *(_n("Code"), _n("Title"), _n("Enterprise"), _n("The problem"), _n("Specification"), _n("Sector")),
        *((_n("Wanted TRL"), WHOLE), _n("Site"), (_n("Budget"), MONEY), (_n("Deadline"), DAY)),
        *(_n("Market capacity"), _n("Urgency"), _n("Position in the chain"), _n("common need")),
        *(_n("confidential"), _n("State")),
    ]
    asked = partial(channel.demands, reader.tx, actor=reader.actor, text=text, sector=sector, state=state)
    rows = (
        (
            *(one.code, one.title, reader.name(one.enterprise_zh, one.enterprise_en), one.problem),
            "；".join(f"{spec.name} {spec.value} {spec.unit}".strip() for spec in one.specification),
            *(one.sector, one.wanted_trl, one.site, one.budget, one.deadline_on, one.market_capacity),
            *(reader.label(one.urgency), reader.label(one.chain_position), yes(reader, one.is_common_need)),
            *(yes(reader, one.is_confidential), reader.label(one.state)),
        )
        for one in every(asked)
    )
    return reader.book(reader.sheet(_n("Demands"), heads, rows))


def achievement_book(reader: Reader, *, text: str, sector: str, state: AchievementState | None) -> bytes:
    """What the university has."""
    heads: list[Named] = [
        *(_n("Code"), _n("Achievement"), _n("Summary"), _n("Discipline"), _n("Sector"), _n("Site")),
        *((_n("Cost of maturing"), MONEY), (_n("Available on"), DAY), _n("State")),
        *(("TRL", WHOLE), ("MRL", WHOLE)),
    ]
    asked = partial(
        channel.achievements, reader.tx, actor=reader.actor, text=text, sector=sector, state=state
    )
    rows = (
        (
            *(one.code, reader.name(one.title_zh, one.title_en)),
            *(reader.name(one.summary_zh, one.summary_en), one.discipline, one.sector, one.site),
            *(one.cost, one.available_on, reader.label(one.state), one.trl, one.mrl),
        )
        for one in every(asked)
    )
    return reader.book(reader.sheet(_n("Achievements"), heads, rows))


def yes(reader: Reader, value: bool) -> str:
    """A yes, or nothing."""
    return reader.say(_n("Yes")) if value else ""
