"""0: done; 1: refused in a plain sentence; 2: wrong usage. Never a traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from kernel.db import Database
from kernel.identity.rules import SYSTEM
from tests.app.cli.conftest import Afund
from tests.builders.archive import an_archive, published
from tests.conftest import Begin
from tests.house.tree import TOP

NOWHERE = "postgresql://somebody:a-secret@127.0.0.1:1/nothing"


@pytest.mark.parametrize(
    "words",
    [
        ("no-such-command",),
        ("import",),
        ("import", "no-such-file.csv"),
        ("import", __file__, "--kind", "wishes"),
        ("quarter", "close"),
        ("restore", "no-such-folder"),
        ("serve", "--port", "many"),
        ("demo", "--quarters", "0"),
    ],
)
def test_wrong_usage_is_2(afund: Afund, words: tuple[str, ...]) -> None:
    answer = afund(*words)
    assert answer.status == 2
    assert not answer.out
    assert "Usage:" in answer.err


def test_help_is_0(afund: Afund) -> None:
    answer = afund("--help")
    assert answer.status == 0
    for command in ("import", "export", "restore", "prove", "quarter", "migrate"):
        assert command in answer.out


@pytest.mark.parametrize("text", ["2026", "Q3", "2026Q5", "", "第三季度"])
@pytest.mark.parametrize("act", ["close", "report"])
def test_a_text_that_is_no_quarter_is_refused(afund: Afund, act: str, text: str) -> None:
    answer = afund("quarter", act, text)
    assert answer.is_plain_refusal
    assert answer.err.splitlines() == [
        f"“{text}” is not a quarter; expected a year and Q1 to Q4, as in 2026Q3."
    ]


def test_a_fund_that_there_is_not_is_refused(afund: Afund) -> None:
    answer = afund("quarter", "close", "2026Q3", "--fund", "AF9")
    assert answer.is_plain_refusal
    assert "AF9" in answer.err


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://user:a-secret@host/name", "postgresql://user:x@host:port/x"]
)
def test_an_unreadable_database_url_is_refused_and_not_repeated(afund: Afund, url: str) -> None:
    answer = afund("prove", database=url)
    assert answer.is_plain_refusal
    assert answer.err.startswith("DATABASE_URL is not the address")
    assert "secret" not in answer.err


@pytest.mark.parametrize("words", [("prove",), ("migrate",), ("export", "out")])
def test_a_database_out_of_reach_is_refused(afund: Afund, words: tuple[str, ...]) -> None:
    answer = afund(*words, database=NOWHERE)
    assert answer.is_plain_refusal
    assert "cannot be used" in answer.err
    assert "a-secret" not in answer.err


def test_a_setting_of_the_wrong_kind_is_named(afund: Afund, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFUND_PORT", "many")
    answer = afund("prove")
    assert answer.is_plain_refusal
    assert "AFUND_PORT" in answer.err


def test_migrating_twice_is_harmless(afund: Afund) -> None:
    first, second = afund("migrate"), afund("migrate")
    assert (first.status, second.status) == (0, 0)
    assert first.out == second.out == "The database is up to date.\n"


def a_report(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        published(tx, an_archive(tx))


def test_an_untouched_database_proves(afund: Afund, begin: Begin) -> None:
    begin(a_report)
    assert afund("prove").status == 0
    asked = afund("prove", "--json")
    assert (asked.status, json.loads(asked.out)) == (0, [])


@pytest.mark.parametrize(
    ("table", "change", "named"),
    [
        ("audit_event", "detail = '{\"forged\": true}' WHERE number = 2", "audit_event 2"),
        ("ledger_entry", "amount = amount + 1 WHERE id = (SELECT min(id) FROM ledger_entry)", ""),
        ("report_snapshot", "content = '{}'", "report_snapshot"),
    ],
)
def test_tampering_is_told_by_its_row(
    afund: Afund, begin: Begin, owner_url: sa.URL, table: str, change: str, named: str
) -> None:
    begin(a_report)
    engine = sa.create_engine(owner_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        connection.exec_driver_sql(f"UPDATE {table} SET {change}")
    engine.dispose()
    told = afund("prove")
    assert (told.status, told.out) == (1, "")
    assert named in told.err
    asked = afund("prove", "--json")
    rows = [found["row"] for found in json.loads(asked.out)]
    assert asked.status == 1
    assert rows
    assert any(named in row for row in rows)


def test_as_a_program_a_refusal_is_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "app.cli", "quarter", "close", "soon"]
    ended = subprocess.run(
        command, cwd=TOP, env={"AFUND_HOME": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "“soon” is not a quarter; expected a year and Q1 to Q4, as in 2026Q3.\n"


def test_as_a_program_it_brings_its_own_database(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "app.cli", "prove", "--json"]
    ended = subprocess.run(
        command, cwd=TOP, env={"AFUND_HOME": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout.strip()) == (0, "[]")
    assert (tmp_path / "app-role.secret").stat().st_mode & 0o077 == 0
