"""Looking at deals: who may see which, one deal with its history, finding one, the board and the table.

Those who run or audit the fund see everything. A technology manager sees how far each deal has come, an
enterprise the teaser of the deals it is interested in, a committee member the deals that have reached the
committee and from which the member is not recused.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import col, select

from fund.parties.models import Party
from kernel.db import Tx
from kernel.errors import NotFound
from kernel.identity.models import User
from kernel.identity.rules import Actor, Role
from kernel.paging import DEFAULT_LIMIT, MAXIMUM_LIMIT, Page, PageInvalid
from pipeline.channel.models import Achievement
from pipeline.deals.filters import SORT_KEYS, Sort, Wanted, check_for, conditions, read_token, token
from pipeline.deals.history import Stay, Step, stays
from pipeline.deals.models import Deal, DealEvent, DealInterest
from pipeline.deals.recusals import is_out, kept_out
from pipeline.deals.rules import LIMIT_DAYS, ORDER, DealFacts, Stage, Status
from pipeline.deals.sheets import (
    Board,
    Card,
    Column,
    DealSheet,
    EventSheet,
    card_of,
    event_of,
    facts_of,
    sheet_of,
)

CARDS_IN_A_COLUMN = 60

COMMITTEE_SEES = frozenset({Stage.COMMITTEE, Stage.CLOSING, Stage.HELD, Stage.EXITED})


class DealUnknown(NotFound):
    code = "deal_unknown"
    says = "There is no deal {deal}."


@dataclass(frozen=True)
class Found:
    """A deal as a search finds it."""

    code: str
    name: str
    technology: str
    stage: Stage
    status: Status


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The deals that `actor` may know of; the database's row-level security says the same."""
    if actor.reach == "all" or actor.has(Role.TECHNOLOGY_MANAGER):
        return sa.true()
    seen: list[sa.ColumnElement[bool]] = []
    if actor.has(Role.COMMITTEE):
        seen.append(sa.and_(col(Deal.stage).in_(COMMITTEE_SEES), ~is_out(actor)))
    if actor.party_id is not None and actor.has(Role.LP_USER, Role.LP_EXPERT):
        interest = select(DealInterest.id).where(
            DealInterest.deal_id == Deal.id,
            DealInterest.party_id == actor.party_id,
            col(DealInterest.ended_at).is_(None),
        )
        seen.append(interest.exists())
    return sa.or_(*seen) if seen else sa.false()


def is_whole(actor: Actor, row: Deal, out: frozenset[int]) -> bool:
    """Whether `actor`, recused from `out`, sees a deal's amounts, score, conflicts and history, not only its teaser."""
    of_committee = actor.has(Role.COMMITTEE) and row.stage in COMMITTEE_SEES and row.key not in out
    return actor.reach == "all" or of_committee


def deal(tx: Tx, *, deal_id: int, actor: Actor | None = None) -> DealSheet:
    """The deal with that id; with an `actor`, only if it may know of it."""
    return _one(tx, col(Deal.id) == deal_id, actor, named=deal_id)


def deal_by_code(tx: Tx, *, code: str, actor: Actor | None = None) -> DealSheet:
    """The deal with that code, in any case; with an `actor`, only if it may know of it."""
    return _one(tx, col(Deal.code) == code.strip().upper(), actor, named=code)


def facts(tx: Tx, *, deal_id: int) -> DealFacts:
    """What the rules need to know about a deal, except what keeps its rights from being booked."""
    return facts_of(deal(tx, deal_id=deal_id))


def history(tx: Tx, *, deal_id: int, actor: Actor | None = None) -> list[EventSheet]:
    """The deal's history, oldest first; empty for an `actor` who sees only its teaser."""
    if actor is not None and not deal(tx, deal_id=deal_id, actor=actor).is_whole:
        return []
    statement = select(DealEvent).where(DealEvent.deal_id == deal_id).order_by(col(DealEvent.number))
    return [event_of(row) for row in tx.exec(statement)]


def stays_of(events: list[EventSheet], *, now: datetime) -> list[Stay]:
    """How long the deal stayed in each stage, from its history."""
    return stays([Step(event.kind, event.to_stage, event.at) for event in events], now=now)


def interested(tx: Tx, *, deal_id: int) -> list[DealInterest]:
    """The live interests of enterprises in a deal, in the order in which they were told."""
    statement = select(DealInterest).where(
        DealInterest.deal_id == deal_id, col(DealInterest.ended_at).is_(None)
    )
    return list(tx.exec(statement.order_by(col(DealInterest.id))))


def says(text: str) -> sa.ColumnElement[bool]:
    """Whether a deal's code, name, pinyin, initials or technology contains `text`, blanks aside."""
    wanted = "".join(text.casefold().split())
    return _key().contains(wanted, autoescape=True)


def _key() -> sa.ColumnElement[str]:
    return sa.func.replace(col(Deal.search_key), " ", "")


def of_companies(tx: Tx, *, actor: Actor, spinout_ids: Collection[int]) -> dict[int, str]:
    """The code of the newest deal of each company, where `actor` may know of it."""
    statement = select(Deal).where(visible_to(actor), col(Deal.spinout_id).in_(spinout_ids))
    return {row.spinout_id: row.code for row in tx.exec(statement.order_by(col(Deal.id))) if row.spinout_id}


def search(tx: Tx, *, actor: Actor, text: str, limit: int = 20) -> list[Found]:
    """Deals whose code, name, pinyin, initials or technology contains `text`; exact codes and beginnings first."""
    wanted = "".join(text.casefold().split())
    if not wanted:
        return []
    key = _key()
    statement = (
        select(Deal)
        .where(visible_to(actor), says(text))
        .order_by(
            (sa.func.lower(Deal.code) == wanted).desc(),
            key.startswith(wanted, autoescape=True).desc(),
            sa.func.lower(Deal.name).startswith(wanted, autoescape=True).desc(),
            col(Deal.name_sort),
            col(Deal.id),
        )
        .limit(limit)
    )
    return [Found(row.code, row.name, row.technology, row.stage, row.status) for row in tx.exec(statement)]


def board(
    tx: Tx,
    *,
    actor: Actor,
    fund_id: int,
    now: datetime,
    wanted: Wanted | None = None,
    cards: int = CARDS_IN_A_COLUMN,
) -> Board:
    """The board in one statement: columns with count and total, and the first `cards` of each, longest first."""
    wanted = wanted or Wanted()
    check_for(actor, wanted, Sort.CODE)
    own = sa.over(
        sa.func.row_number(),
        partition_by=col(Deal.stage),
        order_by=(col(Deal.entered_stage_at), col(Deal.id)),
    )
    out = kept_out(tx, actor=actor)
    # A member who sees a deal only as an enterprise's person must not learn its amount from the sum.
    told = sa.func.sum(sa.case((col(Deal.id).in_(out), None), else_=col(Deal.amount)))
    ranked = (
        sa.select(
            col(Deal.id).label("id"),
            own.label("place"),
            sa.over(sa.func.count(), partition_by=col(Deal.stage)).label("deals"),
            sa.over(told, partition_by=col(Deal.stage)).label("total"),
        )
        .where(visible_to(actor), *conditions(wanted, fund_id=fund_id, now=now))
        .subquery()
    )
    statement = (
        _cards(ranked.c.deals, ranked.c.total)
        .join(ranked, ranked.c.id == col(Deal.id))
        .where(ranked.c.place <= cards)
        .order_by(ranked.c.place)
    )
    rows = tx.execute(statement).all()
    columns = tuple(
        _column(stage, [row for row in rows if row.Deal.stage == stage], actor, out, now) for stage in ORDER
    )
    known = [column.total for column in columns if column.total is not None]
    return Board(
        columns, sum(column.count for column in columns), sum(known) if actor.reach == "all" else None
    )


def table(
    tx: Tx,
    *,
    actor: Actor,
    fund_id: int,
    now: datetime,
    wanted: Wanted | None = None,
    sort: Sort = Sort.CODE,
    descending: bool = False,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[Card]:
    """A page of deals in one statement. `after` is the token of the page before, under the same sort."""
    wanted = wanted or Wanted()
    check_for(actor, wanted, sort)
    if not 1 <= limit <= MAXIMUM_LIMIT:
        raise PageInvalid(maximum=MAXIMUM_LIMIT)
    key, identity = SORT_KEYS[sort], col(Deal.id)
    place = sa.tuple_(key, identity)
    statement = _cards(key.label("place")).where(
        visible_to(actor), *conditions(wanted, fund_id=fund_id, now=now)
    )
    if after is not None:
        last = sa.tuple_(*read_token(after, sort, descending, key))
        statement = statement.where(place < last if descending else place > last)
    order = [part.desc() if descending else part.asc() for part in (key, identity)]
    rows = tx.execute(statement.order_by(*order).limit(limit + 1)).all()
    shown = rows[:limit]
    more = len(rows) > limit
    following = token(sort, descending, shown[-1].place, shown[-1].Deal.key) if more else None
    out = kept_out(tx, actor=actor)
    return Page(
        tuple(card_of(row, whole=is_whole(actor, row.Deal, out), now=now) for row in shown), following
    )


def _cards(*extra: sa.ColumnElement[Any]) -> sa.Select[*tuple[Any, ...]]:
    """Everything a card shows, with the names of interested enterprises folded into one column."""
    names = (
        sa.select(
            sa.func.jsonb_agg(
                sa.func.jsonb_build_array(col(Party.name_zh), col(Party.name_en)),
                type_=JSONB,
            )
        )
        .join(DealInterest, col(DealInterest.party_id) == Party.id)
        .where(col(DealInterest.deal_id) == Deal.id, col(DealInterest.ended_at).is_(None))
        .correlate(Deal)
        .scalar_subquery()
    )
    return (
        sa.select(
            Deal,
            col(Achievement.trl).label("trl"),
            col(Achievement.mrl).label("mrl"),
            col(User.name).label("owner"),
            names.label("interested"),
            *extra,
        )
        .outerjoin(Achievement, col(Achievement.id) == Deal.achievement_id)
        .outerjoin(User, col(User.id) == Deal.owner_id)
    )


def _column(
    stage: Stage, rows: Sequence[sa.Row[Any]], actor: Actor, out: frozenset[int], now: datetime
) -> Column:
    total = int(rows[0].total or 0) if rows else 0
    is_totalled = actor.reach == "all" or (actor.has(Role.COMMITTEE) and stage in COMMITTEE_SEES)
    return Column(
        stage,
        LIMIT_DAYS.get(stage),
        rows[0].deals if rows else 0,
        total if is_totalled else None,
        tuple(card_of(row, whole=is_whole(actor, row.Deal, out), now=now) for row in rows),
    )


def _one(tx: Tx, which: sa.ColumnElement[bool], actor: Actor | None, *, named: object) -> DealSheet:
    statement = (
        sa.select(Deal, col(Achievement.trl), col(Achievement.mrl))
        .outerjoin(Achievement, col(Achievement.id) == Deal.achievement_id)
        .where(which)
    )
    if actor is not None:
        statement = statement.where(visible_to(actor))
    found = tx.execute(statement).one_or_none()
    if found is None:
        raise DealUnknown(deal=named)
    whole = actor is None or is_whole(actor, found[0], kept_out(tx, actor=actor))
    return sheet_of(found[0], found[1], found[2], whole=whole)
