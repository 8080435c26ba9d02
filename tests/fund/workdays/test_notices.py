"""A notice of holidays entered and brought in: what it must say, what counts, what falls due on a holiday by it."""

from datetime import date

import pytest

from app.languages import Language
from app.lists.holiday_tables import holiday_book
from app.lists.tables import Reader
from fund.capital.due_days import dues_off
from fund.workdays.actions import enter_notice
from fund.workdays.imports import import_holidays
from fund.workdays.queries import calendar, notices
from fund.workdays.rules import DayKind, HolidaysInvalid, NoticeDay, YearOver
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.sheets.importing import Imported
from kernel.sheets.reading import SheetRefused
from tests.builders.capital import MANAGER, YUAN, a_call, a_draft, committed, investment, noon

TODAY = date(2026, 11, 26)
HEAD = "放假起始日,放假截止日,放假或上班,文号,节日\n"
NO = "国办发明电〔2026〕9号"
ROWS = (
    f"2027-01-01,2027-01-03,放假,{NO},元旦\n2027-02-05,2027-02-13,放假,{NO},春节\n2027-02-14,,调休上班,{NO},春节\n"
    f"2027-04-03,2027-04-05,放假,{NO},清明节\n2027-05-01,2027-05-05,放假,{NO},劳动节\n"
    f"2027-06-09,,放假,{NO},端午节\n2027-09-15,,放假,{NO},中秋节\n2027-10-01,2027-10-07,放假,{NO},国庆节\n"
)


def bring(tx: Tx, rows: str | bytes = ROWS, *, actor: Actor = MANAGER, day: date = TODAY) -> Imported:
    content = rows if isinstance(rows, bytes) else (HEAD + rows).encode()
    name = "h.xlsx" if isinstance(rows, bytes) else "h.csv"
    (done,) = import_holidays(tx, actor, filename=name, content=content, now=noon(day))
    return done


def test_a_notice_counts_from_then_on_and_comes_in_again_as_known(tx: Tx) -> None:
    assert calendar(tx).is_provisional(date(2027, 1, 4))
    assert bring(tx).known == ()
    known = calendar(tx)
    assert not known.is_provisional(date(2027, 1, 4))
    assert known.is_business_day(date(2027, 1, 4))
    assert known.is_business_day(date(2027, 2, 14))
    assert not known.is_business_day(date(2027, 2, 12))
    out = holiday_book(Reader(tx, SYSTEM, None, Language.EN, noon(TODAY)))
    (again,) = bring(tx, out).known
    assert str(again).endswith("2027 is known already; the row changes nothing")
    (sheet,) = notices(tx)
    assert (sheet.year, sheet.document, len(sheet.days)) == (2027, NO, 30)


def test_a_notice_that_cannot_be_is_refused_with_its_days(tx: Tx) -> None:
    days = [NoticeDay(date(2027, 1, 4), DayKind.WORKED), NoticeDay(date(2028, 1, 1), DayKind.OFF)]
    with pytest.raises(HolidaysInvalid) as refused:
        enter_notice(tx, MANAGER, year=2027, document=" ", days=days, now=noon(TODAY))
    told = [str(one) for one in refused.value.problems]
    assert len(told) == 9
    assert "2027-01-04 is a weekday and worked anyway" in told[1]
    assert "2028-01-01 is no day of 2027" in told[2]
    assert "2027-10-03 is a holiday by law and missing" in told[-1]
    with pytest.raises(YearOver):
        enter_notice(tx, MANAGER, year=2025, document="9", days=days, now=noon(TODAY))
    with pytest.raises(SheetRefused, match="This needs the role"):
        bring(tx, actor=Actor(7, "A", frozenset({Role.ANALYST})))
    with pytest.raises(SheetRefused, match="several notices"):
        bring(tx, ROWS + "2027-12-31,,放假,另一文号,元旦\n")
    with pytest.raises(SheetRefused, match="is no stretch"):
        bring(tx, f"2027-01-03,2027-01-01,放假,{NO},元旦\n")
    assert notices(tx) == []


def test_what_falls_due_on_a_day_that_became_a_holiday_is_named(tx: Tx) -> None:
    fund = committed(tx, final_close_on=date(2027, 1, 15))
    call = a_call(tx, fund, investment(1_000_000 * YUAN), due_on=date(2027, 1, 8))
    a_draft(tx, fund, investment(1_000_000 * YUAN), due_on=date(2027, 1, 11), drafted_on=TODAY)
    assert dues_off(tx, fund_id=fund.fund_id, today=TODAY) == []
    bring(tx, ROWS.replace("2027-01-01,2027-01-03", "2027-01-01,2027-01-08"), day=date(2026, 12, 20))
    (found,) = dues_off(tx, fund_id=fund.fund_id, today=TODAY)
    assert (found.id, found.code, found.is_call) == (call.id, "CALL-001", True)
    assert (found.due_on, found.next_on) == (date(2027, 1, 8), date(2027, 1, 11))
    assert dues_off(tx, fund_id=fund.fund_id, today=date(2027, 1, 8)) == []
