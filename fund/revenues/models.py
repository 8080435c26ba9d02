"""Revenue of companies by year and customer, append-only.

Whom a company sells to is its secret: a partner's people read what their own group bought, and nobody else's part.
"""

from datetime import datetime

import sqlalchemy as sa

from kernel import columns, walls
from kernel.columns import Row


class Revenue(Row, table=True):
    """What a company sold in a year: to a customer, or in all where none is named. The latest row of each holds."""

    __tablename__ = "revenue"
    __table_args__ = (
        sa.CheckConstraint("amount >= 0", name="not_negative"),
        sa.CheckConstraint("customer_id IS NOT NULL OR amount > 0", name="sold_something"),
        sa.CheckConstraint("customer_id IS DISTINCT FROM company_id", name="not_to_itself"),
        sa.CheckConstraint("btrim(source) <> ''", name="has_source"),
        sa.Index("ix_revenue_company", "company_id", "year"),
    )

    company_id: int = columns.ref("party.id")
    year: int = columns.number()
    customer_id: int | None = columns.ref("party.id", nullable=True)
    amount: int = columns.minor()
    source: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


walls.append_only("revenue")
walls.readable(
    "revenue",
    """afund_reach() = 'all' OR (afund_reach() <> '' AND (customer_id IS NULL OR customer_id IN (
        WITH RECURSIVE own(id) AS (
            SELECT p.party_id FROM partner p WHERE p.id = ANY (afund_partners())
            UNION
            SELECT CASE WHEN r.from_party_id = own.id THEN r.to_party_id ELSE r.from_party_id END
            FROM own JOIN relation r
                ON r.kind = 'group_parent' AND own.id IN (r.from_party_id, r.to_party_id))
        SELECT id FROM own)))""",
)
