"""Clauses of partners' mandates, and their ends. A partner's people read their own and nobody else's."""

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from fund.charter.rules import Basis, Dimension
from fund.mandates.rules import Bound, Measure
from kernel import columns, walls
from kernel.columns import Row


class MandateClause(Row, table=True):
    """One clause of a partner's mandate, in force from `effective_on`; `number` counts per partner."""

    __tablename__ = "mandate_clause"
    __table_args__ = (
        sa.UniqueConstraint("partner_id", "number"),
        columns.choices_check("measure", Measure),
        columns.choices_check("bound", Bound),
        columns.choices_check("basis", Basis),
        columns.choices_check("dimension", Dimension),
    )

    fund_id: int = columns.ref("fund.id", index=True)
    partner_id: int = columns.ref("partner.id")
    number: int = columns.number()
    effective_on: date = columns.day()
    measure: Measure = columns.choice(Measure)
    bound: Bound = columns.choice(Bound)
    share: Fraction = columns.fraction()
    basis: Basis = columns.choice(Basis)
    dimension: Dimension | None = columns.choice(Dimension, nullable=True)
    of_key: str = columns.text()
    wording: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class MandateEnd(Row, table=True):
    """The last day of a clause, and why it ends."""

    __tablename__ = "mandate_end"
    __table_args__ = (sa.CheckConstraint("btrim(reason) <> ''", name="has_reason"),)

    clause_id: int = columns.ref("mandate_clause.id", unique=True)
    ended_on: date = columns.day()
    reason: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


walls.append_only("mandate_clause")
walls.append_only("mandate_end")
walls.readable("mandate_clause", "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
walls.readable("mandate_end", "EXISTS (SELECT FROM mandate_clause c WHERE c.id = mandate_end.clause_id)")
