"""The world's default: LP02 was four days late with the first call; some interest came in and was paid on to LP01.

The advisory committee consents to a suspension that nobody has carried out.
"""

from datetime import date
from fractions import Fraction

from fund.capital.inflows import call_by_code
from fund.defaults.actions import give_notice, receive_interest, set_terms
from fund.defaults.promise_rules import Remedies, Remedy
from fund.defaults.remedies import propose, resolve
from fund.defaults.remedy_rules import Proposal, Say, Vote
from fund.defaults.rules import DefaultTerms
from fund.defaults.sharing import pay_on
from kernel.db import Tx
from kernel.instants import day_in_beijing
from tests.app.world_pipeline import BEFORE, Ids
from tests.builders.results import APPROVER, PREPARER

ON = date(2026, 9, 28)


def play(tx: Tx, *, fund_id: int, partner_id: int) -> Ids:
    """Notice of what was late, interest of 100 yuan on it, and that paid on."""
    terms = DefaultTerms(10, Fraction(8, 100), Remedies(tuple(Remedy), Fraction(1, 2)))
    facts = {"terms": terms, "effective_on": date(2024, 1, 1), "note": ""}
    set_terms(tx, APPROVER, fund_id=fund_id, **facts, now=BEFORE)
    late = call_by_code(tx, fund_id=fund_id, code="CALL-001").id
    given = give_notice(
        tx, PREPARER, call_id=late, partner_id=partner_id, noticed_on=date(2024, 3, 18), now=BEFORE
    )
    receive_interest(
        tx,
        PREPARER,
        default_id=given.id,
        amount=100_00,
        received_on=ON,
        bank_reference="INTEREST-1",
        now=BEFORE,
    )
    pay_on(tx, PREPARER, fund_id=fund_id, paid_on=ON, now=BEFORE)
    proposal = Proposal(Remedy.SUSPENSION, reason="罚息逾期未付")
    found = propose(tx, APPROVER, default_id=given.id, proposal=proposal, now=BEFORE)
    resolve(
        tx,
        PREPARER,
        remedy_id=found.id,
        resolved_on=day_in_beijing(BEFORE),
        votes=[Vote("周咨询", None, Say.FOR)],
        minutes="会议纪要".encode(),
        minutes_name="咨询委员会纪要.pdf",
        now=BEFORE,
    )
    return {"default": given.id, "late_call": late, "remedy": found.id}
