"""Calls and later closes: what a close has settled stays, and no call is due before a close that did not know it."""

from datetime import date

from fund.capital.queries import closes
from kernel.db import Tx
from kernel.errors import Conflict, Problem


class CallSettled(Conflict):
    code = "call_settled_by_close"
    says = "{call} belongs to a later close; it is taken back with the close only."


class DueBeforeClose(Conflict):
    code = "call_before_close"
    says = (
        "Close {number} on {closed_on} has settled with its newcomers what was called before it; call for that day or "
        "later, or take that close back first."
    )


def check_after_closes(tx: Tx, *, fund_id: int, due_on: date) -> None:
    """Refuse a call due before a later close that stands: its newcomers would pay no share of it."""
    for close in closes(tx, fund_id=fund_id):
        if close.due_on is not None and close.undone_on is None and due_on < close.closed_on:
            facts = {"number": close.number, "closed_on": close.closed_on}
            raise DueBeforeClose(problems=[Problem("due_on", DueBeforeClose.says, facts)], **facts)
