"""What waits where money goes back: carry by the general partner, distributions by the partners."""

from collections.abc import Iterator

from app.formats import money
from app.pages.desk import Desk
from app.pages.tasks import Task
from fund.givebacks.queries import carry_returns
from fund.givebacks.rules import CarryReturnState
from fund.indemnities.queries import indemnities
from fund.indemnities.rules import IndemnityState
from kernel.instants import day_in_beijing


def carry_back(desk: Desk) -> Iterator[Task]:
    """Carry that is to be given back: the draft to be approved, the payment that is due, the partners to be paid."""
    on = day_in_beijing(desk.now)
    steps = (
        (CarryReturnState.DRAFT, desk.say("Approve the return of carry")),
        (CarryReturnState.APPROVED, desk.say("Carry is to be returned")),
        (CarryReturnState.RECEIVED, desk.say("Pay returned carry to the partners")),
    )
    for state, says in steps:
        for row in carry_returns(desk.tx, fund_id=desk.fund.id, actor=desk.actor, state=state).items:
            is_draft = state is CarryReturnState.DRAFT
            if is_draft and row.prepared_by == desk.actor.user_id:
                continue
            href = f"/fund/carry/returns/{row.id}"
            yield Task(says, row.code, money(row.amount), href, row.due_on, not is_draft and row.due_on < on)


def distributions_back(desk: Desk) -> Iterator[Task]:
    """Distributions that are to be given back: the draft to be approved, and what is due."""
    on = day_in_beijing(desk.now)
    steps = (
        (IndemnityState.DRAFT, desk.say("Approve the giveback of distributions")),
        (IndemnityState.APPROVED, desk.say("Distributions are to be given back")),
    )
    for state, says in steps:
        for row in indemnities(desk.tx, fund_id=desk.fund.id, actor=desk.actor, state=state).items:
            is_draft = state is IndemnityState.DRAFT
            if is_draft and row.prepared_by == desk.actor.user_id:
                continue
            more, href = f"{row.code} · {money(row.amount - row.came)}", f"/fund/indemnities/{row.id}"
            yield Task(says, row.reason, more, href, row.due_on, not is_draft and row.due_on < on)
