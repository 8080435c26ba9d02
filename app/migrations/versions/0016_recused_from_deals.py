"""Whoever is recused in a vote does not see the deal."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE DELETE, TRUNCATE ON deal_recusal FROM afund_app""",
    """ALTER TABLE deal_recusal ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY deal_recusal_seen ON deal_recusal FOR SELECT TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY deal_recusal_written ON deal_recusal FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY deal_recusal_changed ON deal_recusal FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY deal_recusal_removed ON deal_recusal FOR DELETE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
)
# What each table showed before, and shows from now on.
SEEN = {
    "deal": (
        """afund_reach() = 'all' OR 'technology_manager' = ANY (afund_roles()) OR ('committee' = ANY (afund_roles()) AND stage IN ('committee', 'closing', 'held', 'exited')) OR EXISTS (SELECT FROM deal_interest i WHERE i.deal_id = deal.id AND i.party_id = afund_party() AND i.ended_at IS NULL)""",
        """afund_reach() = 'all' OR 'technology_manager' = ANY (afund_roles()) OR ('committee' = ANY (afund_roles()) AND stage IN ('committee', 'closing', 'held', 'exited') AND NOT EXISTS (SELECT FROM deal_recusal r WHERE r.deal_id = deal.id AND r.user_id = afund_user() AND r.ended_at IS NULL)) OR EXISTS (SELECT FROM deal_interest i WHERE i.deal_id = deal.id AND i.party_id = afund_party() AND i.ended_at IS NULL)""",
    ),
    "deal_event": (
        """afund_reach() = 'all' OR ('committee' = ANY (afund_roles()) AND EXISTS (SELECT FROM deal d WHERE d.id = deal_event.deal_id AND d.stage IN ('committee', 'closing', 'held', 'exited')))""",
        """afund_reach() = 'all' OR ('committee' = ANY (afund_roles()) AND EXISTS (SELECT FROM deal d WHERE d.id = deal_event.deal_id AND d.stage IN ('committee', 'closing', 'held', 'exited')) AND NOT EXISTS (SELECT FROM deal_recusal r WHERE r.deal_id = deal_event.deal_id AND r.user_id = afund_user() AND r.ended_at IS NULL))""",
    ),
    "data_folder": (
        """afund_reach() = 'all' OR EXISTS (SELECT FROM workstream w WHERE w.id = data_folder.workstream_id) OR EXISTS (SELECT FROM data_grant g WHERE g.folder_id = data_folder.id AND g.user_id = afund_user() AND g.effect = 'allow' AND g.ended_at IS NULL)""",
        """afund_reach() = 'all' OR EXISTS (SELECT FROM workstream w WHERE w.id = data_folder.workstream_id) OR (EXISTS (SELECT FROM data_grant g WHERE g.folder_id = data_folder.id AND g.user_id = afund_user() AND g.effect = 'allow' AND g.ended_at IS NULL) AND NOT EXISTS (SELECT FROM deal_recusal r WHERE r.deal_id = data_folder.deal_id AND r.user_id = afund_user() AND r.ended_at IS NULL))""",
    ),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "deal_recusal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_deal_recusal_deal_id_deal")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_deal_recusal_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_recusal")),
    )
    op.create_index(op.f("ix_deal_recusal_user_id"), "deal_recusal", ["user_id"], unique=False)
    op.create_index(
        "uq_deal_recusal_live",
        "deal_recusal",
        ["deal_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    # Recusals that are in force already.
    op.execute(
        "INSERT INTO deal_recusal (deal_id, user_id, recorded_at) "
        "SELECT m.deal_id, s.user_id, min(r.recorded_at) FROM recusal r JOIN motion m ON m.id = r.motion_id "
        "JOIN committee_seat s ON s.id = r.seat_id WHERE r.withdrawn_at IS NULL GROUP BY 1, 2"
    )
    for statement in WALLS:
        _run(statement)
    for table, (_, using) in SEEN.items():
        _see(table, using)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for table, (before, _) in SEEN.items():
        _see(table, before)
    op.execute("DROP TABLE deal_recusal")


def _see(table: str, using: str) -> None:
    for name in ("seen", "changed", "removed"):
        _run(f"ALTER POLICY {table}_{name} ON {table} USING ({using})")


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))
