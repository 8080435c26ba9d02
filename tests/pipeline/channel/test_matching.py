"""The fit of a demand and an achievement."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.channel.matching import (
    FULL,
    WEIGHTS,
    Corpus,
    Experience,
    Offered,
    Wanted,
    corpus,
    fit,
    likeness,
)
from pipeline.channel.words import Words, segmented, stem, words

ALLOY = words("高炉富氢喷吹用耐热合金", "Heat-resistant alloys for hydrogen injection lances")
PLATE = words("氢燃料电池金属双极板", "Metal bipolar plates for fuel cells")
GPU = words("通用图形处理器编译器", "Compiler for general purpose GPUs")
KNOWN = corpus([ALLOY, PLATE, GPU])

WANTED = Wanted(ALLOY, "hydrogen", 6, "包头", 800, "CNY", date(2027, 6, 30))
OFFERED = Offered(ALLOY, "hydrogen", 6, "包头市", 600, "CNY", date(2027, 1, 31))
NO_EXPERIENCE = Experience()


def points(
    wanted: Wanted = WANTED, offered: Offered = OFFERED, experience: Experience = NO_EXPERIENCE
) -> dict[str, int]:
    found = fit(wanted, offered, known=KNOWN, experience=experience)
    return {component.name: component.score for component in found.components}


def test_the_weights_make_a_hundred() -> None:
    assert sum(WEIGHTS.values()) == 100


def test_a_perfect_fit_is_full_marks() -> None:
    found = fit(WANTED, OFFERED, known=KNOWN, experience=Experience(accepted=2))
    assert found.score == FULL
    assert {component.score for component in found.components} == {FULL}


def test_the_score_is_the_weighted_sum_of_its_reasons() -> None:
    found = fit(WANTED, replace(OFFERED, words=PLATE, trl=4, cost=None), known=KNOWN, experience=Experience())
    assert found.score == sum(one.weight * one.score for one in found.components) // 100
    assert all(one.says.format_map(one.facts) for one in found.components)


def test_likeness_knows_its_own_and_tells_the_others() -> None:
    assert likeness(ALLOY.zh, ALLOY.zh, KNOWN)[0] == FULL
    assert 0 < likeness(ALLOY.zh, PLATE.zh, KNOWN)[0] < 300
    assert likeness(PLATE.en, GPU.en, KNOWN) == (0, ())
    assert likeness((), ALLOY.zh, KNOWN) == (0, ())


def test_a_demand_in_chinese_fits_an_achievement_in_both() -> None:
    chinese_only = replace(WANTED, words=Words(zh=ALLOY.zh))
    assert points(chinese_only)["text"] == FULL
    english_only = replace(WANTED, words=Words(en=ALLOY.en))
    assert points(english_only)["text"] == FULL


def test_the_telling_words_are_named() -> None:
    found = fit(WANTED, OFFERED, known=KNOWN, experience=Experience()).components[0]
    assert found.says == "both speak of {words}"
    assert "耐热合金" in str(found.facts["words"])
    assert "合金" not in str(found.facts["words"]).split(", ")
    none = fit(WANTED, replace(OFFERED, words=GPU), known=KNOWN, experience=Experience()).components[0]
    assert none.says == "the texts have no telling word in common"


@pytest.mark.parametrize(
    ("trl", "wanted", "score"), [(6, 6, 1000), (9, 6, 1000), (5, 6, 750), (3, 6, 250), (1, 9, 0)]
)
def test_readiness(trl: int, wanted: int, score: int) -> None:
    assert points(replace(WANTED, trl=wanted), replace(OFFERED, trl=trl))["readiness"] == score


def test_readiness_that_nobody_asks_for_or_knows() -> None:
    assert points(replace(WANTED, trl=None))["readiness"] == 500
    assert points(offered=replace(OFFERED, trl=None))["readiness"] == 0


@pytest.mark.parametrize(
    ("budget", "cost", "currency", "score"),
    [
        (800, 800, "CNY", 1000),
        (300, 600, "CNY", 500),
        (None, 600, "CNY", 500),
        (800, None, "CNY", 500),
        (1, 1, "USD", 500),
        (0, 5, "CNY", 0),
    ],
)
def test_budget(budget: int | None, cost: int | None, currency: str, score: int) -> None:
    assert (
        points(replace(WANTED, budget=budget), replace(OFFERED, cost=cost, currency=currency))["budget"]
        == score
    )


@pytest.mark.parametrize(
    ("deadline", "available", "score"),
    [
        (date(2027, 6, 30), date(2027, 6, 30), 1000),
        (date(2027, 1, 1), date(2028, 1, 1), 0),
        (date(2027, 1, 1), date(2027, 3, 15), 800),
        (None, date(2027, 1, 1), 500),
        (date(2027, 1, 1), None, 500),
    ],
)
def test_deadline(deadline: date | None, available: date | None, score: int) -> None:
    changed = replace(WANTED, deadline_on=deadline), replace(OFFERED, available_on=available)
    assert points(*changed)["deadline"] == score


@pytest.mark.parametrize(
    ("here", "there", "score"),
    [("包头", "包头市", 1000), ("包头市", "包头", 1000), ("", "包头", 500), ("唐山", "包头", 0)],
)
def test_site(here: str, there: str, score: int) -> None:
    assert points(replace(WANTED, site=here), replace(OFFERED, site=there))["site"] == score


@pytest.mark.parametrize(("accepted", "rejected", "score"), [(0, 0, 500), (3, 1, 750), (0, 4, 0)])
def test_what_became_of_earlier_matches_feeds_back(accepted: int, rejected: int, score: int) -> None:
    assert points(experience=Experience(accepted, rejected))["experience"] == score


def test_sectors_are_the_same_or_not() -> None:
    assert points(replace(WANTED, sector="Hydrogen"))["sector"] == FULL
    assert points(replace(WANTED, sector="carbon"))["sector"] == 0


TOKENS = st.lists(st.sampled_from(["氢", "合金", "alloy", "plate", "gpu"]), max_size=6)


@given(TOKENS, TOKENS)
def test_likeness_is_the_same_from_either_side_and_in_bounds(left: list[str], right: list[str]) -> None:
    known = Corpus(5, {"氢": 3, "合金": 1})
    assert likeness(left, right, known) == likeness(right, left, known)
    assert 0 <= likeness(left, right, known)[0] <= FULL


def test_words_of_both_scripts() -> None:
    found = words("高炉富氢喷吹用耐热合金 (TRL 6), 2.5 MPa Alloys")
    assert {"高炉", "氢", "合金", "耐热合金"} <= set(found.zh)
    assert "用" not in found.zh
    assert found.en == ("trl", "6", "2.5", "mpa", "alloy")


def test_rare_characters_are_words_too() -> None:
    assert words("𬭊合金").zh[0] == "𬭊"


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("alloys", "alloy"),
        ("batteries", "battery"),
        ("glass", "glass"),
        ("gas", "gas"),
        ("gpus", "gpu"),
        ("basis", "basis"),
        ("lies", "lie"),
    ],
)
def test_stems(word: str, wanted: str) -> None:
    assert stem(word) == wanted


def test_segmented_text_is_for_the_database() -> None:
    assert segmented("氢燃料电池", "Cells") == "氢 燃料 电池 燃料电池 cell"
