"""Distributions and carry as others see them. With an `actor` only what it may see."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from fund.capital.models import CarryAccrual, Distribution, DistributionLine, Receipt
from fund.capital.positions import seen, visible_to
from fund.capital.sharing import DistributionState, DistributionUnknown
from fund.capital.sheets import AccrualSheet, DistributionRow, DistributionSheet, PartnerDistribution
from fund.deliveries.queries import delivery
from fund.deliveries.rules import Part
from fund.partners.queries import partners
from fund.withholding.queries import WithheldSheet, withheld_from
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.paging import DEFAULT_LIMIT, Page, keyset


def distributions(
    tx: Tx,
    *,
    fund_id: int,
    actor: Actor | None = None,
    state: DistributionState | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[DistributionRow]:
    """The fund's distributions, newest first; a partner finds those paid in which it has a part."""
    statement = select(Distribution).where(Distribution.fund_id == fund_id)
    if state is not None:
        statement = statement.where(Distribution.state == state)
    if actor is not None and actor.reach != "all":
        line = DistributionLine
        own = sa.select(col(line.distribution_id)).where(visible_to(actor, col(line.partner_id)))
        statement = statement.where(was_paid(), col(Distribution.id).in_(own))
    key = col(Distribution.id)
    return keyset(tx, statement, key, after=after, limit=limit, sheet=distribution_row, newest_first=True)


def distribution_by_code(tx: Tx, *, fund_id: int, code: str, actor: Actor | None = None) -> DistributionSheet:
    """The distribution with that code ("DIST-002")."""
    wanted = (Distribution.fund_id == fund_id, Distribution.code == code.strip().upper())
    distribution_id = tx.exec(select(Distribution.id).where(*wanted)).one_or_none()
    if distribution_id is None:
        raise DistributionUnknown()
    return distribution_sheet(tx, distribution_id=distribution_id, actor=actor)


def distribution_sheet(tx: Tx, *, distribution_id: int, actor: Actor | None = None) -> DistributionSheet:
    """The distribution with its lines; one without a line of the reader's is as unknown as a missing one."""
    row = _distribution(tx, distribution_id)
    statement = sa.select(DistributionLine).where(col(DistributionLine.distribution_id) == distribution_id)
    found = tx.scalars(seen(statement, actor, col(DistributionLine.partner_id))).all()
    if actor is not None and actor.reach != "all" and (not found or row.paid_at is None):
        raise DistributionUnknown()
    places = {sheet.id: place for place, sheet in enumerate(partners(tx, fund_id=row.fund_id))}
    lines = sorted(found, key=lambda line: places[line.partner_id])
    taxes = withheld_from(tx, distribution_id=distribution_id, actor=actor)
    shares = delivery(tx, distribution_id=distribution_id, actor=actor)
    parts, kept = shares.parts if shares else {}, _set_off(tx, distribution_id, actor)
    return DistributionSheet(
        distribution_row(row),
        tuple(
            _line(
                line,
                taxes.get(line.partner_id),
                parts.get(line.partner_id),
                kept.get(line.partner_id, 0),
            )
            for line in lines
        ),
        shares,
    )


def distribution_header(tx: Tx, *, distribution_id: int) -> DistributionRow:
    """The distribution without its lines."""
    return distribution_row(_distribution(tx, distribution_id))


def _distribution(tx: Tx, distribution_id: int) -> Distribution:
    wanted = select(Distribution).where(Distribution.id == distribution_id)
    row = tx.exec(wanted.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise DistributionUnknown()
    return row


def _set_off(tx: Tx, distribution_id: int, actor: Actor | None) -> dict[int, int]:
    """By partner, what of its payment was set off against calls; reversed with the distribution only."""
    statement = (
        sa.select(col(Receipt.partner_id), sa.cast(sa.func.sum(Receipt.amount), sa.BigInteger))
        .where(col(Receipt.distribution_id) == distribution_id)
        .group_by(col(Receipt.partner_id))
    )
    rows = tx.execute(seen(statement, actor, col(Receipt.partner_id)))
    return {row[0]: row[1] for row in rows}


def was_paid() -> sa.ColumnElement[bool]:
    """The distributions that were paid, whether they were taken back or not."""
    return (col(Distribution.state) == DistributionState.PAID) | col(Distribution.cancelled_on).is_not(None)


def accruals(tx: Tx, *, fund_id: int, as_of: date, actor: Actor | None = None) -> list[AccrualSheet]:
    """Every accrual of carry up to a day, in the order in which they were made."""
    statement = (
        sa.select(CarryAccrual)
        .where(col(CarryAccrual.fund_id) == fund_id, col(CarryAccrual.accrued_on) <= as_of)
        .order_by(col(CarryAccrual.id))
    )
    rows = tx.scalars(seen(statement, actor, col(CarryAccrual.partner_id)))
    return [accrual_sheet(row) for row in rows]


def accrual_sheet(row: CarryAccrual) -> AccrualSheet:
    """The row as others see it."""
    return AccrualSheet(row.partner_id, row.accrued_on, row.capital, row.target, row.moved, row.working)


def distribution_row(row: Distribution) -> DistributionRow:
    """The row as others see it."""
    return DistributionRow(
        row.key,
        row.fund_id,
        row.number,
        row.code,
        row.state,
        row.source,
        row.pay_on,
        row.holding_id,
        row.recallable,
        row.amount,
        row.return_of_capital,
        row.income,
        row.gain,
        row.prepared_by,
        row.prepared_name,
        row.approved_by,
        row.approved_name,
        row.paid_at,
        row.cancelled_on,
        row.cancelled_at,
        row.cancel_reason,
        row.recorded_at,
    )


def _line(
    row: DistributionLine, tax: WithheldSheet | None, part: Part | None, kept: int
) -> PartnerDistribution:
    return PartnerDistribution(
        partner_id=row.partner_id,
        gross=row.gross,
        carry=row.carry,
        carry_received=row.carry_received,
        net=row.gross - row.carry + row.carry_received - row.escrowed,
        return_of_capital=row.return_of_capital,
        income=row.income,
        gain=row.gain,
        working=row.working,
        tax=tax,
        escrowed=row.escrowed,
        part=part,
        set_off=kept,
    )
