"""The tables and walls of kernel."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WALLS = (
    """CREATE OR REPLACE FUNCTION afund_reach() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(current_setting('afund.reach', true), '') $$""",
    """CREATE OR REPLACE FUNCTION afund_user() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('afund.user_id', true), '')::bigint $$""",
    """CREATE OR REPLACE FUNCTION afund_party() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('afund.party_id', true), '')::bigint $$""",
    """CREATE OR REPLACE FUNCTION afund_partners() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(nullif(current_setting('afund.partner_ids', true), ''), '{}')::bigint[] $$""",
    """CREATE OR REPLACE FUNCTION afund_roles() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(nullif(current_setting('afund.roles', true), ''), '{}')::text[] $$""",
    """CREATE OR REPLACE FUNCTION afund_refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
   USING ERRCODE = 'restrict_violation'; END $$""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON audit_event FROM afund_app""",
    """CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER audit_event_append_only_whole BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON blob FROM afund_app""",
    """CREATE TRIGGER blob_append_only BEFORE UPDATE OR DELETE ON blob FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER blob_append_only_whole BEFORE TRUNCATE ON blob FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON answered_request FROM afund_app""",
    """CREATE TRIGGER answered_request_append_only BEFORE UPDATE OR DELETE ON answered_request FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER answered_request_append_only_whole BEFORE TRUNCATE ON answered_request FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON sign_in_failure FROM afund_app""",
    """CREATE TRIGGER sign_in_failure_append_only BEFORE UPDATE OR DELETE ON sign_in_failure FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER sign_in_failure_append_only_whole BEFORE TRUNCATE ON sign_in_failure FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE audit_event ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY audit_event_seen ON audit_event FOR SELECT TO afund_app USING (afund_reach() = 'all' OR actor_id = afund_user())""",
    """CREATE POLICY audit_event_written ON audit_event FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY audit_event_changed ON audit_event FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR actor_id = afund_user())""",
    """CREATE POLICY audit_event_removed ON audit_event FOR DELETE TO afund_app USING (afund_reach() = 'all' OR actor_id = afund_user())""",
    """ALTER TABLE answered_request ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY answered_request_seen ON answered_request FOR SELECT TO afund_app USING (user_id = afund_user())""",
    """CREATE POLICY answered_request_written ON answered_request FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY answered_request_changed ON answered_request FOR UPDATE TO afund_app USING (user_id = afund_user())""",
    """CREATE POLICY answered_request_removed ON answered_request FOR DELETE TO afund_app USING (user_id = afund_user())""",
    """CREATE OR REPLACE FUNCTION audit_head_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id <> 1 OR (TG_OP = 'UPDATE' AND NEW.number <> OLD.number + 1) THEN
        RAISE EXCEPTION 'the audit head only moves on by one' USING ERRCODE = 'restrict_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER audit_head_moves_on BEFORE INSERT OR UPDATE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_head_moves_on()""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "answered_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_under", sa.String(length=64), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answered_request")),
        sa.UniqueConstraint("user_id", "asked_under", name=op.f("uq_answered_request_user_id_asked_under")),
    )
    op.create_table(
        "app_user",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=64), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("login", name=op.f("uq_app_user_login")),
    )
    op.create_index(op.f("ix_app_user_party_id"), "app_user", ["party_id"], unique=False)
    op.create_table(
        "audit_event",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_event_hash")),
    )
    op.create_index(op.f("ix_audit_event_action"), "audit_event", ["action"], unique=False)
    op.create_index(op.f("ix_audit_event_actor_id"), "audit_event", ["actor_id"], unique=False)
    op.create_index(op.f("ix_audit_event_at"), "audit_event", ["at"], unique=False)
    op.create_index(op.f("ix_audit_event_subject"), "audit_event", ["subject"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "blob",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blob")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index(op.f("ix_sign_in_failure_login"), "sign_in_failure", ["login"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_api_token_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )
    op.create_index(op.f("ix_api_token_user_id"), "api_token", ["user_id"], unique=False)
    op.create_table(
        "user_grant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=True),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role <> 'lp_user' OR partner_id IS NOT NULL", name=op.f("ck_user_grant_lp_user_has_partner")
        ),
        sa.CheckConstraint(
            "role IN ('manager', 'analyst', 'accountant', 'committee', 'lp_user', 'lp_expert', 'technology_manager', 'auditor', 'administrator')",
            name=op.f("ck_user_grant_role_known"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_user_grant_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_grant")),
    )
    op.create_index(op.f("ix_user_grant_user_id"), "user_grant", ["user_id"], unique=False)
    op.create_index(
        "uq_user_grant_live",
        "user_grant",
        ["user_id", "role", sa.literal_column("coalesce(partner_id, 0)")],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "web_session",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_web_session_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_web_session_digest")),
    )
    op.create_index(op.f("ix_web_session_user_id"), "web_session", ["user_id"], unique=False)
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE web_session CASCADE")
    op.execute("DROP TABLE user_grant CASCADE")
    op.execute("DROP TABLE api_token CASCADE")
    op.execute("DROP TABLE sign_in_failure CASCADE")
    op.execute("DROP TABLE blob CASCADE")
    op.execute("DROP TABLE audit_head CASCADE")
    op.execute("DROP TABLE audit_event CASCADE")
    op.execute("DROP TABLE app_user CASCADE")
    op.execute("DROP TABLE answered_request CASCADE")
    op.execute("DROP FUNCTION audit_head_moves_on()")
    op.execute("DROP FUNCTION afund_reach()")
    op.execute("DROP FUNCTION afund_user()")
    op.execute("DROP FUNCTION afund_party()")
    op.execute("DROP FUNCTION afund_partners()")
    op.execute("DROP FUNCTION afund_roles()")
    op.execute("DROP FUNCTION afund_refuse_change()")
