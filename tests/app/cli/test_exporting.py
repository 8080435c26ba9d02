"""What is exported comes back the same, proves, and cannot be forged on the way."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.cli.archive import LEFT_OUT, ExportDamaged, Folder, Kept, fingerprint
from app.migrations.run import app_url
from kernel.db import Database
from kernel.identity.rules import SYSTEM, Role
from pipeline.committee.queries import motion_sheet
from tests.app.cli.conftest import Afund
from tests.builders.archive import an_archive, published
from tests.builders.committee import a_committee, an_open_motion, vote
from tests.builders.people import a_user
from tests.conftest import PASSWORD, Begin, clone


@pytest.fixture
def second(server: sa.URL, worker_name: str) -> sa.URL:
    """The owner's URL of a second, empty database."""
    return clone(server, f"afund_second_{worker_name}")


@pytest.fixture
def filled(begin: Begin, database: Database) -> Database:
    begin(books_and_a_vote)
    return database


def books_and_a_vote(database: Database) -> None:
    """Books, published reports, and a vote under way."""
    now = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)
    with database.transaction(SYSTEM) as tx:
        published(tx, an_archive(tx))
    with database.transaction(SYSTEM) as tx:
        committee = a_committee(tx, now=now, fund_code="AF2")
        motion = an_open_motion(tx, committee, now=now)
        papers = motion_sheet(tx, actor=SYSTEM, motion_id=motion.id, now=now).papers_hash
        assert papers is not None
        vote(tx, committee.members["S1"], motion.id, "yes", papers_hash=papers, now=now)


@pytest.fixture
def exported(afund: Afund, filled: Database, tmp_path: Path) -> Path:
    """An export of it."""
    answer = afund("export", "out")
    assert answer.status == 0, answer.err
    return tmp_path / "out"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in files(folder)}


def files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file())


def rows(url: sa.URL, table: str) -> int:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        count = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
    engine.dispose()
    return int(count)


def standing(connection: sa.Connection) -> set[tuple[str, str]]:
    """The constraints and indexes of the database, each with its definition."""
    found = connection.exec_driver_sql(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0 "
        "UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    )
    return {(str(name), str(definition)) for name, definition in found}


def forge(folder: Path, name: str, old: bytes, new: bytes) -> None:
    """Change a file and make the manifest agree, as somebody would who knows how."""
    file = folder / name
    assert old in file.read_bytes()
    file.write_bytes(file.read_bytes().replace(old, new, 1))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][name] |= {"sha256": fingerprint(file), "size": file.stat().st_size}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_what_comes_back_is_the_same_and_proves(
    afund: Afund, exported: Path, second: sa.URL, tmp_path: Path, now: datetime
) -> None:
    answer = afund("restore", exported, database=second)
    assert answer.status == 0, answer.err
    assert afund("prove", database=second).status == 0
    assert afund("export", "again", database=second).status == 0
    assert contents(tmp_path / "again") == contents(exported)
    # The numbering goes on where it stood: a new row gets a key of its own.
    restored = Database(app_url(second, PASSWORD))
    with restored.transaction(SYSTEM) as tx:
        assert a_user(tx, Role.AUDITOR, login="newcomer", now=now).id
    restored.close()
    assert afund("prove", database=second).status == 0


def test_walls_keys_and_indexes_stand_again_after_a_restore(
    afund: Afund, exported: Path, second: sa.URL
) -> None:
    engine = sa.create_engine(second)
    with engine.connect() as connection:
        keys = standing(connection)
    assert afund("restore", exported, database=second).status == 0
    with engine.connect() as connection:
        assert standing(connection) == keys
        off = "SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'"
        assert connection.exec_driver_sql(off).scalar_one() == 0
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            connection.exec_driver_sql("DELETE FROM audit_event")
    engine.dispose()


def test_an_export_says_what_is_in_it(exported: Path) -> None:
    manifest = json.loads((exported / "manifest.json").read_text(encoding="utf-8"))
    assert {"manifest.json", *manifest["files"]} == set(contents(exported))
    for name, kept in manifest["files"].items():
        content = (exported / name).read_bytes()
        assert kept["sha256"] == fingerprint(exported / name)
        assert kept["size"] == len(content)
        if name.startswith("blobs/"):
            assert name == f"blobs/{kept['sha256']}"
    users = (exported / "tables" / "app_user.csv").read_text(encoding="utf-8").splitlines()
    assert users[0].startswith("id,login,name,password_hash")
    assert manifest["files"]["tables/app_user.csv"]["rows"] == len(users) - 1
    assert "sealed ballots" in (exported / "README.txt").read_text(encoding="utf-8")


def test_sealed_ballots_are_not_in_it_and_it_says_so(
    afund: Afund, filled: Database, owner_url: sa.URL, tmp_path: Path
) -> None:
    assert rows(owner_url, "ballot") == 1
    answer = afund("export", "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["files"]["tables/ballot.csv"]["rows"] == 0
    assert "Sealed ballots of motions whose vote is not closed are not in it (" in answer.out
    asked = json.loads(afund("export", "more", "--json").out)
    assert len(asked["sealed"]) == 1
    assert set(asked["left_out"]) == set(LEFT_OUT) >= {"web_session", "answered_request", "played_clock"}


def test_a_folder_that_holds_something_is_refused(afund: Afund, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    assert afund("export", "out").is_plain_refusal
    assert contents(tmp_path / "out") == {"mine.txt": b"mine"}
    assert afund("export", "out/mine.txt").is_plain_refusal
    assert afund("export", "out/mine.txt/deeper").is_plain_refusal


def test_a_database_that_holds_data_is_refused(afund: Afund, exported: Path, owner_url: sa.URL) -> None:
    before = rows(owner_url, "audit_event")
    answer = afund("restore", exported)
    assert answer.is_plain_refusal
    assert "holds data already" in answer.err
    assert rows(owner_url, "audit_event") == before


def test_a_change_on_the_way_is_told_by_its_file(afund: Afund, exported: Path, second: sa.URL) -> None:
    manifest = json.loads((exported / "manifest.json").read_text())
    blob = next(name for name in manifest["files"] if name.startswith("blobs/"))
    (exported / blob).write_bytes(b"another document")
    (exported / "tables" / "fund.csv").unlink()
    (exported / "tables" / "stray.csv").write_text("id\n")
    answer = afund("restore", exported, database=second)
    assert answer.is_plain_refusal
    assert f"- {blob}: its SHA-256 is not that of the manifest" in answer.err
    assert "- tables/fund.csv: is in the manifest and not in the folder" in answer.err
    assert "- tables/stray.csv: is in the folder and not in the manifest" in answer.err
    assert rows(second, "app_user") == 0


@pytest.mark.parametrize(
    "content", [None, "{}", "no json", '{"format": "other/9", "files": {}, "left_out": {}}']
)
def test_a_folder_that_is_no_export_is_refused(afund: Afund, tmp_path: Path, content: str | None) -> None:
    (tmp_path / "in").mkdir()
    if content is not None:
        (tmp_path / "in" / "manifest.json").write_text(content)
    answer = afund("restore", "in")
    assert answer.is_plain_refusal
    assert "is not an export" in answer.err


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (
            "tables/audit_event.csv",
            b"fund.opened",
            b"fund.forged",
            "audit_event 1: its content does not match",
        ),
        ("tables/fund.csv", b"id,code", b"id,kode", "another version of the software"),
        ("tables/partner.csv", b"LP01", b"LP02", "refused the rows of partner"),
    ],
)
def test_a_forgery_with_a_manifest_that_agrees_is_refused_whole(
    afund: Afund, exported: Path, second: sa.URL, name: str, old: bytes, new: bytes, said: str
) -> None:
    forge(exported, name, old, new)
    answer = afund("restore", exported, database=second)
    assert answer.is_plain_refusal
    assert said in answer.err
    assert rows(second, "app_user") == rows(second, "audit_event") == rows(second, "blob") == 0


def test_a_manifest_cannot_point_outside_its_folder(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "out")
    folder.begin()
    (tmp_path / "secret").write_text("secret")
    outside = Kept(sha256=fingerprint(tmp_path / "secret"), size=6)
    folder.finish({"../secret": outside})
    with pytest.raises(ExportDamaged, match="is no name of a file in an export"):
        folder.checked()
