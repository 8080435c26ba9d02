"""What the database itself refuses and hides, whatever the code above it does."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlmodel import select

from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from lp_reports import queries
from lp_reports.models import Report, ReportDelivery, ReportOpening, ReportSnapshot, ReportStep
from tests.builders.archive import AFTER, Archive, an_archive, drafts, published
from tests.builders.people import an_actor
from tests.conftest import Begin

TABLES = ("report_snapshot", "report_step", "report_delivery", "report_opening")


def filled(database: Database) -> tuple[Archive, Actor, Actor]:
    """LP01's report is published, LP02's a draft; a reader for each."""
    with database.transaction(SYSTEM) as tx:
        archive = an_archive(tx)
        published(tx, archive)
        drafts(tx, archive, code="LP02")
        first, second = (
            an_actor(tx, Role.LP_USER, login=f"reader.{code}", partner_id=archive.partners[code], now=AFTER)
            for code in ("LP01", "LP02")
        )
    return archive, first, second


def test_a_partner_reads_its_own_published_reports_and_nothing_else(begin: Begin, database: Database) -> None:
    archive, first, second = begin(filled)
    with database.transaction(first) as tx:
        assert {row.partner_id for row in tx.exec(select(Report))} == {archive.partners["LP01"]}
        assert {row.partner_id for row in tx.exec(select(ReportSnapshot))} == {archive.partners["LP01"]}
        assert tx.exec(select(ReportStep)).all() == []
    with database.transaction(second) as tx:
        for model in (Report, ReportSnapshot, ReportStep, ReportDelivery, ReportOpening):
            assert tx.exec(select(model)).all() == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COMMITTEE, Role.TECHNOLOGY_MANAGER])
def test_no_other_role_reads_a_partners_report(begin: Begin, database: Database, role: Role) -> None:
    begin(filled)
    with database.transaction(SYSTEM) as tx:
        actor = an_actor(tx, role, login="somebody", now=AFTER)
    with database.transaction(actor) as tx:
        assert tx.exec(select(Report)).all() == []
        assert tx.exec(select(ReportSnapshot)).all() == []
    with database.transaction(None) as tx:
        assert tx.exec(select(Report)).all() == []


def test_two_reports_for_one_partner_quarter_language_and_version_cannot_be(tx: Tx, archive: Archive) -> None:
    row = drafts(tx, archive)[0]
    twin = Report(**row.model_dump(exclude={"id"}))
    tx.add(twin)
    with pytest.raises(sa.exc.IntegrityError, match="uq_report"):
        tx.flush()


def test_a_report_begins_as_a_draft(tx: Tx, archive: Archive) -> None:
    row = drafts(tx, archive)[0]
    copy = {
        **row.model_dump(exclude={"id"}),
        "version": 9,
        "snapshot_id": row.snapshot_id,
        "state": "published",
    }
    tx.add(Report(**copy))
    with pytest.raises(sa.exc.IntegrityError, match="begins as a draft"):
        tx.flush()


def test_a_filed_report_keeps_its_files(tx: Tx, archive: Archive) -> None:
    first, other = drafts(tx, archive)
    first.pdf = other.pdf
    with pytest.raises(sa.exc.IntegrityError, match="keeps its files"):
        tx.flush()


def test_a_published_report_cannot_go_back(tx: Tx, archive: Archive) -> None:
    row = published(tx, archive)[0]
    tx.execute(sa.text("SAVEPOINT before"))
    with pytest.raises(sa.exc.IntegrityError, match="is published"):
        tx.execute(sa.text("UPDATE report SET state = 'draft' WHERE id = :id"), {"id": row.key})


@pytest.mark.parametrize("table", TABLES)
def test_what_was_written_stays(tx: Tx, archive: Archive, table: str) -> None:
    published(tx, archive)
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        tx.execute(sa.text(f"DELETE FROM {table}"))


@contextmanager
def tampering(owner_url: sa.URL) -> Iterator[sa.Connection]:
    """The owner with the walls down: what an intruder with the keys could do."""
    engine = sa.create_engine(owner_url)
    with engine.begin() as connection:
        connection.execute(sa.text("SET session_replication_role = replica"))
        yield connection
    engine.dispose()


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (
            "UPDATE report_snapshot SET content = replace(content, '\"nav\":', '\"nav\": ')",
            "its figures do not match their fingerprint",
        ),
        (
            "UPDATE blob SET content = 'forged' WHERE sha256 = (SELECT pdf FROM report LIMIT 1)",
            "its file is missing or damaged",
        ),
        ("DELETE FROM report_step", "was published without another person's approval"),
        ("UPDATE report SET prepared_by = (SELECT min(by_id) FROM report_step)", "without another person"),
    ],
)
def test_tampering_is_found(
    begin: Begin, database: Database, owner_url: sa.URL, statement: str, says: str
) -> None:
    begin(filled)
    with database.transaction(SYSTEM) as tx:
        assert queries.prove_reports(tx) == []
    with tampering(owner_url) as connection:
        connection.execute(sa.text(statement.replace(":", "\\:")))
    with database.transaction(SYSTEM) as tx:
        assert any(says in found.what for found in queries.prove_reports(tx))


def test_figures_that_were_forged_with_their_fingerprint_are_found(
    begin: Begin, database: Database, owner_url: sa.URL
) -> None:
    begin(filled)
    with tampering(owner_url) as connection:
        forged = "regexp_replace(content, '\"unfunded\"\\:\\d+', '\"unfunded\"\\:1')"
        forge = f"UPDATE report_snapshot SET content = {forged}"
        connection.execute(sa.text(forge))
        connection.execute(
            sa.text("UPDATE report_snapshot SET sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex')")
        )
    with database.transaction(SYSTEM) as tx:
        assert any("unfunded against commitment" in found.what for found in queries.prove_reports(tx))


def test_books_that_no_longer_say_what_was_reported_are_found(
    begin: Begin, database: Database, owner_url: sa.URL
) -> None:
    begin(filled)
    with tampering(owner_url) as connection:
        connection.execute(sa.text("UPDATE ledger_entry SET amount = amount - 1 WHERE debit = '1250'"))
    with database.transaction(SYSTEM) as tx:
        assert any("is not what the books say" in found.what for found in queries.prove_reports(tx))
