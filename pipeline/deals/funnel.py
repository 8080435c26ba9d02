"""Where deals end and who leads them: the funnel by origin, and the choices of the filters."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col, select

from kernel.db import Tx
from kernel.identity.models import User
from kernel.identity.rules import Actor, Role
from pipeline.deals.models import Deal
from pipeline.deals.queries import visible_to
from pipeline.deals.rules import Origin, Stage, Status


@dataclass(frozen=True)
class FunnelRow:
    """Deals of one origin at one stage and status: how many, and what they ask for together."""

    origin: Origin
    stage: Stage
    status: Status
    count: int
    amount: int


def owners(tx: Tx, *, fund_id: int) -> list[tuple[int, str]]:
    """Those who lead a deal of the fund: id and name, for a filter."""
    statement = (
        sa.select(col(User.id), col(User.name))
        .join(Deal, col(Deal.owner_id) == User.id)
        .where(col(Deal.fund_id) == fund_id)
    )
    return [(row.id, row.name) for row in tx.execute(statement.distinct().order_by(col(User.name)))]


def sectors(tx: Tx, *, actor: Actor, fund_id: int) -> list[str]:
    """The sectors of the deals that `actor` may know of, for a filter."""
    statement = select(Deal.sector).where(Deal.fund_id == fund_id, Deal.sector != "", visible_to(actor))
    return list(tx.exec(statement.distinct().order_by(Deal.sector)))


def funnel(tx: Tx, *, actor: Actor, fund_id: int) -> list[FunnelRow]:
    """Deals counted by origin, stage and status; every deal is in exactly one row."""
    actor.require(Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR)
    statement = (
        sa.select(
            col(Deal.origin),
            col(Deal.stage),
            col(Deal.status),
            sa.func.count().label("count"),
            sa.func.coalesce(sa.func.sum(col(Deal.amount)), 0).label("amount"),
        )
        .where(col(Deal.fund_id) == fund_id, visible_to(actor))
        .group_by(col(Deal.origin), col(Deal.stage), col(Deal.status))
    )
    rows = [
        FunnelRow(origin, stage, status, count, int(amount))
        for origin, stage, status, count, amount in tx.execute(statement)
    ]
    places = list(Origin), list(Stage), list(Status)
    return sorted(
        rows,
        key=lambda r: (places[0].index(r.origin), places[1].index(r.stage), places[2].index(r.status)),
    )
