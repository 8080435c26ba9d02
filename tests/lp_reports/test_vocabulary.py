import pytest

from fund.holdings.mark_rules import Technique
from fund.parties.conflict_rules import ConflictKind
from fund.parties.rules import RelationKind
from lp_reports import words
from lp_reports.facts import Text
from lp_reports.vocabulary import CAPACITIES, CONFLICTS, MATTERS, TECHNIQUES, place, value
from pipeline.committee.motion_rules import Capacity, Matter
from pipeline.deals.rules import Origin


@pytest.mark.parametrize("typed", ["hydrogen", "氢能材料", " Hydrogen materials "])
def test_a_category_is_known_by_key_and_by_either_name(typed: str) -> None:
    assert value(typed) == Text("氢能材料", "Hydrogen materials")


def test_an_unknown_category_prints_as_typed() -> None:
    assert value("深海采矿") == Text("深海采矿", "")
    assert value("Deep sea") == Text("Deep sea", "Deep sea")


def test_places_are_written_in_pinyin() -> None:
    assert (place("包头"), place("攀枝花市"), place("Beijing"), place("")) == (
        Text("包头", "Baotou"),
        Text("攀枝花市", "Panzhihua"),
        Text("Beijing", "Beijing"),
        Text("", ""),
    )


def test_every_word_of_the_rooms_below_has_its_printed_form() -> None:
    assert {technique.value for technique in Technique} <= set(TECHNIQUES)
    assert {kind.value for kind in ConflictKind} | {kind.value for kind in RelationKind} <= set(CONFLICTS)
    assert {capacity.value for capacity in Capacity} <= set(CAPACITIES)
    assert {matter.value for matter in Matter} <= set(MATTERS)
    assert all(value(origin.value).zh != origin.value for origin in Origin)


def test_a_code_without_a_wording_prints_as_itself() -> None:
    assert words.say(words.ACCOUNT, "new_row") == Text("new_row", "new_row")
