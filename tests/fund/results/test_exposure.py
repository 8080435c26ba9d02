from datetime import date
from fractions import Fraction

from fund.charter.rules import Dimension
from fund.holdings.actions import label
from fund.results.queries import Exposure, WhatIf, exposure, exposure_history
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.periods import Quarter
from tests.builders.counting import counted
from tests.builders.results import M, Played, a_played_fund, at, committed

DAY = date(2025, 12, 31)


def test_exposure_of_the_played_fund(tx: Tx, played: Played) -> None:
    found = exposure(tx, fund_id=played.fund_id, as_of=DAY)
    assert (found.cost, found.value, found.committed) == (30 * M, 36 * M, 100 * M)
    assert [s.dimension for s in found.spreads] == list(Dimension)
    by_city = found.by(Dimension.CITY)
    assert [(s.key, s.value, s.share) for s in by_city.slices] == [
        ("北京", 30 * M, Fraction(30, 36)),
        ("天津", 6 * M, Fraction(6, 36)),
    ]
    assert by_city.concentration is not None
    company, hydrogen = found.limits
    assert (company.key, company.current, company.passed) == ("氢材科技有限公司", Fraction(20, 100), False)
    assert (hydrogen.key, hydrogen.current, hydrogen.passed) == ("hydrogen", Fraction(20, 100), True)
    assert [check.key for check in found.breaches] == ["氢材科技有限公司"]


def test_what_if(tx: Tx, played: Played) -> None:
    deal = WhatIf("新氢能", 7 * M, sector="hydrogen")
    found = exposure(tx, fund_id=played.fund_id, as_of=DAY, what_if=deal)
    company, hydrogen = found.limits
    assert (company.key, company.passed) == ("新氢能", True)
    assert (hydrogen.before, hydrogen.current, hydrogen.passed) == (
        Fraction(20, 100),
        Fraction(27, 100),
        False,
    )
    assert found.cost == 37 * M
    assert found.unheld == ()


def test_what_if_forgives_a_blank_and_tells_what_no_holding_carries(tx: Tx, played: Played) -> None:
    def asked(**labels: str) -> Exposure:
        deal = WhatIf("新氢能", 7 * M, **labels)
        return exposure(tx, fund_id=played.fund_id, as_of=DAY, what_if=deal)

    blank = asked(sector="hydrogen ")
    assert not blank.limits[1].passed
    assert blank.unheld == ()
    misspelt = asked(sector="Hydrogen", city=" 杭州")
    assert misspelt.limits[1].passed
    assert misspelt.unheld == ((Dimension.SECTOR, "Hydrogen"), (Dimension.CITY, "杭州"))


def test_before_the_first_close_the_size_is_the_base(tx: Tx) -> None:
    found = exposure(tx, fund_id=committed(tx).fund_id, as_of=date(2024, 1, 10))
    assert (found.committed, found.is_of_size) == (500 * M, True)
    assert found.by(Dimension.SECTOR).slices == ()


def test_a_committee_member_is_told_shares_of_the_size(database: Database) -> None:
    """The member sees the holdings but only one partner's commitment; that one must not pass for the whole."""
    with database.transaction(SYSTEM) as tx:
        played = a_played_fund(tx)
        assert not exposure(tx, fund_id=played.fund_id, as_of=DAY).is_of_size
    member = Actor(
        12,
        "Member",
        frozenset({Role.COMMITTEE, Role.LP_USER}),
        frozenset({played.partners["LP01"]}),
    )
    with database.transaction(member) as tx:
        found = exposure(tx, fund_id=played.fund_id, as_of=DAY)
    assert (found.cost, found.committed, found.is_of_size) == (30 * M, 500 * M, True)
    assert found.limits[0].current == Fraction(4, 100)


def test_a_relabelled_holding_leaves_past_exposure_as_it_was(tx: Tx, played: Played) -> None:
    facts = {"fund_id": played.fund_id, "as_of": DAY, "known_at": at(date(2026, 2, 2))}
    then = exposure(tx, **facts)
    told = at(date(2026, 3, 2))
    label(tx, SYSTEM, holding_id=played.holdings["H01"], sector="steel", effective_on=DAY, now=told)
    assert exposure(tx, **facts) == then
    sectors = {one.key for one in exposure(tx, **{**facts, "known_at": told}).by(Dimension.SECTOR).slices}
    assert sectors == {"steel", "manufacturing"}
    before = exposure(tx, fund_id=played.fund_id, as_of=date(2025, 12, 30))
    assert [one.key for one in before.by(Dimension.SECTOR).slices] == ["hydrogen", "manufacturing"]


def test_history_is_the_exposure_of_every_quarters_end(tx: Tx, played: Played) -> None:
    """Under the labels of each day, from one reading; as known at an instant, too."""
    told = at(date(2026, 3, 2))
    label(tx, SYSTEM, holding_id=played.holdings["H01"], sector="steel", effective_on=DAY, now=told)
    for known_at in (None, at(date(2026, 2, 2))):
        facts = {"fund_id": played.fund_id, "known_at": known_at}
        for dimension in Dimension:
            found = exposure_history(tx, dimension=dimension, through=Quarter(2026, 1), **facts)
            assert [str(one.quarter) for one in found[:2]] == ["2024Q1", "2024Q2"]
            for one in found:
                then = exposure(tx, as_of=one.quarter.ends_on, **facts)
                assert one.spread == then.by(dimension)
    sectors = exposure_history(
        tx, fund_id=played.fund_id, dimension=Dimension.SECTOR, through=Quarter(2025, 4)
    )
    assert [one.spread.slices[0].key for one in sectors[-2:]] == ["hydrogen", "steel"]


def test_a_long_history_asks_as_much_as_a_short_one(tx: Tx, played: Played) -> None:
    asked = []
    for through in (Quarter(2024, 1), Quarter(2025, 4)):
        with counted(tx) as sent:
            exposure_history(tx, fund_id=played.fund_id, dimension=Dimension.SECTOR, through=through)
        asked.append(len(sent))
    assert asked[0] == asked[1]


def test_nothing_bought_has_no_history(tx: Tx) -> None:
    fund_id = committed(tx).fund_id
    assert exposure_history(tx, fund_id=fund_id, dimension=Dimension.CITY, through=Quarter(2024, 4)) == ()


def test_a_deal_counts_in_the_year_of_the_first_purchase(tx: Tx, played: Played) -> None:
    """A new company in the year that is asked about, more of one that is held in the year it was first bought."""
    fund_id = played.fund_id
    assert [
        (one.key, one.share) for one in exposure(tx, fund_id=fund_id, as_of=DAY).by(Dimension.VINTAGE).slices
    ] == [("2024", 1)]
    for name, years in (("新氢能", {"2024": 36 * M, "2025": 7 * M}), ("氢材科技有限公司", {"2024": 43 * M})):
        found = exposure(tx, fund_id=fund_id, as_of=DAY, what_if=WhatIf(name, 7 * M))
        assert {one.key: one.value for one in found.by(Dimension.VINTAGE).slices} == years
