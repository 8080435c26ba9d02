"""A version of a side letter is withdrawn before it holds; whose it was still reads it, and nobody else."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from fund.charter.withdrawal_rules import (
    VersionFollowed,
    VersionInForce,
    VersionUnknown,
    VersionUsed,
    VersionWithdrawn,
)
from fund.fees.actions import charge
from fund.side_letters.actions import write_letter
from fund.side_letters.elections import elect
from fund.side_letters.queries import letters, promised, written_letters
from fund.side_letters.rules import LetterChanged, LetterTerms, Offer, Promise
from fund.side_letters.withdrawals import withdraw_letter
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from kernel.periods import Quarter
from tests.builders.capital import ACCOUNTANT, MANAGER, YUAN, CapitalFund, committed, noon

WRITTEN, DAY = date(2026, 3, 10), date(2026, 5, 11)
CHEAP, CHEAPER = LetterTerms(Fraction(1, 100), has_mfn=True), LetterTerms(Fraction(1, 200))


def written(tx: Tx, fund: CapitalFund, code: str, terms: LetterTerms, *, read: int | None = None) -> int:
    facts = {"effective_on": DAY, "note": "谈判", "read": read, "now": noon(WRITTEN)}
    return write_letter(tx, MANAGER, partner_id=fund[code], terms=terms, **facts).id


def withdraw(tx: Tx, fund: CapitalFund, code: str, version: int, *, on: date = WRITTEN) -> None:
    facts = {"reason": "录入有误", "now": noon(on) + timedelta(hours=1)}
    withdraw_letter(tx, MANAGER, partner_id=fund[code], version=version, **facts)


def test_a_version_that_does_not_hold_yet_is_withdrawn_and_never_does(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        fund = committed(tx)
        written(tx, fund, "LP01", CHEAP)
        written(tx, fund, "LP01", CHEAPER)
        with pytest.raises(VersionFollowed):
            withdraw(tx, fund, "LP01", 1)
        withdraw(tx, fund, "LP01", 2)
        with pytest.raises(VersionWithdrawn):
            withdraw(tx, fund, "LP01", 2)
        assert promised(tx, fund_id=fund.fund_id, as_of=DAY)[fund["LP01"]] == CHEAP
        then = noon(WRITTEN) + timedelta(minutes=30)
        assert promised(tx, fund_id=fund.fund_id, as_of=DAY, known_at=then)[fund["LP01"]] == CHEAPER
        # Whoever has the withdrawn version before it does not know what stands now.
        with pytest.raises(LetterChanged):
            written(tx, fund, "LP01", CHEAPER, read=2)
        written(tx, fund, "LP01", CHEAPER, read=1)
        assert [one.version for one in letters(tx, fund_id=fund.fund_id)] == [1, 3]
        with pytest.raises(VersionInForce):
            withdraw(tx, fund, "LP01", 3, on=DAY)
        with pytest.raises(VersionUnknown):
            withdraw(tx, fund, "LP02", 1)
        with pytest.raises(RoleMissing):
            withdraw_letter(tx, ACCOUNTANT, partner_id=fund["LP01"], version=3, reason="x", now=noon(WRITTEN))
    for code, seen in (("LP01", [None, "录入有误", None]), ("LP02", [])):
        whose = Actor(22, "LP", frozenset({Role.LP_USER}), frozenset({fund[code]}))
        with database.transaction(whose) as tx:
            found = written_letters(tx, fund_id=fund.fund_id)
            assert [one.withdrawn.reason if one.withdrawn else None for one in found] == seen


def test_what_was_worked_out_or_elected_under_it_stands_in_the_way(tx: Tx) -> None:
    fund = committed(tx, {"LP01": 60_000_000 * YUAN, "LP02": 40_000_000 * YUAN})
    written(tx, fund, "LP01", CHEAP)
    cheap = written(tx, fund, "LP02", CHEAPER)
    facts = {"offer": Offer(Promise.FEE_RATE, ""), "effective_on": DAY, "note": "行使", "now": noon(WRITTEN)}
    elect(tx, MANAGER, partner_id=fund["LP01"], from_letter_id=cheap, **facts)
    with pytest.raises(VersionUsed) as found:
        withdraw(tx, fund, "LP02", 1)
    assert [str(one) for one in found.value.problems] == [
        "LP01, 2026-05-11: withdraw the letter that took it over"
    ]
    withdraw(tx, fund, "LP01", 2)
    withdraw(tx, fund, "LP02", 1)
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Quarter(2026, 2), now=noon(date(2026, 4, 1)))
    with pytest.raises(VersionUsed):
        withdraw(tx, fund, "LP01", 1, on=date(2026, 4, 2))
