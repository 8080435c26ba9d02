"""A report prints its own partner's mandate, and figures from before mandates are read as they were saved."""

from datetime import date
from typing import Any

from fund.mandates.actions import add_clause
from fund.mandates.veto_rules import VetoState
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from lp_reports.gathering.mandate import mandate
from tests.builders.results import at
from tests.fund.mandates.test_claims import ASKED, claimed
from tests.fund.mandates.test_mandates import EARLY
from tests.fund.mandates.test_vetoes import VETO, asked
from tests.scenes import Scene

NOW = at(date(2026, 2, 1))


def test_a_clause_a_claim_and_a_veto_of_the_partners_own(scene: Scene) -> None:
    tx, (played, _) = scene(asked)
    mine, other = played.partners["LP01"], played.partners["LP02"]
    for terms in (EARLY, ASKED):
        add_clause(
            tx, SYSTEM, partner_id=mine, terms=terms, effective_on=date(2024, 1, 15), planned=True, now=NOW
        )
    facts: dict[str, Any] = {
        "names": {},
        "fund_id": played.fund_id,
        "quarter": Quarter(2026, 1),
        "known_at": at(date(2026, 4, 2)),
    }
    told = mandate(tx, partner_id=mine, **facts)
    assert told is not None
    assert [(one.measure, one.kept) for one in told.clauses] == [
        ("label", True),
        ("reinvestment", False),
        ("veto", None),
    ]
    assert told.clauses[2].above == VETO.above
    assert [(one.subject, one.state) for one in told.vetoes] == [("D26-001", VetoState.ASKED)]
    assert told.reinvested == ()
    assert mandate(tx, partner_id=other, **facts) is None
    early = {**facts, "quarter": Quarter(2025, 4)}
    before = mandate(tx, partner_id=mine, **early)
    assert before is not None
    assert before.vetoes == ()


def test_what_was_reinvested_is_told_with_its_whole(scene: Scene) -> None:
    tx, (played, _, facts) = scene(claimed)
    told = mandate(
        tx,
        fund_id=played.fund_id,
        partner_id=played.partners["LP01"],
        quarter=Quarter(2025, 4),
        known_at=at(date(2026, 1, 6)),
        names={},
    )
    assert told is not None
    [one] = told.reinvested
    assert (one.amount, one.whole, one.place) == (facts.amount, facts.whole, facts.place)
