"""Walls: what the database itself refuses, declared beside the models.

Four kinds. `append_only` tables refuse UPDATE, DELETE and TRUNCATE from everyone. From a `kept` table the application
may take no row away. `readable` tables show a row only where the given SQL is true for the transaction's actor. A
`guard` runs a check before a row is written.
Migrations carry the rendered statements; a test holds the live database against what is declared here.

Inside the SQL stand five functions: afund_reach() is 'all', 'own' or '' (nobody: sees nothing), afund_user(),
afund_party(), afund_partners() and afund_roles() describe the actor. They read settings local to the transaction,
so a connection that forgot to say who is acting sees no protected row at all.
"""

from dataclasses import dataclass, field

APP_ROLE = "afund_app"

FUNCTIONS = (
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
)


@dataclass(frozen=True)
class Guard:
    """A check before a row is written: the body of a PL/pgSQL block that may RAISE."""

    name: str
    table: str
    body: str


@dataclass
class Walls:
    """Everything declared so far, in the order of declaration."""

    append_only: dict[str, None] = field(default_factory=dict)
    kept: dict[str, None] = field(default_factory=dict)
    readable: dict[str, str] = field(default_factory=dict)
    guards: dict[str, Guard] = field(default_factory=dict)


DECLARED = Walls()


def append_only(table: str) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE on `table` from everyone, its owner included."""
    DECLARED.append_only[table] = None


def kept(table: str) -> None:
    """Let the application change rows of `table`, but never take one away."""
    DECLARED.kept[table] = None


def readable(table: str, using: str) -> None:
    """Show a row of `table` only where `using` (SQL over the row) is true."""
    DECLARED.readable[table] = " ".join(using.split())


def guard(name: str, table: str, body: str) -> None:
    """Run `body` (PL/pgSQL statements over NEW) before a row of `table` is inserted or updated."""
    DECLARED.guards[name] = Guard(name, table, body.strip())


def agree(table: str, shared: str, *, through: tuple[str, str], named: tuple[str, str]) -> None:
    """Refuse a row whose two references, each a column and its table, do not agree in the column `shared`.

    For a table that has no such column itself; one that has refers to both by a composite foreign key.
    """
    (key, owner), (other, wanted) = through, named
    guard(
        f"{table}_{other}_agrees",
        table,
        f"""
    IF NEW.{other} IS NOT NULL AND NOT EXISTS (
        SELECT FROM {owner} o JOIN {wanted} w ON w.{shared} = o.{shared}
        WHERE o.id = NEW.{key} AND w.id = NEW.{other}) THEN
        RAISE EXCEPTION '{table}: {other} % is of another {shared} than {key} %', NEW.{other}, NEW.{key}
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    """,
    )


def append_only_sql(table: str) -> list[str]:
    """The statements that make one table append-only."""
    trigger = f"{table}_append_only"
    return [
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP_ROLE}",
        f"CREATE TRIGGER {trigger} BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()",
        f"CREATE TRIGGER {trigger}_whole BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()",
    ]


def kept_sql(table: str) -> list[str]:
    """The statements that keep the rows of one table."""
    return [f"REVOKE DELETE, TRUNCATE ON {table} FROM {APP_ROLE}"]


def readable_sql(table: str, using: str) -> list[str]:
    """The statements that put row-level security on one table."""
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY {table}_seen ON {table} FOR SELECT TO {APP_ROLE} USING ({using})",
        f"CREATE POLICY {table}_written ON {table} FOR INSERT TO {APP_ROLE} WITH CHECK (afund_reach() <> '')",
        f"CREATE POLICY {table}_changed ON {table} FOR UPDATE TO {APP_ROLE} USING ({using})",
        f"CREATE POLICY {table}_removed ON {table} FOR DELETE TO {APP_ROLE} USING ({using})",
    ]


def guard_sql(wall: Guard) -> list[str]:
    """The statements that install one guard."""
    return [
        f"CREATE OR REPLACE FUNCTION {wall.name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {wall.body} RETURN NEW; END $$",
        f"CREATE TRIGGER {wall.name} BEFORE INSERT OR UPDATE ON {wall.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {wall.name}()",
    ]


def statements() -> list[str]:
    """Every declared wall as SQL, to run once after the tables exist."""
    sql = list(FUNCTIONS)
    for table in DECLARED.append_only:
        sql += append_only_sql(table)
    for table in DECLARED.kept:
        sql += kept_sql(table)
    for table, using in DECLARED.readable.items():
        sql += readable_sql(table, using)
    for wall in DECLARED.guards.values():
        sql += guard_sql(wall)
    return sql
