"""What is reinvested for partners: with evidence, and no plant counted for two."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fund.charter.rules import Basis
from fund.holdings.queries import holdings
from fund.mandates.actions import add_clause
from fund.mandates.claim_rules import (
    ClaimedAlready,
    ClaimFacts,
    ClaimInvalid,
    ClaimKind,
    ClaimUnknown,
    ClaimWithdrawn,
    NotHeld,
    OtherWhole,
    check_claim,
)
from fund.mandates.claimed import claims
from fund.mandates.claims import claim, withdraw
from fund.mandates.queries import answers
from fund.mandates.rules import Bound, ClauseInvalid, ClauseTerms, Measure, check_clause
from kernel.blobs.actions import put
from kernel.blobs.queries import BlobMissing
from kernel.db import Database, Tx
from kernel.errors import Forbidden
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.parties import an_organisation
from tests.builders.results import Played, a_played_fund, at
from tests.scenes import Scene

DAY = date(2025, 12, 31)
NOW = at(date(2026, 1, 5))
MILLION = 10**8
FACTS = ClaimFacts(ClaimKind.PLANT, "包头 稀土高新区", 12 * MILLION, 20 * MILLION, DAY, "0" * 64)
ASKED = ClauseTerms(Measure.REINVESTMENT, Bound.AT_LEAST, Fraction(6, 5), Basis.COMMITMENTS)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": 21 * MILLION}, "amount"),
        ({"place": " "}, "place"),
        ({"place": "x" * 201}, "place"),
        ({"document": ""}, "document"),
        ({"claimed_on": date(2026, 2, 1)}, "claimed_on"),
    ],
)
def test_a_claim_that_cannot_be_is_refused_by_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ClaimInvalid) as refused:
        check_claim(replace(FACTS, **changes), today=date(2026, 1, 5))
    assert [one.where for one in refused.value.problems] == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"share": Fraction(11)}, "share"), ({"basis": Basis.VALUE, "share": Fraction(1)}, "basis")],
)
def test_reinvestment_is_asked_as_a_multiple_of_the_own_commitment(
    changes: dict[str, Any], field: str
) -> None:
    check_clause(ASKED)
    with pytest.raises(ClauseInvalid) as refused:
        check_clause(replace(ASKED, **changes))
    assert [one.where for one in refused.value.problems] == [field]


def claimed(tx: Tx) -> tuple[Played, int, ClaimFacts]:
    """LP01 claims 12 of the 20 million that the first company put into its plant."""
    played = a_played_fund(tx)
    [held, *_] = holdings(tx, fund_id=played.fund_id, as_of=DAY)
    paper = put(tx, content=b"plant", media_type="application/pdf", now=NOW)
    facts = replace(FACTS, document=paper)
    mine = played.partners["LP01"]
    claim(tx, SYSTEM, partner_id=mine, company_id=held.party_id, facts=facts, now=NOW)
    return played, held.party_id, facts


def test_one_plant_is_not_counted_for_two_partners_beyond_its_whole(scene: Scene) -> None:
    tx, (played, company, facts) = scene(claimed)
    other = played.partners["LP02"]
    about: dict[str, Any] = {"partner_id": other, "company_id": company, "now": NOW}
    with pytest.raises(ClaimedAlready, match=r"8,000,000\.00 are left"):
        claim(tx, SYSTEM, facts=facts, **about)
    with pytest.raises(OtherWhole):
        claim(tx, SYSTEM, facts=replace(facts, amount=8 * MILLION, whole=30 * MILLION), **about)
    # The same place, however it is written, is the same plant; another place is another.
    split = replace(facts, amount=8 * MILLION, place="包头稀土高新区 ")
    claim(tx, SYSTEM, facts=split, **about)
    with pytest.raises(ClaimedAlready):
        claim(tx, SYSTEM, facts=replace(split, amount=1), **about)
    claim(tx, SYSTEM, facts=replace(facts, place="唐山", amount=1, whole=1), **about)
    with pytest.raises(NotHeld):
        claim(tx, SYSTEM, facts=facts, **about | {"company_id": an_organisation(tx, "外人").id})
    with pytest.raises(BlobMissing):
        claim(tx, SYSTEM, facts=replace(facts, place="唐山", document="1" * 64), **about)


def test_a_withdrawn_claim_counts_until_its_day_and_leaves_room(scene: Scene) -> None:
    tx, (played, company, facts) = scene(claimed)
    [one] = claims(tx, fund_id=played.fund_id, as_of=DAY)
    said: dict[str, Any] = {"claim_id": one.id, "withdrawn_on": date(2026, 1, 4), "now": NOW}
    for changes, refusal in (
        ({"reason": " "}, ClaimInvalid),
        ({"reason": "x", "withdrawn_on": date(2026, 2, 1)}, ClaimInvalid),
        ({"reason": "x", "claim_id": 0}, ClaimUnknown),
    ):
        with pytest.raises(refusal):
            withdraw(tx, SYSTEM, **said | changes)
    assert withdraw(tx, SYSTEM, reason="counted wrongly", **said).withdrawn_on == date(2026, 1, 4)
    with pytest.raises(ClaimWithdrawn):
        withdraw(tx, SYSTEM, reason="again", **said)
    assert len(claims(tx, fund_id=played.fund_id, as_of=DAY)) == 1
    assert claims(tx, fund_id=played.fund_id, as_of=date(2026, 1, 4)) == []
    other = played.partners["LP02"]
    claim(tx, SYSTEM, partner_id=other, company_id=company, facts=facts, now=NOW)


def test_reinvestment_is_answered_against_the_partners_own_commitment(scene: Scene) -> None:
    tx, (played, _, _) = scene(claimed)
    mine = played.partners["LP01"]
    add_clause(tx, SYSTEM, partner_id=mine, terms=ASKED, effective_on=date(2024, 1, 15), now=NOW)
    [one] = answers(tx, fund_id=played.fund_id, as_of=DAY)
    assert (one.figure.amount, one.figure.base, one.kept) == (12 * MILLION, 60 * MILLION, False)


def test_a_partner_reads_its_own_claims_and_writes_none(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        played, company, facts = claimed(tx)
    for code, count in (("LP01", 1), ("LP02", 0)):
        mine = played.partners[code]
        lp = Actor(11, "LP", frozenset({Role.LP_USER}), frozenset({mine}))
        with database.transaction(lp) as tx:
            assert len(claims(tx, fund_id=played.fund_id, as_of=DAY)) == count
            assert len(claims(tx, fund_id=played.fund_id, as_of=DAY, actor=lp)) == count
            with pytest.raises(Forbidden):
                claim(tx, lp, partner_id=mine, company_id=company, facts=facts, now=NOW)
