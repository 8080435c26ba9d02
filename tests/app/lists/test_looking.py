"""Looking at a list says what each row becomes and what is wrong where, and changes nothing."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from app.lists.blanks import blank
from app.lists.kinds import KINDS, Given, Kind, bring_in
from app.lists.looking import look
from fund.parties.models import Party
from kernel.audit.models import AuditEvent
from kernel.blobs.models import Blob
from kernel.db import Database, Tx
from kernel.identity.queries import actor_of
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from kernel.sheets.reading import EXAMPLE_MARK, SheetRefused
from tests.builders.people import a_user

GOOD = "类型,名称,登记日期\n组织,甲公司,2024-01-02\n自然人,乙先生,2024-01-02\n"
BAD = "类型,名称,登记日期,星座\n组织,甲公司,2024-01-02,\n妖怪,乙,2024-02-31,x\n组织,甲公司,,\n"
CALLS = "缴款编号,缴款截止日,款项类别,金额（万元）,用途\nC01,2026-11-16,投资款,100,甲\nC01,2026-11-16,合伙费用,2.5,乙\n"


def parties_in(database: Database) -> int:
    with database.transaction(SYSTEM) as tx:
        return tx.execute(sa.select(sa.func.count()).select_from(Party)).scalar_one()


def somebody(tx: Tx, role: Role, now: datetime) -> Actor:
    return actor_of(tx, user=a_user(tx, role, login=f"some-{role}", now=now))


def test_a_good_list_becomes_rows_and_nothing_is_kept(database: Database, now: datetime) -> None:
    before = parties_in(database)
    with database.transaction(SYSTEM) as tx:
        seen = look(tx, SYSTEM, given=Given("名单.csv", GOOD.encode()), named=None, fund_id=None, now=now)
    assert (seen.is_good, seen.rows, seen.faulty) == (True, 2, 0)
    (one,) = seen.lists
    assert [(column.column.field, column.written) for column in one.columns][:2] == [
        ("kind", "类型"),
        ("name_zh", "名称"),
    ]
    assert [row.values[1] for row in one.rows] == ["甲公司", "乙先生"]
    assert {column.field for column in one.missing} == {"name_en", "registration_no"}
    assert parties_in(database) == before


def test_every_fault_stands_at_its_row_and_heading(database: Database, now: datetime) -> None:
    with database.transaction(SYSTEM) as tx:
        seen = look(tx, SYSTEM, given=Given("a, row 3.csv", BAD.encode()), named=None, fund_id=None, now=now)
    assert (seen.is_good, seen.faulty, seen.general) == (False, 2, ())
    rows = {row.number: row for row in seen.lists[0].rows}
    assert rows[2].is_read
    assert not rows[2].faults
    assert {fault.heading for fault in rows[3].faults} == {"类型", "登记日期"}
    assert rows[3].values[0] == "妖怪"
    assert [fault.heading for fault in rows[4].faults] == [""]


def test_what_the_act_would_refuse_stands_at_its_row(database: Database, now: datetime) -> None:
    twice = GOOD + "组织,丙公司,2024-01-02\n"
    with database.transaction(SYSTEM) as tx:
        given = Given("a.csv", GOOD.encode())
        bring_in(tx, SYSTEM, kinds=(kind("parties"),), given=given, fund_id=None, now=now)
        seen = look(tx, SYSTEM, given=Given("b.csv", twice.encode()), named=None, fund_id=None, now=now)
    assert [bool(row.faults) for row in seen.lists[0].rows] == [True, True, False]


def test_columns_of_money_are_summed(database: Database, now: datetime) -> None:
    with database.transaction(SYSTEM) as tx:
        seen = look(tx, SYSTEM, given=Given("c.csv", CALLS.encode()), named=None, fund_id=0, now=now)
    (money,) = [column for column in seen.lists[0].columns if column.is_money]
    assert money.total == 102_5000_00


def test_a_list_is_refused_as_its_act_would_be(database: Database, now: datetime) -> None:
    given = Given("a.csv", GOOD.encode())
    with database.transaction(SYSTEM) as tx:
        auditor = somebody(tx, Role.AUDITOR, now)
        with pytest.raises(RoleMissing):
            look(tx, auditor, given=given, named=None, fund_id=None, now=now)


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_the_lists_roles_are_those_of_its_act(kind: Kind, database: Database, now: datetime) -> None:
    content, refused, came_in = example(kind), set(), set()
    for role in Role:
        actor = Actor(None, "somebody", frozenset({role}))
        with database.transaction(actor) as tx:
            fund = {"fund_id": 1} if kind.of_fund else {}
            try:
                kind.importer(tx, actor, filename="x.xlsx", content=content, now=now, dry_run=True, **fund)
                came_in.add(role)
            except SheetRefused as refusal:
                refused |= {role for one in refusal.problems if one.says == RoleMissing.says}
    assert came_in <= kind.roles
    # Some acts look for what a row names before they ask who is acting; then no role is told to be missing.
    assert not refused & kind.roles
    assert refused in (set(), set(Role) - kind.roles)


def example(kind: Kind) -> bytes:
    """A blank whose example has been made an entry."""
    book = load_workbook(BytesIO(blank(SYSTEM, kind=kind, made_at=datetime(2026, 9, 30, tzinfo=UTC))))
    for page in book.worksheets:
        page["A2"].value = str(page["A2"].value).removeprefix(EXAMPLE_MARK)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def test_an_imported_file_is_kept_and_told_in_the_trail(database: Database, now: datetime) -> None:
    given = Given("a.csv", GOOD.encode())
    with database.transaction(SYSTEM) as tx:
        bring_in(tx, SYSTEM, kinds=(kind("parties"),), given=given, fund_id=None, now=now)
        blob = tx.get(Blob, given.sha256)
        assert blob is not None
        assert blob.content == given.content
        told = tx.execute(
            sa.select(AuditEvent.detail).where(sa.column("action") == "list.imported")
        ).scalar_one()
        assert told == {"file": "a.csv", "sha256": given.sha256, "rows": {"parties": 2}}


def kind(name: str) -> Kind:
    return next(one for one in KINDS if one.name == name)
