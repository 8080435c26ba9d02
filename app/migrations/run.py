"""Making the application's role and bringing the tables up to date, as the database's owner."""

import sqlalchemy as sa
from sqlmodel import SQLModel

from app import tables
from kernel import walls, work
from kernel.walls import APP_ROLE


def app_url(owner: sa.URL, password: str) -> sa.URL:
    """How the application reaches the database that `owner` owns: under its own role."""
    return owner.set(username=APP_ROLE, password=password)


def make_app_role(connection: sa.Connection, password: str) -> None:
    """Create the application's role, or give it its password again; it owns nothing and bypasses nothing."""
    exists = connection.execute(
        sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": APP_ROLE}
    ).scalar()
    verb = "ALTER" if exists else "CREATE"
    literal = sa.literal(password).compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    connection.execute(sa.text(f"{verb} ROLE {APP_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {literal}"))
    connection.execute(sa.text(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}"))
    for kind, rights in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE, SELECT")):
        connection.execute(
            sa.text(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {kind} TO {APP_ROLE}")
        )


def migrate(owner: sa.URL, *, app_password: str) -> None:
    """Bring the database to the present shape; harmless to repeat, and safe when two processes start at once."""
    engine = sa.create_engine(owner)
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('afund:migrate', 0))"))
        make_app_role(connection, app_password)
        upgrade(connection)
    engine.dispose()
    work.migrate(owner, app_role=APP_ROLE)


def upgrade(connection: sa.Connection) -> None:
    """Create every table and wall."""
    tables.load_all()
    if sa.inspect(connection).has_table("audit_event"):
        return
    _drop_dangling()
    SQLModel.metadata.create_all(connection)
    for statement in walls.statements():
        if _stands(statement):
            connection.execute(sa.text(statement.replace(":", "\\:")))


def _drop_dangling() -> None:
    # LEAD: removed once every room stands
    known = SQLModel.metadata.tables
    for table in known.values():
        for fk in list(table.foreign_key_constraints):
            if any(e.target_fullname.rsplit(".", 1)[0] not in known for e in fk.elements):
                table.constraints.discard(fk)
                for e in fk.elements:
                    table.foreign_keys.discard(e)
                    e.parent.foreign_keys.discard(e)


def _stands(statement: str) -> bool:
    # LEAD: removed once every room stands
    import re

    m = re.search(r"(?:ALTER TABLE|REVOKE [A-Z, ]+ ON|TRIGGER .*? ON|POLICY \S+ ON) (\w+)", statement)
    return m is None or m.group(1) in SQLModel.metadata.tables
