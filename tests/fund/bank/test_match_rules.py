"""What a line may be: the same facts give the same score, and only a whole amount with a known payer is exact."""

from dataclasses import replace
from datetime import date

import pytest

from fund.bank.match_rules import (
    Clue,
    Movement,
    Owed,
    Payer,
    Payment,
    bare,
    core,
    name_clue,
    proposals,
)

DUE = date(2026, 3, 2)
ONE, TWO = Owed(1, "CALL-001", DUE, 600), Owed(2, "CALL-002", date(2026, 6, 1), 250)
THREE = Owed(3, "CALL-003", date(2026, 9, 1), 100)
STEEL = Payer(
    7, "LP01", ("包头钢铁（集团）有限责任公司", "Baotou Steel Co., Ltd."), ("62220001",), (ONE, TWO, THREE)
)
OTHER = Payer(8, "LP02", ("首都钢铁集团有限公司", "Capital Steel"), (), (Owed(1, "CALL-001", DUE, 600),))


def line(amount: int = 600, name: str = "", memo: str = "", account_no: str = "", on: date = DUE) -> Movement:
    return Movement(amount, on, name, account_no, memo, "")


@pytest.mark.parametrize(
    ("name", "clue"),
    [
        ("包头钢铁(集团)有限责任公司", Clue.SAME_NAME),
        ("包头钢铁（集团）有限公司", Clue.LEGAL_FORM),
        ("ＢＡＯＴＯＵ ＳＴＥＥＬ", Clue.LEGAL_FORM),
        ("包头钢铁（集团）有限责任公司北京分公司", Clue.NAME_WITHIN),
        ("天津钢管", None),
        ("", None),
        ("（）", None),
    ],
)
def test_names_are_compared_without_width_brackets_and_legal_form(name: str, clue: Clue | None) -> None:
    assert name_clue(name, STEEL.names) is clue


def test_a_name_that_is_only_a_legal_form_stays() -> None:
    assert core("有限公司") == "有限公司"
    assert bare("Ａ-１（乙）") == "a1乙"


def test_the_whole_of_one_call_from_a_known_name_is_exact() -> None:
    best, rest = proposals(line(name="包头钢铁（集团）有限责任公司"), [STEEL, OTHER], [])
    assert (best.partner_id, best.calls, best.is_exact) == (7, ((ONE, 600),), True)
    assert best.clues == (Clue.ONE_CALL, Clue.SAME_NAME, Clue.SAME_DAY)
    assert best.score == 90
    assert (rest.partner_id, rest.score, rest.is_exact) == (8, 60, False)


def test_two_partners_who_owe_the_same_are_told_apart_by_nothing() -> None:
    found = proposals(line(), [STEEL, OTHER], [])
    assert [one.partner_id for one in found] == [7, 8]
    assert not any(one.is_exact for one in found)


def test_a_tie_with_a_name_is_not_exact_either() -> None:
    twin = replace(OTHER, partner_id=9, names=STEEL.names)
    found = proposals(line(name="包头钢铁集团有限责任公司"), [STEEL, twin], [])
    assert [one.is_exact for one in found] == [False, False]


def test_all_calls_and_some_calls_and_parts() -> None:
    [whole] = proposals(line(950, account_no="6222-0001"), [STEEL], [])
    assert (whole.clues[0], whole.is_exact, whole.covers) == (Clue.ALL_CALLS, True, 950)
    assert Clue.ACCOUNT in whole.clues
    [some] = proposals(line(700, name="Baotou Steel"), [STEEL], [])
    assert (some.clues[0], some.is_exact) == (Clue.SOME_CALLS, False)
    assert some.calls == ((ONE, 600), (THREE, 100))
    [part] = proposals(line(610, name="Baotou Steel"), [STEEL], [])
    assert (part.clues[0], part.calls) == (Clue.PART, ((ONE, 600), (TWO, 10)))
    [beyond] = proposals(line(1000, name="Baotou Steel"), [STEEL], [])
    assert (beyond.clues[0], beyond.covers) == (Clue.BEYOND, 950)
    assert proposals(line(610), [STEEL], []) == []
    assert proposals(line(610, name="Baotou Steel"), [replace(STEEL, owed=())], []) == []


def test_a_memo_names_the_call_as_a_word_of_its_own() -> None:
    same = replace(TWO, outstanding=600)
    payer = replace(STEEL, owed=(ONE, same))
    [named] = proposals(line(memo="缴款 CALL－002 LP01"), [payer], [])
    assert named.calls == ((same, 600),)
    assert named.clues == (Clue.ONE_CALL, Clue.CODE, Clue.REFERENCE)
    assert named.is_exact
    [long] = proposals(line(memo="CALL-0020"), [payer], [])
    assert (long.calls, long.is_exact) == (((ONE, 600),), False)
    [part] = proposals(line(100, memo="call 002, LP01"), [replace(STEEL, owed=(ONE, TWO))], [])
    assert part.calls == ((TWO, 100),)


def test_money_that_went_out_is_held_against_payments_only() -> None:
    paid = Payment("expense:E1", -600, DUE, "京华会计师事务所", ("京华会计师事务所",))
    [found] = proposals(line(-600, name="京华会计师事务所"), [STEEL], [paid, replace(paid, left=-500)])
    assert (found.item, found.covers, found.is_exact) == ("expense:E1", 600, True)
    assert found.clues == (Clue.ITEM, Clue.SAME_NAME, Clue.SAME_DAY)
    later = replace(line(-600, on=date(2026, 3, 9)), reference="Z-9")
    [other] = proposals(later, [], [replace(paid, memo="Z9", names=())])
    assert other.clues == (Clue.ITEM, Clue.REFERENCE, Clue.NEAR_DAY)
    [far] = proposals(line(-600, on=date(2026, 8, 1)), [], [paid])
    assert (far.clues, far.is_exact) == ((Clue.ITEM,), False)
