"""Users, what they may do, and how they prove who they are. No secret is stored, only its hash."""

from datetime import datetime

import sqlalchemy as sa

from kernel import columns, walls
from kernel.columns import Row, choices_check
from kernel.identity.rules import Role


class User(Row, table=True):
    """A person who may sign in. `login` is an e-mail address or a short name."""

    __tablename__ = "app_user"

    login: str = columns.code(unique=True)
    name: str = columns.text()
    password_hash: str = columns.text()
    language: str = columns.code(default="zh_CN")
    party_id: int | None = columns.number(nullable=True, index=True)
    is_active: bool = columns.flag(default=True)
    # Until then the passphrase, set by somebody else, lets its owner in to choose another; None: chosen by oneself.
    one_time_until: datetime | None = columns.instant(nullable=True)
    recorded_at: datetime = columns.instant()


class Grant(Row, table=True):
    """A role held by a user, for one partner where the role is a partner's; ended, never deleted."""

    __tablename__ = "user_grant"
    __table_args__ = (
        choices_check("role", Role),
        sa.CheckConstraint("role <> 'lp_user' OR partner_id IS NOT NULL", name="lp_user_has_partner"),
        sa.Index(
            "uq_user_grant_live",
            "user_id",
            "role",
            sa.text("coalesce(partner_id, 0)"),
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    user_id: int = columns.ref("app_user.id", index=True)
    role: Role = columns.choice(Role)
    partner_id: int | None = columns.number(nullable=True)
    granted_by: str = columns.text()
    recorded_at: datetime = columns.instant()
    ended_at: datetime | None = columns.instant(nullable=True)


class Token(Row, table=True):
    """An opaque token for scripts; only its SHA-256 is kept. `parent_id` is the token it was made with, if any."""

    __tablename__ = "api_token"

    user_id: int = columns.ref("app_user.id", index=True)
    label: str = columns.text()
    digest: str = columns.code(unique=True)
    recorded_at: datetime = columns.instant()
    expires_at: datetime = columns.instant()
    revoked_at: datetime | None = columns.instant(nullable=True)
    parent_id: int | None = columns.ref("api_token.id", nullable=True)


class Session(Row, table=True):
    """A browser's session; the cookie holds the secret, the row its SHA-256."""

    __tablename__ = "web_session"

    user_id: int = columns.ref("app_user.id", index=True)
    digest: str = columns.code(unique=True)
    csrf: str = columns.code()
    recorded_at: datetime = columns.instant()
    expires_at: datetime = columns.instant()
    ended_at: datetime | None = columns.instant(nullable=True)


class SignInFailure(Row, table=True):
    """A wrong password, kept to slow down guessing; `client` is the address it came from."""

    __tablename__ = "sign_in_failure"

    login: str = columns.code(index=True)
    client: str = columns.code(index=True)
    at: datetime = columns.instant()


class SetupCode(Row, table=True):
    """A code printed on the terminal while there was no user; only its SHA-256 is kept, and it is used once."""

    __tablename__ = "setup_code"

    digest: str = columns.code(unique=True)
    recorded_at: datetime = columns.instant()
    used_at: datetime | None = columns.instant(nullable=True)


walls.append_only("sign_in_failure")

# The system acts with reach 'all' and no number; where nobody has said who acts there is no reach either.
_ADMINISTRATOR = "(afund_reach() = 'all' AND afund_user() IS NULL) OR 'administrator' = ANY (afund_roles())"

walls.kept("app_user")
walls.kept("user_grant")
walls.guard(
    "user_grant_by_administrator",
    "user_grant",
    f"""
    IF NOT ({_ADMINISTRATOR}) THEN
        RAISE EXCEPTION 'roles are given by an administrator' USING ERRCODE = 'insufficient_privilege';
    END IF;
    """,
)
walls.guard(
    "app_user_by_administrator",
    "app_user",
    f"""
    IF NOT ({_ADMINISTRATOR}) AND (TG_OP = 'INSERT' OR NEW.id IS DISTINCT FROM afund_user()
        OR (NEW.id, NEW.login, NEW.name, NEW.party_id, NEW.is_active)
           IS DISTINCT FROM (OLD.id, OLD.login, OLD.name, OLD.party_id, OLD.is_active)) THEN
        RAISE EXCEPTION 'users are changed by an administrator, a password by its owner'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    """,
)
