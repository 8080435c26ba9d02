"""The gate before a university's right becomes equity, and the splits."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.allocation import allocate
from pipeline.spinouts.gate import rights_may_be_booked
from pipeline.spinouts.ownership import (
    HolderShort,
    MovementInvalid,
    check_movement,
    lowest,
    ownership,
    total_units,
)
from pipeline.spinouts.rules import (
    Appraisal,
    AppraisalInvalid,
    FloorTooLow,
    HandlingMissing,
    Notice,
    NoticeInvalid,
    Objection,
    ObjectionHandled,
    ObjectionInvalid,
    OutsideNotice,
    PartyTwice,
    PriceInvalid,
    RightsBooked,
    RightsFacts,
    Route,
    SpinoutInvalid,
    SplitInvalid,
    check_appraisal,
    check_company,
    check_floor,
    check_handling,
    check_not_booked,
    check_notice,
    check_objection,
    check_once,
    check_price,
    check_received,
    check_split,
    percent,
)

NOTICE = Notice("A-001", 300, date(2026, 6, 1), date(2026, 6, 16))
AFTER = date(2026, 6, 17)
READY = RightsFacts(
    achievement="A-001",
    route=Route.AGREEMENT,
    price=300,
    notice=NOTICE,
    objections=(),
    appraisal=Appraisal.DONE,
    appraisal_reference="AP-17",
    waiver_reason="",
    secrecy_screened_on=date(2026, 5, 1),
    secrecy_clear=True,
    inventors=(Fraction(1, 2), Fraction(1, 5)),
    others=(Fraction(3, 10),),
)


def missing(*, as_of: date = AFTER, floor: Fraction = Fraction(1, 2), **changes: object) -> list[str]:
    found = rights_may_be_booked(replace(READY, **changes), as_of=as_of, floor=floor)
    return [str(problem) for problem in found]


def test_a_complete_right_may_be_booked() -> None:
    assert missing() == []


@pytest.mark.parametrize("route", [Route.LISTING, Route.AUCTION])
def test_an_open_price_needs_no_notice(route: Route) -> None:
    assert missing(route=route, notice=None, as_of=date(2026, 6, 2)) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"price": None, "route": Route.AUCTION}, "price: the price of the right is missing"),
        ({"price": 0, "route": Route.AUCTION}, "price: the price of the right is missing"),
        ({"notice": None}, "there is none"),
        ({"notice": replace(NOTICE, achievement="A-002")}, "another achievement (A-002)"),
        ({"notice": replace(NOTICE, price=299)}, "another price"),
        ({"appraisal": None}, "neither an appraisal nor a reason"),
        ({"appraisal_reference": " "}, "the appraisal report is not named"),
        ({"appraisal": Appraisal.WAIVED}, "waived without a reason"),
        ({"secrecy_screened_on": None}, "has not been done"),
        ({"secrecy_screened_on": date(2026, 6, 18)}, "has not been done"),
        ({"secrecy_clear": False}, "did not clear"),
        ({"others": (Fraction(29, 100),)}, "add up to 99.00 %, not to 100.00 %"),
        ({"others": (Fraction(2999, 10_000), Fraction(1, 20_000))}, "add up to 99.99 %"),
        (
            {"objections": (Objection(date(2026, 6, 15), None),)},
            "the objection of 2026-06-15 has not been handled",
        ),
        ({"objections": (Objection(date(2026, 6, 15), date(2026, 6, 20)),)}, "has not been handled"),
        (
            {"objections": (Objection(date(2026, 6, 15), date(2026, 6, 16), True),)},
            "was upheld; give a new notice",
        ),
    ],
)
def test_one_thing_missing_is_one_problem(changes: dict[str, object], says: str) -> None:
    found = missing(**changes)
    assert len(found) == 1
    assert says in found[0]


def test_a_waived_appraisal_with_its_reason_is_enough() -> None:
    assert missing(appraisal=Appraisal.WAIVED, appraisal_reference="", waiver_reason="Below 1m.") == []


def test_an_objection_on_day_fourteen_blocks_until_it_is_handled() -> None:
    day_14 = date(2026, 6, 14)
    assert len(missing(objections=(Objection(day_14, None),))) == 1
    assert missing(objections=(Objection(day_14, date(2026, 6, 17)),)) == []


def test_the_notice_must_have_ended() -> None:
    assert missing(as_of=date(2026, 6, 16)) == ["notice: the public notice runs until 2026-06-16"]


def test_inventors_get_at_least_the_floor() -> None:
    below = {"inventors": (Fraction(49, 100),), "others": (Fraction(51, 100),)}
    assert missing(**below) == ["inventors: the inventors get 49.00 %; at least 50.00 % is theirs"]
    assert missing(inventors=(Fraction(1, 2),), others=(Fraction(1, 2),)) == []
    assert len(missing(floor=Fraction(71, 100))) == 1
    assert missing(floor=Fraction(7, 10)) == []


def test_everything_missing_is_listed_at_once() -> None:
    bare = RightsFacts("A-001", Route.AGREEMENT, None, None, (), None, "", "", None, False, (), ())
    places = [problem.where for problem in rights_may_be_booked(bare, as_of=AFTER)]
    assert places == ["price", "notice", "appraisal", "secrecy", "split", "inventors"]


@pytest.mark.parametrize("floor", [Fraction(49, 100), Fraction(101, 100)])
def test_the_house_may_not_go_below_the_law(floor: Fraction) -> None:
    with pytest.raises(FloorTooLow):
        check_floor(floor)


def test_the_law_and_beijings_seventy_percent_are_both_possible() -> None:
    check_floor(Fraction(1, 2))
    check_floor(Fraction(7, 10))


def test_fifteen_days_without_the_day_of_posting() -> None:
    check_notice(NOTICE)
    with pytest.raises(NoticeInvalid, match="2026-06-16"):
        check_notice(replace(NOTICE, ends_on=date(2026, 6, 15)))
    with pytest.raises(NoticeInvalid) as refused:
        check_notice(Notice(" ", 0, date(2026, 6, 1), date(2026, 5, 1)))
    assert [problem.where for problem in refused.value.problems] == ["achievement", "price", "ends_on"]


@pytest.mark.parametrize("day", [date(2026, 6, 1), date(2026, 6, 14), date(2026, 6, 16)])
def test_objections_come_while_the_notice_runs(day: date) -> None:
    check_received(NOTICE, day)


@pytest.mark.parametrize("day", [date(2026, 5, 31), date(2026, 6, 17)])
def test_other_days_are_refused(day: date) -> None:
    with pytest.raises(OutsideNotice):
        check_received(NOTICE, day)


def test_an_objection_is_handled_once_and_in_words() -> None:
    check_handling(None, "The co-owner has agreed.")
    with pytest.raises(ObjectionHandled):
        check_handling(AFTER, "again")
    with pytest.raises(HandlingMissing):
        check_handling(None, "")


def test_booked_rights_and_wordless_appraisals() -> None:
    check_not_booked(None)
    check_appraisal(Appraisal.DONE, "AP-17")
    with pytest.raises(RightsBooked):
        check_not_booked(AFTER)
    with pytest.raises(AppraisalInvalid):
        check_appraisal(Appraisal.WAIVED, " ")


def test_thirds_are_exact() -> None:
    check_split([Fraction(1, 3)] * 3)
    with pytest.raises(SplitInvalid, match=r"99\.99"):
        check_split([Fraction(3333, 10_000)] * 3)
    with pytest.raises(SplitInvalid, match=r"101\.00"):
        check_split([Fraction(101, 100)])
    for shares in ([], [Fraction(1), Fraction(0)], [Fraction(3, 2), Fraction(-1, 2)]):
        with pytest.raises(SplitInvalid):
            check_split(shares)


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=8))
def test_any_split_into_parts_of_a_whole_is_accepted_and_any_other_total_is_not(parts: list[int]) -> None:
    shares = [Fraction(part, 10_000) for part in allocate(10_000, parts)]
    if all(shares):
        check_split(shares)
    with pytest.raises(SplitInvalid):
        check_split([*shares, Fraction(1, 10_000)])


def test_percent_never_rounds_up_to_a_hundred() -> None:
    assert percent(Fraction(99_999, 100_000)) == "99.99"
    assert percent(Fraction(1, 3)) == "33.33"


def test_the_cap_table_is_the_sum_of_its_movements() -> None:
    units = total_units(
        [(1, "common", 60), (2, "common", 40), (1, "common", -10), (3, "A", 10), (2, "common", 0)]
    )
    rows = ownership(units)
    assert [(row.holder_id, row.share_class, row.units) for row in rows] == [
        (1, "common", 50),
        (2, "common", 40),
        (3, "A", 10),
    ]
    assert sum(row.ownership for row in rows) == 1
    assert ownership({}) == ownership({(1, "common"): 0}) == []


def test_no_holder_goes_below_nothing() -> None:
    check_movement(5, -5, "common")
    with pytest.raises(HolderShort, match="has 5 units"):
        check_movement(5, -6, "common")


def test_a_company_has_a_code_and_no_capital_below_zero() -> None:
    check_company(code="C-1", registered_capital=None)
    check_company(code="C-1", registered_capital=0)
    with pytest.raises(SpinoutInvalid) as refusal:
        check_company(code=" ", registered_capital=-1)
    assert [problem.where for problem in refusal.value.problems] == ["code", "registered_capital"]


def test_nobody_is_named_twice_and_a_price_is_above_zero() -> None:
    check_once([1, 2])
    check_price(None)
    check_price(1)
    check_objection("Physics", "It is ours.")
    with pytest.raises(PartyTwice):
        check_once([1, 2, 1])
    with pytest.raises(PriceInvalid):
        check_price(0)
    with pytest.raises(ObjectionInvalid):
        check_objection("Physics", " ")


def test_a_notice_at_the_end_of_all_days_is_refused() -> None:
    with pytest.raises(NoticeInvalid):
        check_notice(Notice("A-001", 300, date.max, date.max))


def test_what_is_written_for_the_past_leaves_enough_for_what_came_after() -> None:
    moved = [(date(2026, 1, 1), 10), (date(2026, 3, 1), -10)]
    assert lowest(moved, date(2026, 2, 1)) == 0
    assert lowest(moved[:1], date(2026, 2, 1)) == 10
    assert lowest(moved, date(2025, 1, 1)) == 0
    with pytest.raises(HolderShort):
        check_movement(lowest(moved, date(2026, 2, 1)), -1, "common")
    for units, name in ((0, "common"), (1, " ")):
        with pytest.raises(MovementInvalid):
            check_movement(5, units, name)
