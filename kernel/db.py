"""Transactions: the only place that commits.

One request, or one job step, is one transaction, opened here and told who is acting. The database connection is
made under the application's own role, which is neither superuser nor owner of the tables, so that row-level
security holds; `Database.check_role` refuses to start otherwise.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlmodel import Session

from kernel.errors import Unavailable
from kernel.identity.rules import Actor

Tx = Session


class RoleTooStrong(Unavailable):
    code = "database_role_too_strong"
    says = (
        "The application is connected to the database as {role}, which {why}; row-level security would not hold. "
        "Run `afund migrate` with an owner's connection and let the application use its own role."
    )


class Database:
    """A connection pool under the application's role."""

    def __init__(self, url: sa.URL | str, *, pool_size: int = 8) -> None:
        # A statement that fails is logged without its values: they may be a sealed ballot or a password's hash.
        self.engine = sa.create_engine(
            url,
            pool_size=pool_size,
            max_overflow=4,
            pool_pre_ping=True,
            json_serializer=None,
            hide_parameters=True,
            # There are more statements than the 500 that are kept by default; to compile one anew costs ten askings.
            query_cache_size=1500,
        )

    @contextmanager
    def transaction(self, actor: Actor | None) -> Iterator[Tx]:
        """Open a transaction for `actor`; commit at the end, roll back on any error.

        Without an actor every protected table reads as empty.
        """
        with Session(self.engine, expire_on_commit=False) as tx:
            introduce(tx, actor)
            yield tx
            tx.commit()

    def check_role(self) -> None:
        """Refuse a connection whose role would see through the walls."""
        with self.engine.connect() as connection:
            row = connection.execute(sa.text(_ROLE_FACTS)).one()
        if row.superuser or row.bypasses:
            raise RoleTooStrong(role=row.role, why="is a superuser or bypasses row security")
        if row.owned:
            raise RoleTooStrong(role=row.role, why="owns the tables")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


_ROLE_FACTS = """
SELECT current_user AS role, r.rolsuper AS superuser, r.rolbypassrls AS bypasses,
       EXISTS (SELECT FROM pg_tables t WHERE t.schemaname = 'public' AND t.tableowner = current_user) AS owned
FROM pg_roles r WHERE r.rolname = current_user
"""

_INTRODUCE = sa.text(
    "SELECT set_config('afund.reach', :reach, true), set_config('afund.user_id', :user_id, true), "
    "set_config('afund.party_id', :party_id, true), set_config('afund.partner_ids', :partner_ids, true), "
    "set_config('afund.roles', :roles, true)"
)


def introduce(tx: Tx, actor: Actor | None) -> None:
    """Tell the database, for this transaction only, who is acting."""
    if actor is None:
        facts = {"reach": "", "user_id": "", "party_id": "", "partner_ids": "{}", "roles": "{}"}
    else:
        facts = {
            "reach": actor.reach,
            "user_id": str(actor.user_id or ""),
            "party_id": str(actor.party_id or ""),
            "partner_ids": "{" + ",".join(str(key) for key in sorted(actor.partner_ids)) + "}",
            "roles": "{" + ",".join(sorted(actor.roles)) + "}",
        }
    tx.execute(_INTRODUCE, facts)


def lock(tx: Tx, name: str) -> None:
    """Wait for the advisory lock called `name` and hold it until the transaction ends."""
    tx.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
