"""The beginning without the example: set-up codes, one-time passwords, versions of parties, bank details by two."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SEES = "afund_reach() = 'all' OR id = ANY (afund_partners()) OR 'administrator' = ANY (afund_roles())"
SAW = "afund_reach() = 'all' OR id = ANY (afund_partners())"
WALLS = (
    """ALTER TABLE partner_bank_change ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY partner_bank_change_seen ON partner_bank_change FOR SELECT TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY partner_bank_change_written ON partner_bank_change FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY partner_bank_change_changed ON partner_bank_change FOR UPDATE TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY partner_bank_change_removed ON partner_bank_change FOR DELETE TO afund_app USING (afund_reach() = 'all')""",
)


def see_partners(using: str) -> None:
    for name, verb in (("seen", "SELECT"), ("changed", "UPDATE"), ("removed", "DELETE")):
        op.execute(f"DROP POLICY partner_{name} ON partner")
        op.execute(f"CREATE POLICY partner_{name} ON partner FOR {verb} TO afund_app USING ({using})")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.add_column("app_user", sa.Column("one_time_until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "setup_code",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setup_code")),
        sa.UniqueConstraint("digest", name=op.f("uq_setup_code_digest")),
    )
    op.add_column("party", sa.Column("version", sa.BigInteger(), nullable=False, server_default="1"))
    op.alter_column("party", "version", server_default=None)
    op.add_column("relation", sa.Column("ended_because", sa.Text(), nullable=True))
    op.create_table(
        "partner_bank_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("bank_name", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("account_no", sa.String(length=64), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_approved", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "is_approved IS NULL OR decided_at IS NOT NULL",
            name=op.f("ck_partner_bank_change_decision_has_instant"),
        ),
        sa.CheckConstraint(
            "is_approved IS NOT TRUE OR prepared_by IS DISTINCT FROM decided_by",
            name=op.f("ck_partner_bank_change_approved_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["app_user.id"], name=op.f("fk_partner_bank_change_decided_by_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_partner_bank_change_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by"], ["app_user.id"], name=op.f("fk_partner_bank_change_prepared_by_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_bank_change")),
    )
    op.create_index(
        op.f("ix_partner_bank_change_partner_id"), "partner_bank_change", ["partner_id"], unique=False
    )
    op.create_index(
        "uq_partner_bank_change_open",
        "partner_bank_change",
        ["partner_id"],
        unique=True,
        postgresql_where=sa.text("is_approved IS NULL"),
    )
    for wall in WALLS:
        op.execute(wall)
    see_partners(SEES)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    see_partners(SAW)
    op.drop_table("partner_bank_change")
    op.drop_column("relation", "ended_because")
    op.drop_column("party", "version")
    op.drop_table("setup_code")
    op.drop_column("app_user", "one_time_until")
