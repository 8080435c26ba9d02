"""LP01 pays neither a call nor its giveback: some of its interest is forfeited, and what it owes stays its own."""

from datetime import date
from fractions import Fraction
from typing import Any

from fund.capital.giveback_receipts import receive_giveback
from fund.capital.positions import commitments
from fund.defaults.actions import give_notice, set_terms
from fund.defaults.promise_rules import Remedies, Remedy
from fund.defaults.remedied import RemedySheet
from fund.defaults.remedies import execute, propose, resolve, undo_remedy
from fund.defaults.remedy_rules import Proposal, Say, Vote
from fund.defaults.rules import DefaultTerms
from fund.indemnities.queries import indemnity
from fund.results.ilpa import breaks
from fund.results.proof import prove
from kernel.db import Tx
from kernel.periods import Quarter
from tests.builders.capital import ACCOUNTANT, MANAGER, CapitalFund, a_call, a_receipt, investment, noon
from tests.builders.indemnities import DUE, MILLION, NOTICE, a_giveback, distributed
from tests.builders.remedies import SECOND
from tests.scenes import Scene

NOTICED, TODAY = date(2026, 11, 3), date(2026, 11, 23)


def forfeited(tx: Tx, fund: CapitalFund, call_id: int) -> RemedySheet:
    """Half of what LP01 paid in, with the advisory committee's consent."""
    notice = give_notice(
        tx, ACCOUNTANT, call_id=call_id, partner_id=fund["LP01"], noticed_on=NOTICED, now=noon(NOTICED)
    )
    proposal = Proposal(Remedy.FORFEITURE, share=Fraction(1, 2), reason="催告无果")
    now = noon(TODAY)
    sheet = propose(tx, MANAGER, default_id=notice.id, proposal=proposal, now=now)
    resolve(
        tx,
        ACCOUNTANT,
        remedy_id=sheet.id,
        resolved_on=TODAY,
        votes=[Vote("周咨询", None, Say.FOR)],
        minutes="会议纪要".encode(),
        minutes_name="纪要.pdf",
        now=now,
    )
    return execute(tx, SECOND, remedy_id=sheet.id, effective_on=TODAY, now=now)


def proved(tx: Tx, fund: CapitalFund) -> None:
    assert prove(tx, fund_id=fund.fund_id) == []
    assert breaks(tx, fund_id=fund.fund_id, quarter=Quarter(2026, 4)) == []


def test_what_is_to_be_given_back_stays_the_debt_of_who_forfeits(scene: Scene) -> None:
    tx, fund = scene(distributed, giveback_restores=True)
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "effective_on": NOTICE, "note": ""}
    terms = DefaultTerms(10, Fraction(10, 100), Remedies(tuple(Remedy), Fraction(1, 2)))
    set_terms(tx, MANAGER, terms=terms, **facts, now=noon(NOTICE))
    asked = a_giveback(tx, fund)
    call = a_call(tx, fund, investment(10 * MILLION), due_on=DUE)
    a_receipt(tx, call, fund["LP02"])
    other = asked.line(fund["LP02"])
    own = asked.line(fund["LP01"])
    assert own is not None
    assert other is not None
    paid: dict[str, Any] = {"indemnity_id": asked.id, "now": noon(TODAY), "received_on": TODAY}
    receive_giveback(
        tx, ACCOUNTANT, partner_id=other.partner_id, amount=other.amount, bank_reference="B-2", **paid
    )
    sheet = forfeited(tx, fund, call.id)
    assert commitments(tx, fund_id=fund.fund_id, as_of=TODAY)[fund["LP02"]] > 40 * MILLION
    left = indemnity(tx, indemnity_id=asked.id).line(fund["LP01"])
    assert left is not None
    assert left.outstanding == own.amount
    proved(tx, fund)
    undo_remedy(tx, SECOND, remedy_id=sheet.id, reason="和解", undone_on=TODAY, now=noon(TODAY))
    proved(tx, fund)
    receive_giveback(
        tx, ACCOUNTANT, partner_id=own.partner_id, amount=own.amount, bank_reference="B-1", **paid
    )
    proved(tx, fund)
