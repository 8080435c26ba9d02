"""A partner past its days to cure, and remedies against it, for tests."""

from datetime import date
from fractions import Fraction
from typing import Any

from fund.capital.positions import commitments, contributions, unfunded
from fund.defaults.actions import set_terms
from fund.defaults.promise_rules import Remedies, Remedy
from fund.defaults.remedied import RemedySheet
from fund.defaults.remedies import execute, propose, resolve, undo_remedy
from fund.defaults.remedy_rules import (
    Proposal,
    Say,
    Vote,
)
from fund.defaults.rules import DefaultTerms
from fund.fees.actions import charge
from fund.results.ilpa import breaks
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_call,
    a_receipt,
    committed,
    investment,
    noon,
)
from tests.builders.defaults import noticed

DUE, TODAY = date(2026, 3, 2), date(2026, 5, 20)
Q2 = Quarter(2026, 2)
SECOND = Actor(user_id=77, name="复核", roles=frozenset({Role.MANAGER}))
MILLION = 1_000_000 * YUAN


def in_default(tx: Tx, *, first: int = 60, second: int = 25, paid: int = 3) -> tuple[CapitalFund, int]:
    """Of a call of 10 million LP01 owes half of its 6; the others paid their 2.5 and 1.5. The days to cure are over."""
    fund = committed(tx, {"LP01": first * MILLION, "LP02": second * MILLION, "LP03": 15 * MILLION})
    terms = DefaultTerms(10, Fraction(10, 100), Remedies(tuple(Remedy), Fraction(1, 2)))
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "effective_on": date(2026, 1, 1), "note": "第 4.6 条"}
    set_terms(tx, MANAGER, terms=terms, **facts, now=noon(date(2026, 1, 1)))
    call = a_call(tx, fund, investment(10 * MILLION))
    for code, amount in (("LP01", paid * MILLION), ("LP02", None), ("LP03", None)):
        a_receipt(tx, call, fund[code], amount=amount)
    for quarter in (Quarter(2026, 1), Q2):
        charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=quarter, now=noon(TODAY))
    return fund, noticed(tx, fund, call.call.id).id


def consented(tx: Tx, default_id: int, remedy: Remedy, **facts: Any) -> RemedySheet:
    proposal = Proposal(remedy, **facts, reason="催告无果")
    sheet = propose(tx, MANAGER, default_id=default_id, proposal=proposal, now=noon(TODAY))
    return said(tx, sheet, Vote("周咨询", None, Say.FOR), Vote("吴咨询", None, Say.ABSTAINED))


def said(tx: Tx, sheet: RemedySheet, *votes: Vote, on: date = TODAY) -> RemedySheet:
    return resolve(
        tx,
        ACCOUNTANT,
        remedy_id=sheet.id,
        resolved_on=on,
        votes=votes,
        minutes="会议纪要".encode(),
        minutes_name="咨询委员会 2026-05-20 纪要.pdf",
        now=noon(TODAY),
    )


def done(tx: Tx, sheet: RemedySheet) -> RemedySheet:
    return execute(tx, SECOND, remedy_id=sheet.id, effective_on=TODAY, now=noon(TODAY))


def undone(tx: Tx, sheet: RemedySheet) -> None:
    undo_remedy(tx, SECOND, remedy_id=sheet.id, reason="和解", undone_on=TODAY, now=noon(TODAY))


def proved(tx: Tx, fund: CapitalFund) -> None:
    assert prove(tx, fund_id=fund.fund_id) == []
    assert breaks(tx, fund_id=fund.fund_id, quarter=Q2) == []


def state(tx: Tx, fund: CapitalFund) -> list[dict[int, int]]:
    ask: dict[str, Any] = {"fund_id": fund.fund_id, "as_of": TODAY}
    return [dict(found) for found in (commitments(tx, **ask), unfunded(tx, **ask), contributions(tx, **ask))]
