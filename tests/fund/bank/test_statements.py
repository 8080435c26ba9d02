"""Statements as banks write them: every fault has its row and column, and no line is ever taken in twice."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fund.bank.imports import import_lines, import_statement, read_statement
from fund.bank.queries import account_nos, lines, statements
from fund.bank.rules import AccountUnknown, LineState, NothingNew, StatementKnown, StatementOutOfTime
from kernel.db import Database, Tx
from kernel.errors import Problem
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.sheets.files import EncodingUnknown
from kernel.sheets.reading import SheetRefused
from kernel.sheets.writing import Head, Look, Sheet, workbook
from tests.builders.bank import ACCOUNT_NO, HEAD, Moved, taken, written
from tests.builders.capital import ACCOUNTANT, committed, noon

DAY, NEXT = date(2026, 3, 2), date(2026, 3, 3)
MOVED: list[Moved] = [
    (DAY, 600_00, "合伙企业LP01", "第一期缴款", "Z1"),
    (DAY, -5_00, "某银行", "手续费", "Z1"),
    (NEXT, 1_25, "", "结息", ""),
]


def amounts(content: bytes, filename: str = "bank.csv") -> list[tuple[date, int, int | None]]:
    found, _, _ = read_statement(filename, content, currency="CNY")
    return [(one.booked_on, one.amount, one.balance) for one in found]


EXPECTED = [(DAY, 600_00, 600_00), (DAY, -5_00, 595_00), (NEXT, 1_25, 596_25)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    text = written(MOVED).decode().replace(",", delimiter)
    assert amounts(text.encode(encoding)) == EXPECTED


def test_the_newest_first_is_turned_round() -> None:
    assert amounts(written(MOVED, turned=True)) == EXPECTED
    head = "记账日期,贷方发生额,借方发生额"
    rows = ["2026-03-03,2.00,", "2026-03-02,,1.00"]
    assert amounts("\n".join([head, *rows]).encode()) == [(DAY, -1_00, None), (NEXT, 2_00, None)]


def test_headings_of_other_banks() -> None:
    """A booking day goes before a day of trade; a time of day alone says nothing; memos are put together."""
    head = "交易日,记账日期,交易时间,借方金额,贷方金额,账户余额,收(付)方名称,收(付)方账号,摘要,附言,用途,流水号,币种"
    row = "20260301,2026-03-02,10:32:11,,\"1,600.00\",1600.00,甲（集团）,'6222 0202,转账,缴款 C01,缴款 C01,'Z7,人民币"
    [found], _, _ = read_statement("a.csv", f"{head}\n{row}".encode(), currency="CNY")
    assert (found.booked_on, found.amount, found.name) == (DAY, 1_600_00, "甲（集团）")
    assert (found.account_no, found.memo, found.reference) == ("62220202", "转账 · 缴款 C01", "Z7")
    english = "Transaction time,Amount,Direction,Balance,Counterparty,Description\n"
    text = (
        english + "2026-03-02 10:00,5.00,Debit,95.00,Bank,fee\n2026-03-03 09:00,7.00,Credit,102.00,LP,call\n"
    )
    assert amounts(text.encode()) == [(DAY, -5_00, 95_00), (NEXT, 7_00, 102_00)]
    signed = "日期,发生额\n2026-03-02,-5.00\n2026-03-02,7.00\n"
    assert amounts(signed.encode()) == [(DAY, -5_00, None), (DAY, 7_00, None)]
    by_word = "日期,金额,借贷标志\n2026-03-02,-5.00,借\n2026-03-02,7.00,贷\n"
    assert amounts(by_word.encode()) == [(DAY, -5_00, None), (DAY, 7_00, None)]


def test_a_workbook_with_the_same_columns() -> None:
    heads = tuple(
        Head(name, Look.DAY if name == "交易日期" else Look.TEXT) for name in ("交易日期", "收入", "支出")
    )
    sheet = Sheet("流水", heads, ((DAY, "600.00", None), (NEXT, None, "5.00")))
    content = workbook([sheet], title="bank", made_at=noon(DAY))
    assert amounts(content, "bank.xlsx") == [(DAY, 600_00, None), (NEXT, -5_00, None)]


def refused(text: str) -> Sequence[Problem]:
    with pytest.raises(SheetRefused) as found:
        read_statement("a.csv", text.encode(), currency="CNY")
    return found.value.problems


@pytest.mark.parametrize(
    ("text", "where", "says"),
    [
        ("交易日期,收入,支出,余额\n2026-02-30,1.00,,1.00", "a.csv, row 2, 交易日期", "does not exist"),
        ("交易日期,收入,支出,余额\n,1.00,,1.00", "a.csv, row 2, 交易日期", "there is no day"),
        ("交易日期,收入,支出,余额\n2026-03-02,1.005,,1.00", "a.csv, row 2, 收入", "finer than one fen"),
        ("交易日期,收入,支出\n2026-03-02,1.00,2.00", "a.csv, row 2, 收入", "money in and money out"),
        ("交易日期,收入,支出\n2026-03-02,,0.00", "a.csv, row 2, 收入", "neither money in nor"),
        ("交易日期,金额\n2026-03-02,0.00", "a.csv, row 2, 金额", "neither money in nor"),
        ("交易日期,金额,收支\n2026-03-02,1.00,左", "a.csv, row 2, 收支", "does not say which way"),
        ("交易日期,金额,币种\n2026-03-02,1.00,美元", "a.csv, row 2, 币种", "the fund's is CNY"),
        ("交易日期,金额,流水号\n2026-03-02,1.00," + "9" * 57, "a.csv, row 2, 流水号", "at most 56"),
        (
            "交易日期,收入,支出,账户余额\n2026-03-02,1.00,,1.00\n2026-03-02,2.00,,3.01\n2026-03-03,1.00,,4.01",
            "a.csv, row 3, 账户余额",
            "does not follow from the row before; expected 3.00",
        ),
        ("交易日期,金额,流水号\n2026-03-02,1.00,Z\n2026-03-02,1.00,Z", "a.csv, row 3", "row 2 once more"),
        ("交易日期,收入,对方户名\n2026-03-02,1.00,甲", "a.csv, row 1", "no column “支出”"),
        ("收入,支出,对方户名\n1.00,,甲", "a.csv, row 1", "no column “交易日期”"),
        ("姓名\n甲", "a.csv", "no heading row"),
    ],
)
def test_every_fault_is_told_by_row_and_column(text: str, where: str, says: str) -> None:
    problem = refused(text)[0]
    assert problem.where == where
    assert says in str(problem)


def test_what_is_no_text_at_all_is_refused() -> None:
    with pytest.raises(EncodingUnknown):
        read_statement("a.csv", b"\x81\x00\xff\xff\x00", currency="CNY")


def test_the_same_file_and_the_same_line_are_known_again(tx: Tx) -> None:
    fund_id = committed(tx).fund_id
    assert len(taken(tx, fund_id, *MOVED)) == 3
    again = {"fund_id": fund_id, "now": noon(NEXT)}
    with pytest.raises(StatementKnown) as known:
        import_statement(tx, ACCOUNTANT, filename="b.csv", content=written(MOVED), **again)
    assert "bank.csv" in str(known.value)
    longer = [*MOVED, (NEXT, 9_00, "合伙企业LP02", "", "Z2"), (NEXT, 1_25, "", "结息", "")]
    sheet = import_statement(tx, ACCOUNTANT, filename="b.csv", content=written(longer), **again)
    # The second interest of the day stands there a second time: it is another line.
    assert (sheet.lines, sheet.known) == (2, 3)
    with pytest.raises(NothingNew):
        import_statement(tx, ACCOUNTANT, filename="c.csv", content=written(longer[1:], opening=9_00), **again)
    assert [one.lines for one in statements(tx, fund_id=fund_id)] == [2, 3]
    assert lines(tx, fund_id=fund_id, state=LineState.MATCHED).items == ()


def test_a_wrong_account_and_wrong_days_are_refused(tx: Tx) -> None:
    fund_id = committed(tx).fund_id
    wrong = {"fund_id": fund_id, "filename": "w.csv", "now": noon(NEXT)}
    for on in (date(2009, 1, 1), date(2026, 3, 5), date(9999, 12, 31)):
        with pytest.raises(StatementOutOfTime):
            import_statement(tx, ACCOUNTANT, content=written([(on, 1_00, "甲", "", "")]), **wrong)
    with pytest.raises(SheetRefused):
        import_lines(tx, ACCOUNTANT, content=written([(date(2009, 1, 1), 1_00, "甲", "", "")]), **wrong)
    assert len(taken(tx, fund_id, *MOVED)) == 3
    own = {"content": written([(NEXT, 9_00, "乙", "", "Z9")]), "account": "second"}
    with pytest.raises(AccountUnknown):
        import_statement(tx, ACCOUNTANT, **own, **wrong)
    assert import_statement(tx, ACCOUNTANT, is_new_account=True, **own, **wrong).account == "second"


def test_faults_of_every_kind_are_told_at_once() -> None:
    rows = (
        "2026-02-30,1.00,,1.00,,Z1",
        "2026-03-02,1.00,2.00,1.00,,Z2",
        "2026-03-02,1.00,,1.00,美元,Z3",
        "2026-03-03,5.00,,9.00,,Z4",
        "2026-03-03,5.00,,9.00,,Z4",
    )
    told = refused("\n".join(("交易日期,收入,支出,余额,币种,交易流水号", *rows)))
    wheres = [one.where.removeprefix("a.csv, ") for one in told]
    assert wheres == ["row 2, 交易日期", "row 3, 收入", "row 4, 币种", "row 6"]


def test_one_fault_refuses_the_whole_file(tx: Tx) -> None:
    fund_id = committed(tx).fund_id
    text = written(MOVED).decode().replace("596.25", "596.26")
    with pytest.raises(SheetRefused):
        import_statement(
            tx, ACCOUNTANT, fund_id=fund_id, filename="a.csv", content=text.encode(), now=noon(NEXT)
        )
    assert lines(tx, fund_id=fund_id).items == ()


def test_whose_account_it_was_is_seen_whole_by_nobody_and_at_all_by_those_who_pay(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        fund = committed(tx)
        [first, *_] = taken(tx, fund.fund_id, *MOVED)
        assert first.account_no == "•••• 4567"
    analyst = Actor(21, "Analyst", frozenset({Role.ANALYST}))
    lp = Actor(22, "LP", frozenset({Role.LP_USER}), frozenset({fund["LP01"]}))
    accountant = Actor(23, "Accountant", frozenset({Role.ACCOUNTANT}))
    with database.transaction(analyst) as tx:
        assert [one.account_no for one in lines(tx, fund_id=fund.fund_id, actor=analyst).items] == [
            "",
            "",
            "",
        ]
        assert account_nos(tx, line_ids=[first.id]) == {}
    with database.transaction(accountant) as tx:
        assert account_nos(tx, line_ids=[first.id]) == {first.id: ACCOUNT_NO}
    with database.transaction(lp) as tx:
        assert lines(tx, fund_id=fund.fund_id, actor=lp).items == ()
        assert lines(tx, fund_id=fund.fund_id).items == ()
        assert statements(tx, fund_id=fund.fund_id, actor=lp) == []


moves = st.lists(
    st.tuples(
        st.dates(DAY, date(2026, 4, 2)),
        st.integers(-(10**9), 10**9).filter(bool),
        st.text("甲乙丙（）AB 12", max_size=6),
        st.text("缴款手续费 C01", max_size=8),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60)
@given(
    moves, st.integers(-(10**9), 10**9), st.booleans(), st.sampled_from(["utf-8-sig", "utf-16", "gb18030"])
)
def test_what_a_bank_wrote_is_what_is_read(
    rows: list[tuple[date, int, str, str]], opening: int, turned: bool, encoding: str
) -> None:
    """Any movements in the order of their days come back to the fen, whichever end the bank prints first."""
    rows = sorted(rows, key=lambda one: one[0])
    moved: list[Moved] = [(*row, f"R{place}") for place, row in enumerate(rows)]
    text = written(moved, opening=opening, turned=turned, head=HEAD).decode()
    found, _, _ = read_statement("a.csv", text.encode(encoding), currency="CNY")
    assert [(one.booked_on, one.amount, one.reference) for one in found] == [
        (m[0], m[1], m[4]) for m in moved
    ]
    assert found[-1].balance == opening + sum(one[1] for one in moved)
