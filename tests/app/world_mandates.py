"""LP02's mandate: its own chain, a veto that it was asked about, a plant that counts for it."""

from datetime import date
from fractions import Fraction

from fund.holdings.queries import holdings
from fund.mandates.actions import add_clause
from fund.mandates.claim_rules import ClaimFacts, ClaimKind
from fund.mandates.claims import claim
from fund.mandates.rules import Bound, ClauseTerms, Measure
from fund.mandates.veto_rules import Proposal
from fund.mandates.vetoes import ask
from fund.results.exposure_rules import WhatIf
from kernel.blobs.actions import put
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.app.world_pipeline import BEFORE
from tests.builders.results import Played

HUGE, YUAN = 10**15, 100


def mandates(tx: Tx, fund: Played) -> dict[str, int]:
    """The clauses, the question and the claim; the veto covers no deal of the world's."""
    two, since = fund.partners["LP02"], date(2025, 1, 1)
    own_chain = ClauseTerms(Measure.CHAIN, Bound.AT_LEAST, Fraction(1, 4))
    veto = ClauseTerms(Measure.VETO, Bound.AT_MOST, Fraction(1), above=HUGE)
    for terms in (own_chain, veto):
        add_clause(tx, SYSTEM, partner_id=two, terms=terms, effective_on=since, planned=True, now=BEFORE)
    [asked] = ask(
        tx,
        SYSTEM,
        fund_id=fund.fund_id,
        subject="D26-900",
        proposal=Proposal(WhatIf("Huge", 2 * HUGE).part, 1, 2 * HUGE),
        company=("巨型公司", "Huge"),
        told="hydrogen",
        now=BEFORE,
    )
    [held, *_] = holdings(tx, fund_id=fund.fund_id, as_of=BEFORE.date())
    paper = put(tx, content=b"plant of LP02", media_type="application/pdf", now=BEFORE)
    facts = ClaimFacts(ClaimKind.PLANT, "包头", 1000 * YUAN, 2000 * YUAN, date(2026, 1, 5), paper)
    claimed = claim(tx, SYSTEM, partner_id=two, company_id=held.party_id, facts=facts, now=BEFORE)
    return {"veto": asked.id, "claim": claimed.id}
