"""Finding a deal again, and telling two apart."""

import pytest

from pipeline.deals.edits import DealInvalid, checked, plain
from pipeline.deals.names import next_code, plain_name, search_key
from pipeline.deals.rules import Origin


@pytest.mark.parametrize(
    "name", ["北科氢能有限公司", "北科氢能股份有限公司", " 北科 氢能 有限责任公司", "北科氢能"]
)
def test_the_same_company_is_the_same(name: str) -> None:
    assert plain_name(name) == "北科氢能"


def test_latin_names_lose_case_and_ending() -> None:
    assert plain_name("Deep Heat Co.,Ltd.") == plain_name("DEEP HEAT") == "deepheat"
    assert plain_name("星河（北京）科技") == plain_name("星河(北京)科技")


def test_everything_to_search_by_is_in_the_key() -> None:
    key = search_key(code="D26-001", name="北科氢能", technology="Bipolar plates")
    for part in ("d26-001", "北科氢能", "beikeqingneng", "bkqn", "bipolar plates"):
        assert part in key


def test_a_rare_character_is_kept() -> None:
    assert "𬭊" in search_key(code="D26-001", name="𬭊科技", technology="")


def test_codes_count_on_from_the_highest_of_the_year() -> None:
    assert next_code(2026, []) == "D26-001"
    assert next_code(2026, ["D26-009", "D25-400", "D26-X", "OLD"]) == "D26-010"


def test_facts_come_back_in_their_own_types() -> None:
    assert checked({"origin": "lp_referral", "name": " X ", "amount": None, "chain_position": None}) == {
        "origin": Origin.LP_REFERRAL,
        "name": "X",
        "amount": None,
        "chain_position": None,
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stage", "held"),
        ("technology", None),
        ("origin", None),
        ("origin", "market"),
        ("next_step_on", "2026-01-01"),
        ("amount", True),
        ("amount", -1),
        ("amount", "100"),
        ("name", " "),
    ],
)
def test_a_fact_of_the_wrong_kind_is_refused(field: str, value: object) -> None:
    with pytest.raises(DealInvalid) as refused:
        checked({field: value})
    assert [problem.where for problem in refused.value.problems] == [field]


def test_history_keeps_plain_facts() -> None:
    assert [plain(value) for value in (None, 3, Origin.LABORATORY, "x")] == [None, 3, "laboratory", "x"]
