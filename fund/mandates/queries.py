"""The clauses of mandates, each answered with its figure, for the portfolio as it is or as a deal would make it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from fund.capital.queries import commitments
from fund.holdings.queries import holdings
from fund.mandates.claimed import reinvested
from fund.mandates.models import MandateClause, MandateEnd
from fund.mandates.rules import ClauseTerms, Consequence, Figure, Measure, Own, figure, is_kept, is_worse
from fund.mandates.veto_rules import Proposal, covers
from fund.parties.queries import edges
from fund.parties.rules import Edge, RelationKind, group_of, ties
from fund.partners.queries import PartnerSheet
from fund.results.chain_rules import roles_in
from fund.results.exposure import part_of
from fund.results.exposure_rules import Promised
from fund.results.reading import see
from fund.revenues.queries import latest_revenues
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
    """A clause, whose it is, what stands against it, and whether it is kept.

    `before` is what stands without the deal in question; without one the same as `figure`.
    """

    partner: PartnerSheet
    clause: ClauseSheet
    before: Figure
    figure: Figure
    kept: bool

    @property
    def is_broken(self) -> bool:
        """Whether the deal in question breaks the clause, or breaks it further."""
        return is_worse(self.clause.terms, before=self.before, after=self.figure)

    @property
    def holds_back(self) -> bool:
        """Whether it holds the deal's money back."""
        return self.is_broken and self.clause.terms.effect is Consequence.BLOCKS


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
    proposal: Proposal | None = None,
    promised: Sequence[Promised] = (),
) -> list[Answer]:
    """Every clause that measures something, held against the portfolio of a day: of one partner, or for whoever reads
    the whole fund of all. With `proposal` as if that investment were made; `promised`, what is approved to be invested
    and not paid, counts with what is held. Vetoes measure nothing: `vetoes_over`.
    """
    partners = {one.id: one for one in see(tx, fund_id=fund_id, partner_id=partner_id)}
    asked = [
        one
        for one in clauses(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
        if one.partner_id in partners and one.terms.measure is not Measure.VETO
    ]
    if not asked:
        return []
    held = holdings(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    owns = _owns(tx, fund_id, as_of, known_at, {one.partner_id for one in asked})
    known, sold = edges(tx), latest_revenues(tx, as_of=as_of, known_at=known_at)
    parts = [(sheet.party_id, part_of(sheet)) for sheet in held if sheet.cost or sheet.value]
    parts += [(one.party_id, one.part) for one in promised]
    every = [part for _, part in parts]
    # A partner has several clauses; its group is walked through once.
    chains = {key: roles_in(partners[key].party_id, known, sold, as_of=as_of) for key in owns}
    found = []
    for one in asked:
        whose, chain = partners[one.partner_id], chains[one.partner_id]
        inside = [part for key, part in parts if key in chain]
        before = figure(one.terms, every, inside, owns[whose.id])
        after = before
        if proposal is not None:
            joined = proposal.parts if proposal.party_id in chain else ()
            after = figure(one.terms, [*every, *proposal.parts], [*inside, *joined], owns[whose.id])
        found.append(Answer(whose, one, before, after, is_kept(one.terms, after.share)))
    return found


def vetoes_over(
    tx: Tx, *, fund_id: int, as_of: date, proposal: Proposal, known_at: datetime | None = None
) -> list[tuple[PartnerSheet, ClauseSheet]]:
    """The vetoes that cover an investment, each with its partner; for whoever reads the whole fund."""
    found = clauses(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    own = [one for one in found if one.terms.measure is Measure.VETO]
    if not own:
        return []
    partners = {one.id: one for one in see(tx, fund_id=fund_id, partner_id=None)}
    known = edges(tx)
    return [
        (partners[one.partner_id], one)
        for one in own
        if covers(
            one.terms, proposal, is_competitor=_competes(partners[one.partner_id], proposal, known, as_of)
        )
    ]


def clause_sheet(row: MandateClause, ended_on: date | None) -> ClauseSheet:
    """The clause as others see it."""
    terms = ClauseTerms(
        row.measure,
        row.bound,
        row.share,
        row.basis,
        row.dimension,
        row.of_key,
        row.wording,
        row.effect,
        row.competitor,
        row.above,
    )
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


def _owns(
    tx: Tx, fund_id: int, as_of: date, known_at: datetime | None, partner_ids: set[int]
) -> dict[int, Own]:
    """What is each partner's alone."""
    claimed = reinvested(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    promised = commitments(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    return {key: Own(claimed.get(key, 0), promised.get(key, 0)) for key in partner_ids}


def _competes(whose: PartnerSheet, proposal: Proposal, known: Sequence[Edge], as_of: date) -> bool:
    """Whether the company is a competitor of the partner's group; the relation is read from either end."""
    found = ties(group_of(whose.party_id, known, as_of=as_of), known, as_of=as_of)
    return any(one.kind is RelationKind.COMPETITOR and one.other_id == proposal.party_id for one in found)
