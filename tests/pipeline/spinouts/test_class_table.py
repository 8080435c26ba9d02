"""The classes of a valuation file, begun from the cap table of its day."""

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

import pytest

from fund.holdings.queries import HoldingSheet
from fund.valuations.actions import prepare
from fund.valuations.file import ClassTerms
from fund.valuations.right_rules import AntiDilution, ClassKind, ClassRights
from fund.valuations.rights import keep_rights, rights_on
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Role
from pipeline.spinouts.actions import move_units, register_spinout
from pipeline.spinouts.class_table import NoCapTable, class_table, counted_again, with_units
from pipeline.spinouts.rules import Form
from tests.builders.holdings import committed, held, the_analyst
from tests.builders.parties import a_person
from tests.builders.people import an_actor
from tests.builders.valuations import CLASSES, MILLION, OPTION, a_file

FOUNDED, ROUND, NOW = date(2024, 2, 1), date(2025, 1, 10), date(2025, 6, 30)


def with_cap_table(tx: Tx, now: datetime) -> HoldingSheet:
    """A held company: 6m common at founding, then 2m of A and 1m of a class that no file knows."""
    sheet = held(tx, committed(tx).fund_id)
    company = register_spinout(
        tx, SYSTEM, code="S001", party_id=sheet.party_id, form=Form.LIMITED_COMPANY, now=now
    )
    founder, angel = a_person(tx, "李发明").id, a_person(tx, "王天使").id
    for holder, share_class, units, on in (
        (founder, "common", 5_000_000, FOUNDED),
        (angel, "common", 1_000_000, FOUNDED),
        (angel, "A", 2_000_000, FOUNDED),
        (angel, "A+", 1_000_000, ROUND),
    ):
        moved = {"holder_party_id": holder, "share_class": share_class, "units": units}
        move_units(tx, SYSTEM, spinout_id=company.id, effective_on=on, now=now, **moved)
    return sheet


def test_units_are_those_of_the_day_and_rights_those_of_the_last_file(tx: Tx, now: datetime) -> None:
    sheet = with_cap_table(tx, now)
    first = class_table(tx, holding=sheet, on=ROUND.replace(day=9))
    assert {one.name: one.shares for one in first.classes} == {"common": 6_000_000, "A": 2_000_000}
    assert (first.company, first.known) == ("S001", ())
    prepare(
        tx,
        the_analyst(tx),
        holding_id=sheet.id,
        marked_on=ROUND,
        value=24 * MILLION,
        file=a_file(rights=replace(OPTION, held_shares=Fraction(1)), milestones=()),
        now=now,
    )
    found = class_table(tx, holding=sheet, on=NOW)
    named = {one.name: one for one in found.classes}
    # B of the last file is not issued; A keeps its preference; A+ is new.
    assert list(named) == ["common", "A", "A+"]
    assert named["A"] == replace(CLASSES[1], shares=Fraction(2_000_000))
    assert named["A+"] == ClassTerms("A+", Fraction(1_000_000))
    assert found.known == ("common", "A")


def test_options_stay_though_no_cap_table_has_them() -> None:
    options = ClassTerms("options", Fraction(500), strike=Fraction(3))
    found = with_units([ClassTerms("B", Fraction(1), 10), options], {"common": 7})
    assert found == (options, ClassTerms("common", Fraction(7)))


def test_without_a_cap_table_there_is_nothing_to_take_over(tx: Tx, now: datetime) -> None:
    bare = held(tx, committed(tx, code="AF2").fund_id)
    with pytest.raises(NoCapTable):
        class_table(tx, holding=bare, on=NOW)
    sheet = with_cap_table(tx, now)
    with pytest.raises(NoCapTable):
        class_table(tx, holding=sheet, on=FOUNDED.replace(year=2023))
    partner = an_actor(tx, Role.LP_EXPERT, login="expert.x", now=now)
    with pytest.raises(NoCapTable):
        class_table(tx, holding=sheet, on=NOW, actor=partner)


def test_rights_on_record_come_before_those_of_the_last_file(tx: Tx, now: datetime) -> None:
    """Units are those issued, as converted; options keep their pool; a class that is not issued is left out."""
    sheet = with_cap_table(tx, now)
    kept = {"effective_on": ROUND, "source": "articles", "now": now}
    common = ClassRights("common", ClassKind.COMMON, Fraction(1))
    a = ClassRights("A", ClassKind.PREFERRED, Fraction(1), 5 * MILLION, conversion=Fraction(3, 2))
    pool = ClassRights("pool", ClassKind.OPTIONS, Fraction(500), strike=Fraction(3))
    gone = replace(a, name="Z")
    keep_rights(tx, SYSTEM, holding=sheet, classes=(common, a, pool, gone), **kept)
    found = class_table(tx, holding=sheet, on=NOW)
    assert [(one.name, one.shares) for one in found.classes] == [
        ("common", 6_000_000),
        ("A", 3_000_000),
        ("pool", 500),
        ("A+", 1_000_000),
    ]
    assert (found.known, found.company) == (("common", "A", "pool"), "S001")
    bare = held(tx, sheet.fund_id, name_zh="无股权登记公司")
    keep_rights(tx, SYSTEM, holding=bare, classes=(common, a), **kept)
    found = class_table(tx, holding=bare, on=NOW)
    assert ([one.shares for one in found.classes], found.company) == ([1, Fraction(3, 2)], "")


def test_shares_held_and_a_price_follow_the_conversion_of_their_class_and_nothing_else(
    tx: Tx, now: datetime
) -> None:
    """A at 2.50 with a full ratchet, B at 1.00: 100 shares of A are 250 common ones after it, and its price 1.00."""
    sheet = held(tx, committed(tx).fund_id)
    common = ClassRights("common", ClassKind.COMMON, Fraction(6_000_000))
    a = ClassRights("A", ClassKind.PREFERRED, Fraction(2_000_000), 5 * MILLION, conversion=Fraction(1))
    a = replace(a, anti_dilution=AntiDilution.FULL_RATCHET)
    b = ClassRights("B", ClassKind.PREFERRED, Fraction(1_000_000), MILLION)
    kept = {"holding": sheet, "source": "articles", "now": now}
    keep_rights(tx, SYSTEM, effective_on=FOUNDED, classes=(common, a), **kept)
    before = rights_on(tx, party_id=sheet.party_id, on=FOUNDED)
    classes = class_table(tx, holding=sheet, on=FOUNDED).classes
    facts = {"held": "A", "held_shares": Fraction(100), "priced": "A", "price": Fraction(250)}
    last = replace(OPTION, classes=classes, **facts)
    assert counted_again(last, class_table(tx, holding=sheet, on=FOUNDED), before) == (100, 250)
    keep_rights(tx, SYSTEM, effective_on=ROUND, classes=(common, a, b), **kept)
    table = class_table(tx, holding=sheet, on=NOW)
    assert counted_again(last, table, before) == (250, 100)
    # A file that did not count its class as the record did, a class that is gone, and one that was split.
    assert counted_again(last, table, None) == (None, None)
    assert counted_again(replace(last, held="Z", priced=""), table, before) == (None, None)
    keep_rights(tx, SYSTEM, effective_on=NOW, classes=(common, replace(a, shares=2 * a.shares), b), **kept)
    assert counted_again(last, class_table(tx, holding=sheet, on=NOW), before) == (None, None)
