import pytest

from lp_reports.rules import (
    MOVES,
    OwnWork,
    ReasonMissing,
    State,
    Verb,
    WrongState,
    check_approver,
    check_reason,
    conceal,
    document_number,
    foreign_names,
    lint,
    move,
    names_of,
)

NUMBER = "AF1-2026Q3-LP02-v1"


def test_a_report_lives_from_draft_to_superseded() -> None:
    state = State.DRAFT
    for verb in (Verb.REVIEW, Verb.APPROVE, Verb.PUBLISH, Verb.SUPERSEDE):
        state = move(NUMBER, state, verb)
    assert state is State.SUPERSEDED


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("verb", Verb)
def test_every_other_step_is_refused(state: State, verb: Verb) -> None:
    if (state, verb) in MOVES:
        assert move(NUMBER, state, verb) is MOVES[state, verb]
        return
    with pytest.raises(WrongState, match=f"{NUMBER} is {state}"):
        move(NUMBER, state, verb)


def test_nothing_is_published_unapproved() -> None:
    assert [state for state, verb in MOVES if verb is Verb.PUBLISH] == [State.APPROVED]


def test_the_approver_is_another_person() -> None:
    check_approver(number=NUMBER, prepared_by=1, approved_by=2, preparer="analyst")
    check_approver(number=NUMBER, prepared_by=None, approved_by=2, preparer="system")


@pytest.mark.parametrize(("prepared_by", "approved_by"), [(1, 1), (1, None), (None, None)])
def test_the_preparer_and_the_system_do_not_approve(prepared_by: int | None, approved_by: int | None) -> None:
    with pytest.raises(OwnWork, match="another person"):
        check_approver(number=NUMBER, prepared_by=prepared_by, approved_by=approved_by, preparer="analyst")


def test_document_numbers_name_fund_quarter_partner_and_version() -> None:
    assert document_number("AF1", "2026Q3", "LP02", 2) == "AF1-2026Q3-LP02-v2"


@pytest.mark.parametrize(
    "words",
    [
        "本项目预期收益 12%",
        "预期年化收益可观",
        "管理人保证按期退出",
        "本产品保本",
        "Returns are GUARANTEED by the manager",
        "an expected return of 12 %",
        "a risk-free investment",
    ],
)
def test_words_of_promise_are_found(words: str) -> None:
    (problem,) = lint(words)
    assert problem.where.lower() in words.lower()
    assert str(problem)


@pytest.mark.parametrize(
    "words",
    [
        "本报告不构成对本金或收益的任何承诺。",
        "门槛收益率仅为分配计算基准，并非预期收益，亦不构成任何保证。",
        "The hurdle rate is a basis of calculation only;\n it is neither an expected return nor guaranteed.",
        "支付投标保证金 20 万元",
        "unguaranteed",
        "预计缴款 300 万元",
    ],
)
def test_statutory_denials_and_plain_words_pass(words: str) -> None:
    assert lint(words) == []


def test_a_denial_does_not_cover_a_promise_beside_it() -> None:
    text = "门槛收益率仅为分配计算基准，并非预期收益，亦不构成任何保证。但管理人保证 8%。"
    assert [problem.where for problem in lint(text)] == ["保证"]


def test_names_of_other_partners_are_found() -> None:
    names = ["云冶特钢", "", "Beichen"]
    assert [str(problem) for problem in foreign_names("由云冶特钢试用", names)] == ["figures: names 云冶特钢"]


def test_a_partner_may_stand_in_the_name_of_a_company() -> None:
    assert foreign_names("北辰氢能科技已投产", ["北辰"], allowed=["北辰氢能科技"]) == []
    assert foreign_names("北辰氢能科技由北辰试用", ["北辰"], allowed=["北辰氢能科技"]) != []


@pytest.mark.parametrize(
    ("zh", "en", "names"),
    [
        (
            "北辰钢铁集团有限公司（示例）",
            "Beichen Steel Group Co., Ltd. (example)",
            [
                "北辰钢铁集团有限公司（示例）",
                "北辰钢铁",
                "Beichen Steel Group Co., Ltd. (example)",
                "Beichen Steel",
            ],
        ),
        ("京科大资产经营有限公司", "", ["京科大资产经营有限公司", "京科大资产经营"]),
        ("甲乙公司", "AB Inc.", ["甲乙公司", "AB Inc."]),
    ],
)
def test_a_firm_is_known_without_its_legal_form_too(zh: str, en: str, names: list[str]) -> None:
    assert names_of(zh, en) == names


def test_names_are_concealed_longest_first() -> None:
    assert conceal("由北辰钢铁集团试用", ["北辰钢铁", "北辰钢铁集团"], "一位合伙人") == "由一位合伙人试用"


def test_a_reader_s_own_name_stays_whole_where_anothers_is_part_of_it() -> None:
    own, others = ["北辰钢铁投资"], ["北辰钢铁", "北辰钢铁集团", "LP1"]
    text = "由北辰钢铁投资与北辰钢铁集团出资，LP1 除外，LP10、LP12 不变"
    said = "由北辰钢铁投资与一位合伙人出资，一位合伙人 除外，LP10、LP12 不变"
    assert conceal(text, others, "一位合伙人", own) == said
    assert conceal("由北辰钢铁投资", ["北辰钢铁投资"], "一位合伙人", ["北辰钢铁"]) == "由一位合伙人"
    assert conceal("无人", ["", "北辰"], "一位合伙人") == "无人"


def test_a_change_and_a_restatement_say_why() -> None:
    check_reason("估值输入有误")
    with pytest.raises(ReasonMissing):
        check_reason("  ")
