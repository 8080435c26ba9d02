"""Lists come in by their headings, as somebody, all rows or none; every fault is told by its place."""

import json
import re
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.lists.kinds import KINDS, KindUnclear, kinds_of
from fund.capital.queries import commitments
from fund.charter.queries import fund_by_code, terms
from fund.ledger.queries import chart
from fund.parties.models import Party
from fund.partners.queries import partners
from kernel.audit.models import AuditEvent
from kernel.db import Database
from kernel.identity.queries import actor_of, user_by_login
from kernel.identity.rules import SYSTEM, Role
from kernel.sheets.files import Grid, open_file
from tests.app.cli.conftest import Afund
from tests.builders.charter import a_fund
from tests.builders.partners import a_partner
from tests.builders.people import a_user
from tests.house.tree import TOP

DEMO = TOP / "fixtures" / "demo"
PARTIES = "类型,名称,登记日期\n组织,甲公司,2024-01-02\n自然人,乙先生,2024-01-02\n"
PARTNERS = (
    "编号,合伙人名称,类型,认缴金额（万元）,认缴日期,承担管理费,承担超额收益\n"
    "LP01,甲公司,LP,6000,2024-01-15,是,是\nGP01,丙公司,GP,100,2024-01-15,否,否\n"
)
KNOWN = [
    ("01-fund-terms.xlsx", "terms"),
    ("02-parties.csv", "parties"),
    ("03-relations.csv", "relations"),
    ("04-partners-first-close.xlsx", "partners commitments"),
    ("06-users.csv", "users"),
    ("07-achievements.xlsx", "achievements"),
    ("07-readiness-2024.csv", "readiness"),
    ("08-demands.csv", "demands"),
    ("11-deals.csv", "deals"),
    ("19-capital-calls.xlsx", "calls"),
    ("marks/2024Q1.csv", "marks"),
    ("marks/2026Q3.xlsx", "marks"),
]


def grids(file: str) -> tuple[Grid, ...]:
    path = DEMO / file
    return open_file(path.name, path.read_bytes())


def count(database: Database, model: type[Party] | type[AuditEvent]) -> int:
    with database.transaction(SYSTEM) as tx:
        return tx.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()


@pytest.fixture
def manager(database: Database, now: datetime) -> str:
    with database.transaction(SYSTEM) as tx:
        return a_user(tx, Role.MANAGER, login="lin", now=now).login


@pytest.fixture
def parties(tmp_path: Path) -> Path:
    file = tmp_path / "名单.csv"
    file.write_text(PARTIES, encoding="gb18030")
    return file


@pytest.mark.parametrize(("file", "expected"), KNOWN)
def test_a_list_is_known_by_its_headings(file: str, expected: str) -> None:
    assert " ".join(kind.name for kind in kinds_of(grids(file))) == expected


def test_a_named_kind_is_taken_at_its_word() -> None:
    for kind in KINDS:
        assert kinds_of(grids("02-parties.csv"), kind.name) == (kind,)


def test_headings_of_no_list_are_refused_with_what_the_nearest_lacks() -> None:
    with pytest.raises(KindUnclear) as refused:
        kinds_of(open_file("x.csv", "名称,英文名称\n甲,A\n".encode()))
    assert "x.csv, row 1: as a list of parties: there is no column “类型”" in str(refused.value)


def test_headings_of_nothing_at_all_are_refused() -> None:
    with pytest.raises(KindUnclear):
        kinds_of(open_file("x.csv", b"a,b\n1,2\n"))


def test_rows_are_booked_as_the_only_manager(
    afund: Afund, database: Database, manager: str, parties: Path
) -> None:
    before = count(database, Party)
    answer = afund("import", parties)
    assert (answer.status, answer.err) == (0, "")
    assert answer.out.splitlines()[0] == "parties: 2 rows imported"
    assert count(database, Party) == before + 2
    with database.transaction(SYSTEM) as tx:
        actors = tx.execute(
            sa.select(AuditEvent.actor_name).where(sa.column("action").startswith("party"))
        ).scalars()
        assert set(actors) == {"Lin"}


def test_a_dry_run_changes_nothing(afund: Afund, database: Database, manager: str, parties: Path) -> None:
    before = count(database, Party), count(database, AuditEvent)
    answer = afund("import", parties, "--dry-run", "--json")
    assert answer.status == 0
    said = json.loads(answer.out)
    assert said["dry_run"] is True
    assert said["imported"] == [{"what": "parties", "sheet": "", "rows": 2}]
    assert (count(database, Party), count(database, AuditEvent)) == before


def test_every_fault_is_a_line_and_no_row_comes_in(
    afund: Afund, database: Database, manager: str, tmp_path: Path
) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(
        "类型,名称,登记日期\n组织,甲公司,2024-01-02\n妖怪,乙,2024-02-31\n组织,甲公司,\n", encoding="utf-8"
    )
    before = count(database, Party)
    answer = afund("import", file)
    assert answer.is_plain_refusal
    lines = answer.err.splitlines()
    assert lines[0] == "bad.csv has 3 faults; nothing was imported."
    assert len(lines) == 4
    assert any("row 3, 类型" in line and "妖怪" in line for line in lines)
    assert any("row 3, 登记日期" in line and "2024-02-31" in line for line in lines)
    assert any("row 4" in line and "甲公司" in line for line in lines)
    assert count(database, Party) == before


def test_the_same_file_twice_is_refused(
    afund: Afund, database: Database, manager: str, parties: Path
) -> None:
    afund("import", parties)
    before = count(database, Party)
    answer = afund("import", parties)
    assert answer.is_plain_refusal
    assert "名单.csv, row 2" in answer.err
    assert count(database, Party) == before


def test_partners_and_what_they_commit_stand_in_one_sheet(
    afund: Afund, database: Database, manager: str, tmp_path: Path, now: datetime
) -> None:
    with database.transaction(SYSTEM) as tx:
        fund = a_fund(tx, code="AF7")
    file = tmp_path / "partners.csv"
    file.write_text(PARTNERS, encoding="utf-8")
    tried = afund("import", file, "--dry-run", "--fund", "AF7")
    assert tried.out.splitlines() == [
        "partners: 2 rows would be imported",
        "commitments: 2 rows would be imported",
        "Nothing was changed: this was a dry run.",
    ]
    assert afund("import", file).status == 0
    with database.transaction(SYSTEM) as tx:
        assert {partner.code for partner in partners(tx, fund_id=fund.id)} == {"LP01", "GP01"}
        promised = commitments(tx, fund_id=fund.id, as_of=date(2026, 9, 30))
        assert promised


@pytest.mark.parametrize("words", [("--fund", "AF9"), ()])
def test_a_fund_that_there_is_not_is_refused(
    afund: Afund, manager: str, tmp_path: Path, words: tuple[str, ...]
) -> None:
    file = tmp_path / "partners.csv"
    file.write_text(PARTNERS, encoding="utf-8")
    assert afund("import", file, *words).is_plain_refusal


def test_without_one_manager_somebody_must_be_named(
    afund: Afund, database: Database, manager: str, parties: Path, now: datetime
) -> None:
    with database.transaction(SYSTEM) as tx:
        a_user(tx, Role.MANAGER, login="second", now=now)
        a_user(tx, Role.LP_EXPERT, login="expert", now=now)
        a_user(tx, Role.MANAGER, login="gone", now=now).is_active = False
    answer = afund("import", parties)
    assert answer.is_plain_refusal
    assert answer.err == "2 users have the role manager; say with --as who imports.\n"
    for stranger in ("nobody", "gone", "expert"):
        assert afund("import", parties, "--as", stranger).is_plain_refusal, stranger
    assert afund("import", parties, "--as", "second").status == 0


def test_what_was_not_read_is_told(afund: Afund, manager: str, tmp_path: Path) -> None:
    file = tmp_path / "wide.csv"
    file.write_text("类型,名称,星座\n组织,甲公司,白羊\n", encoding="utf-8")
    answer = afund("import", file)
    assert answer.status == 0
    assert "Note: wide.csv, row 1, 星座: this heading is not known here" in answer.out


@pytest.mark.parametrize(("name", "content"), [("x.pdf", b"%PDF"), ("x.xlsx", b"no zip"), ("x.csv", b"")])
def test_a_file_that_is_no_sheet_is_refused(afund: Afund, tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    assert afund("import", file).is_plain_refusal


TERMS = (
    "基金代码,基金名称,认缴规模,首次交割日,最终交割日,投资期届满日,存续期届满日\n"
    "NF1,新材料基金,500000000,2026-10-15,2027-10-15,2031-10-15,2034-10-15\n"
)
USERS = "登录名,姓名,角色,单位,所属合伙人\nwang.lin,王琳,投资经理；投决委员,,\nhe.lp,何某,有限合伙人,甲公司,LP01\n"


def test_a_fund_is_opened_from_a_sheet_of_its_terms(
    afund: Afund, database: Database, manager: str, tmp_path: Path
) -> None:
    file = tmp_path / "terms.csv"
    file.write_text(TERMS, encoding="utf-8")
    assert afund("import", file).out == "terms: 1 row imported\n"
    with database.transaction(SYSTEM) as tx:
        opened = fund_by_code(tx, code="NF1")
        promised = terms(tx, fund_id=opened.id, as_of=date(2026, 10, 15))
        assert (promised.hurdle, promised.carry, promised.catch_up) == (Fraction(2, 25), Fraction(1, 5), 1)
        assert chart(tx, fund_id=opened.id)
    assert afund("import", file).is_plain_refusal


def test_a_workbook_of_terms_brings_its_limits(afund: Afund, database: Database, manager: str) -> None:
    assert afund("import", DEMO / "01-fund-terms.xlsx").status == 0
    with database.transaction(SYSTEM) as tx:
        opened = fund_by_code(tx, code="AF1")
        assert terms(tx, fund_id=opened.id, as_of=date(2026, 9, 30)).limits


def test_people_are_added_from_a_list_each_with_a_one_time_password(
    afund: Afund, database: Database, tmp_path: Path, now: datetime
) -> None:
    with database.transaction(SYSTEM) as tx:
        fund = a_fund(tx)
        partner = a_partner(tx, fund.id, "LP01", name_zh="甲公司")
        a_user(tx, Role.ADMINISTRATOR, login="root", now=now)
    file = tmp_path / "users.csv"
    file.write_text(USERS, encoding="utf-8")
    assert "one-time" not in afund("import", file, "--dry-run").out
    done = afund("import", file)
    assert done.status == 0, done.err
    found = dict(re.findall(r"([a-z.]+): one-time password ([a-z0-9-]{29})", done.out))
    assert set(found) == {"wang.lin", "he.lp"}
    with database.transaction(SYSTEM) as tx:
        user = user_by_login(tx, login="he.lp")
        assert user is not None
        assert user.one_time_until is not None
        actor = actor_of(tx, user=user)
        assert (actor.roles, actor.partner_ids) == ({Role.LP_USER}, {partner.id})
        assert actor.party_id == partner.party_id
    file.write_text(USERS.replace("投资经理", "皇帝").replace("wang.lin", "wang.li"), encoding="utf-8")
    refused = afund("import", file)
    assert refused.is_plain_refusal
    assert "皇帝" in refused.err
