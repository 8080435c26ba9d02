"""Making the application's role and bringing the tables up to date, as the database's owner."""

from contextlib import suppress

import sqlalchemy as sa
from alembic import command

from app.migrations.config import config
from kernel import work
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
    role = f"{verb} ROLE {APP_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {literal}"
    # A role belongs to the whole server: where two databases are migrated at once, the other one has just done it.
    with suppress(sa.exc.InternalError), connection.begin_nested():
        connection.exec_driver_sql(role)
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}")
    for kind, rights in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE, SELECT")):
        connection.exec_driver_sql(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {kind} TO {APP_ROLE}"
        )


def migrate(owner: sa.URL, *, app_password: str, is_played: bool = False) -> None:
    """Bring the database to the present shape; harmless to repeat, and safe when two processes start at once.

    `is_played` marks it for good as one whose time is played: an example or a test, where votes are closed on days
    that have not come by the server's clock.
    """
    engine = sa.create_engine(owner)
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended('afund:migrate', 0))")
        make_app_role(connection, app_password)
        command.upgrade(config(connection), "head")
        if is_played:
            connection.exec_driver_sql("INSERT INTO played_clock (recorded_at) VALUES (now())")
    engine.dispose()
    work.migrate(owner, app_role=APP_ROLE)
