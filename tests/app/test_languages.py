"""Two languages: the choice between them, and that nothing is said in only one."""

import string
from datetime import date
from enum import StrEnum
from pathlib import Path

import pytest

from app.catalogue import load, merged, said, said_in_python, untranslated, update
from app.languages import (
    CATALOGUES,
    Language,
    choose,
    fault,
    half,
    label,
    place,
    plain,
    say,
    sentence,
    translations,
)
from app.languages import (
    said as kept_saying,
)
from app.lists.kinds import KindUnclear, kinds_of
from fund.charter.rules import TermsInvalid, check_terms
from fund.ledger.rules import PeriodLocked, check_day_open
from kernel.errors import Problem, Quoted, plain_facts, read_facts
from kernel.identity.actions import SignInThrottled
from kernel.identity.rules import Actor, Role, RoleMissing
from kernel.sheets.files import open_file
from pipeline.deals.rules import Stage
from tests.builders.charter import terms

ZH, EN = Language.ZH, Language.EN


@pytest.mark.parametrize(
    ("cookie", "preference", "accepts", "chosen"),
    [
        ("en", "zh_CN", "zh", EN),
        (None, "en", "zh", EN),
        (None, None, "en-GB,zh;q=0.5", EN),
        (None, None, "de,zh-CN;q=0.9", ZH),
        (None, None, "de", ZH),
        ("xx", None, "", ZH),
    ],
)
def test_what_was_switched_to_comes_before_the_users_own_and_the_browsers(
    cookie: str | None, preference: str | None, accepts: str, chosen: Language
) -> None:
    assert choose(cookie=cookie, preference=preference, accepts=accepts) is chosen


def test_tags_and_the_other_language() -> None:
    assert (ZH.tag, EN.tag) == ("zh-CN", "en")
    assert (ZH.other, EN.other) == (EN, ZH)


def test_words_of_enumerations_depend_on_what_they_are_said_of() -> None:
    assert label(ZH, Stage.CLOSING) == "交割"
    assert label(EN, Stage.DUE_DILIGENCE) == "Due diligence"
    assert label(ZH, "open", "MotionState") == "表决中"
    assert label(ZH, "open", "FindingState") == "未关闭"
    assert plain("lp_user") == "LP user"


def test_refusals_are_told_with_their_facts() -> None:
    assert sentence(EN, SignInThrottled(minutes=15)).endswith("in 15 minutes.")
    assert "15" in sentence(ZH, SignInThrottled(minutes=15))
    assert fault(ZH, Problem("x", "Expected a day, as in 2026-09-30.")).startswith("请填写日期")
    assert say(ZH, "{deal} is {status}; reactivate it first.", {"deal": "D1", "status": Role.AUDITOR}) == (
        "D1 目前“审计”；请先恢复推进。"
    )
    assert say(ZH, "This relation cannot be: {why}.", {"why": "it ends before it began"}).endswith(
        "结束日早于开始日。"
    )


def test_the_roles_of_a_refusal_are_told_in_words() -> None:
    with pytest.raises(RoleMissing, match="needs the role accountant / manager") as refused:
        Actor(1, "a").require(Role.ACCOUNTANT, Role.MANAGER)
    assert sentence(ZH, refused.value).endswith("基金会计 / 基金经理。")


def test_a_text_in_both_languages_shows_its_half() -> None:
    assert half(ZH, "团队首次访谈 / First meeting") == "团队首次访谈"
    assert half(EN, "团队首次访谈 / First meeting") == "First meeting"
    assert half(EN, "投资 / Investment · 费用 / Fee · C") == "Investment · Fee · C"
    for whole in ("A/B", "km / h", "中文 / 也是中文", "只有中文"):
        assert half(EN, whole) == whole


def test_what_stands_in_a_file_is_told_as_it_stands_there() -> None:
    kept = read_facts(plain_facts({"heading": Quoted("Due on")}))
    assert say(ZH, "{heading}", kept) == "Due on"
    assert say(ZH, "{heading}", {"heading": "Due on"}) != "Due on"
    with pytest.raises(KindUnclear) as refused:
        kinds_of(open_file("calls.csv", "款项类别,金额,用途\n投资款,1,甲\n".encode()))
    code, due = [fault(ZH, one) for one in refused.value.problems]
    assert code.endswith("清单读取：缺少“缴款编号”一栏（也可写作：Call code, Call）")
    assert due.endswith("缺少“缴款截止日”一栏（也可写作：Due on）")


def test_days_and_letters_are_named_in_the_words_of_the_reader() -> None:
    with pytest.raises(TermsInvalid) as refused:
        check_terms(terms(final_close_on=date(2023, 1, 1)))
    assert fault(ZH, refused.value.problems[0]) == "最终交割早于首次交割"
    letter = Problem("", "side letter {partner}", {"partner": "LP01"})
    with pytest.raises(PeriodLocked, match="side letter LP01 takes effect on 2026-03-01") as locked:
        check_day_open(date(2026, 3, 1), date(2026, 3, 31), what=letter)
    assert sentence(ZH, locked.value).startswith("账簿已锁至 2026-03-31；LP01 的附函 的生效日为 2026-03-01")


def test_places_are_named_as_the_user_knows_them() -> None:
    assert place(ZH, "chain_position") == "产业链位置"
    assert (place(ZH, "remedy"), place(EN, "remedy")) == ("处置方式", "Remedy")
    assert place(ZH, "released_on") == "释放日"
    assert place(ZH, "a.csv, row 12, 金额") == "a.csv，第 12 行, 金额"
    assert place(ZH, "a.xlsx, sheet 甲, row 3") == "a.xlsx，工作表“甲”，第 3 行"
    assert place(EN, "a.csv, row 12, 金额") == "a.csv, row 12, 金额"
    assert place(ZH, "general growth") == "通用假设 年增长率"
    assert place(ZH, "CALL-001 item 3") == "CALL-001 明细 3"
    assert place(EN, "planned 2 exit") == "planned 2 exit"
    assert kept_saying(ZH, "Accounts reviewed") == "已审阅账务"
    assert kept_saying(ZH, "something else") == "something else"
    assert kept_saying(ZH, "") == ""


def test_everything_that_is_said_has_a_chinese_translation() -> None:
    known = load(CATALOGUES / "zh_CN.po")
    wanted = said()
    missing = wanted - {(one.context, str(one.id)) for one in known if one.id}
    assert sorted(missing, key=str) == [], "run `python -m app.catalogue`"
    assert untranslated(known) == []


def test_translations_name_no_fact_that_the_sentence_does_not_have() -> None:
    formatter = string.Formatter()
    for message in load(CATALOGUES / "zh_CN.po"):
        if not message.id or "%(" in str(message.id):
            continue
        given = {name for _, name, _, _ in formatter.parse(str(message.id)) if name}
        told = {name for _, name, _, _ in formatter.parse(str(message.string)) if name}
        assert told <= given, message.id


def test_saying_is_found_in_every_form() -> None:
    source = """
class Refused(Conflict):
    says = "It is so."
class Colour(StrEnum):
    RED_ISH = "red_ish"
    ONE = "1"
raise Refused(problems=[Problem("due_on", "too early")], why="it is early")
fields.wrong("x", "Mend this.")
CHECKLIST = (("Look at it", True), (Problem, False))
"""
    assert set(said_in_python(source)) == {
        (None, "It is so."),
        ("Colour", "Red ish"),
        (None, "too early"),
        ("Field", "Due on"),
        (None, "it is early"),
        (None, "Mend this."),
        (None, "Look at it"),
    }


def test_merging_keeps_translations_and_drops_what_nobody_says() -> None:
    old = load(CATALOGUES / "zh_CN.po")
    new = merged(old, {(None, "Today"), (None, "never said before")})
    assert new.get("Today").string == "今日"
    assert untranslated(new) == [(None, "never said before")]
    assert len(new) == 2


def test_bringing_the_catalogue_up_to_date_changes_nothing_when_it_is(tmp_path: Path) -> None:
    file = CATALOGUES / "zh_CN.po"
    copy = tmp_path / "zh_CN.po"
    copy.write_bytes(file.read_bytes())
    assert update(copy).endswith(", 0 without a translation")
    assert copy.read_bytes() == file.read_bytes()


def test_english_needs_no_catalogue() -> None:
    assert translations(EN).gettext("Today") == "Today"
    assert issubclass(Language, StrEnum)
