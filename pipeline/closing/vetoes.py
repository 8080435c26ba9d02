"""Asking partners about the vetoes that cover a deal, as it stands approved or proposed."""

from datetime import datetime

from fund.mandates.vetoes import QuestionSheet
from kernel.db import Tx
from kernel.errors import Conflict
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from pipeline.closing.queries import closings, company_of
from pipeline.committee.mandates import ask_vetoes
from pipeline.committee.proposed import proposal_of
from pipeline.committee.queries import last_approval
from pipeline.deals.queries import deal


class NoAmount(Conflict):
    code = "veto_deal_has_no_amount"
    says = "{deal} names no amount yet; partners are asked about one."


def ask_about(tx: Tx, actor: Actor, *, deal_id: int, now: datetime) -> list[QuestionSheet]:
    """Ask every partner whose veto covers the deal about all that it is to cost: what was approved, or what the deal
    names, or what was paid where that is more. Refused: no amount, and nobody left to be asked.
    """
    actor.require(Role.MANAGER, Role.ANALYST)
    about = deal(tx, deal_id=deal_id, actor=actor)
    decided = last_approval(tx, deal_id=deal_id)
    named = (decided.amount if decided else None) or about.amount or 0
    amount = max(named, sum(one.amount for one in closings(tx, deal_id=deal_id)))
    if not amount:
        raise NoAmount(deal=about.code)
    company, on = company_of(tx, about=about), day_in_beijing(now)
    proposal = proposal_of(tx, about=about, company=company, amount=amount, on=on)
    return ask_vetoes(tx, actor, about=about, proposal=proposal, now=now)
