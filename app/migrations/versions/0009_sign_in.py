"""Where a wrong password came from, tokens made with tokens, and who may write users, roles and the trail."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE DELETE, TRUNCATE ON audit_head FROM afund_app""",
    """REVOKE DELETE, TRUNCATE ON app_user FROM afund_app""",
    """REVOKE DELETE, TRUNCATE ON user_grant FROM afund_app""",
    """CREATE OR REPLACE FUNCTION audit_event_speaks_for_its_actor() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF afund_reach() = '' OR (afund_user() IS NOT NULL AND NEW.actor_id IS DISTINCT FROM afund_user()
                              AND NEW.actor_id IS NOT NULL) THEN
        RAISE EXCEPTION 'nobody records the act of another' USING ERRCODE = 'insufficient_privilege';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER audit_event_speaks_for_its_actor BEFORE INSERT OR UPDATE ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_event_speaks_for_its_actor()""",
    """CREATE OR REPLACE FUNCTION user_grant_by_administrator() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT ((afund_reach() = 'all' AND afund_user() IS NULL) OR 'administrator' = ANY (afund_roles())) THEN
        RAISE EXCEPTION 'roles are given by an administrator' USING ERRCODE = 'insufficient_privilege';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER user_grant_by_administrator BEFORE INSERT OR UPDATE ON user_grant FOR EACH ROW EXECUTE FUNCTION user_grant_by_administrator()""",
    """CREATE OR REPLACE FUNCTION app_user_by_administrator() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT ((afund_reach() = 'all' AND afund_user() IS NULL) OR 'administrator' = ANY (afund_roles())) AND (TG_OP = 'INSERT' OR NEW.id IS DISTINCT FROM afund_user()
        OR (NEW.id, NEW.login, NEW.name, NEW.party_id, NEW.is_active)
           IS DISTINCT FROM (OLD.id, OLD.login, OLD.name, OLD.party_id, OLD.is_active)) THEN
        RAISE EXCEPTION 'users are changed by an administrator, a password by its owner'
            USING ERRCODE = 'insufficient_privilege';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER app_user_by_administrator BEFORE INSERT OR UPDATE ON app_user FOR EACH ROW EXECUTE FUNCTION app_user_by_administrator()""",
)

GUARDS = (
    ("audit_event_speaks_for_its_actor", "audit_event"),
    ("user_grant_by_administrator", "user_grant"),
    ("app_user_by_administrator", "app_user"),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.add_column(
        "sign_in_failure", sa.Column("client", sa.String(length=64), nullable=False, server_default="")
    )
    op.alter_column("sign_in_failure", "client", server_default=None)
    op.create_index(op.f("ix_sign_in_failure_client"), "sign_in_failure", ["client"], unique=False)
    op.add_column("api_token", sa.Column("parent_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_api_token_parent_id_api_token"), "api_token", "api_token", ["parent_id"], ["id"]
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for name, table in GUARDS:
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")
    for table in ("app_user", "user_grant", "audit_head"):
        op.execute(f"GRANT DELETE ON {table} TO afund_app")
    op.drop_column("api_token", "parent_id")
    op.drop_column("sign_in_failure", "client")
