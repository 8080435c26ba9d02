"""The clauses of mandates, each answered with its figure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from fund.holdings.queries import holdings
from fund.mandates.models import MandateClause, MandateEnd
from fund.mandates.rules import ClauseTerms, Figure, figure, is_kept
from fund.parties.queries import edges
from fund.partners.queries import PartnerSheet
from fund.results.chain_rules import chain_of
from fund.results.exposure import part_of
from fund.results.reading import see
from kernel.db import Tx
from kernel.identity.rules import Actor


@dataclass(frozen=True)
class ClauseSheet:
    """A clause as others see it; `ended_on` is its last day, if it has one."""

    id: int
    partner_id: int
    number: int
    effective_on: date
    ended_on: date | None
    terms: ClauseTerms
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True)
class Answer:
    """A clause, whose it is, what stands against it, and whether it is kept."""

    partner: PartnerSheet
    clause: ClauseSheet
    figure: Figure
    kept: bool


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The clauses that `actor` may read: staff all, a partner's people their own; the database says the same."""
    if actor.reach == "all":
        return sa.true()
    return col(MandateClause.partner_id).in_(actor.partner_ids)


def clauses(
    tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None, actor: Actor | None = None
) -> list[ClauseSheet]:
    """The clauses in force on a day as known at an instant, by partner and number."""
    statement: Any = select(MandateClause, MandateEnd).join(MandateEnd, _end_known(known_at), isouter=True)
    statement = statement.where(MandateClause.fund_id == fund_id, MandateClause.effective_on <= as_of)
    statement = statement.where(col(MandateEnd.ended_on).is_(None) | (col(MandateEnd.ended_on) >= as_of))
    if known_at is not None:
        statement = statement.where(MandateClause.recorded_at <= known_at)
    if actor is not None:
        statement = statement.where(visible_to(actor))
    ordered = statement.order_by(col(MandateClause.partner_id), col(MandateClause.number))
    return [clause_sheet(row, end.ended_on if end else None) for row, end in tx.exec(ordered)]


def answers(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    partner_id: int | None = None,
    known_at: datetime | None = None,
) -> list[Answer]:
    """Every clause of one partner, or for whoever reads the whole fund of all, held against the portfolio of a day."""
    partners = {one.id: one for one in see(tx, fund_id=fund_id, partner_id=partner_id)}
    asked = [
        one
        for one in clauses(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
        if one.partner_id in partners
    ]
    if not asked:
        return []
    held = holdings(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    parts = {sheet.id: part_of(sheet) for sheet in held if sheet.cost or sheet.value}
    known = edges(tx)
    chains = {
        key: chain_of(partners[key].party_id, held, known, as_of=as_of)
        for key in {one.partner_id for one in asked}
    }
    found = []
    for one in asked:
        inside = [parts[link.holding.id] for link in chains[one.partner_id].links]
        stands = figure(one.terms, list(parts.values()), inside)
        found.append(Answer(partners[one.partner_id], one, stands, is_kept(one.terms, stands.share)))
    return found


def clause_sheet(row: MandateClause, ended_on: date | None) -> ClauseSheet:
    """The clause as others see it."""
    terms = ClauseTerms(row.measure, row.bound, row.share, row.basis, row.dimension, row.of_key, row.wording)
    return ClauseSheet(
        row.key,
        row.partner_id,
        row.number,
        row.effective_on,
        ended_on,
        terms,
        row.recorded_by,
        row.recorded_at,
    )


def _end_known(known_at: datetime | None) -> sa.ColumnElement[bool]:
    own = col(MandateEnd.clause_id) == col(MandateClause.id)
    return own if known_at is None else own & (col(MandateEnd.recorded_at) <= known_at)
