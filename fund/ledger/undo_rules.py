"""Which acts are undone as a whole, and how: an entry of theirs is not reversed by itself.

Rows beside the books (receipts, lots, marks) say why an entry is there. Reversing such an entry alone would leave the
row standing, so each kind of act has an undo of its own that takes back both.
"""

from collections.abc import Sequence
from datetime import date

from fund.ledger.chart import Account
from kernel.errors import Conflict, Invalid, NotFound, Problem


def _n(says: str) -> str:
    return says


# Acts that pass something from one partner to another and share nothing out among all.
BETWEEN_PARTNERS = frozenset({"close", "transfer"})
# By the word before the colon of an entry's act.
OWN_UNDO = {
    "call": _n("withdraw the call"),
    "receipt": _n("reverse the receipt"),
    "equalisation": _n("take back the payment of the equalisation"),
    "close": _n("take back the later close"),
    "default": _n("take back the interest on the default"),
    "defaultpay": _n("take back the payment of interest to the partners"),
    "distribution": _n("take back the distribution"),
    "tax": _n("take back the payment to the tax office"),
    "escrow": _n("take back the release from escrow"),
    "indemnity": _n("take back the giveback"),
    "indemnityin": _n("reverse the receipt of the giveback, or take the giveback back"),
    "carryback": _n("take back the return of carry"),
    "transfer": _n("take back the transfer of the interest"),
    "fee": _n("take back the fee of the quarter"),
    "relief": _n("take back the offset, waiver or rebate"),
    "feepay": _n("take back the payment of the fee"),
    "expense": _n("take back the expense"),
    "payable": _n("take back the payment or release of what is owed"),
    "recovery": _n("take back the settlement of what others owe"),
    "bank": _n("release the line of the bank statement"),
    "lot": _n("take back the purchase"),
    "disposal": _n("take back the sale or write-off"),
    "income": _n("take back the income"),
    "earned": _n("take back the income booked as earned"),
    "receivable": _n("take back the receipt or release of what was earned"),
    "mark": _n("prepare another mark for the same day, which supersedes it"),
    "carry": _n("nothing is to be done: every close of a quarter works carry out anew"),
    "deal": _n("take back the purchase of the closing"),
}


class HasOwnUndo(Conflict):
    code = "reversal_has_own_undo"
    says = "The entry {reference} belongs to an act that is only undone as a whole: {undo}."


class ActUnknown(NotFound):
    code = "act_unknown"
    says = "Nothing is booked for {act}."


class AlreadyUndone(Conflict):
    code = "act_already_undone"
    says = "This was taken back on {undone_on} before."


class ReversalToCome(Invalid):
    code = "reversal_to_come"
    says = "{on} is still to come; a reversal takes effect on {latest} at the latest."


class UndoneBeforeItself(Invalid):
    code = "undone_before_itself"
    says = "It took effect on {first}; it cannot be taken back from {on} on."


def check_undone_on(on: date, *, first: date) -> None:
    """Refuse to take something back from a day on which it did not stand yet, rather than from another day."""
    if on < first:
        facts = {"on": on, "first": first}
        raise UndoneBeforeItself(problems=[Problem("on", UndoneBeforeItself.says, facts)], **facts)


def check_reversal_day(on: date, *, latest: date) -> None:
    """Refuse a reversal from a day that has not come, unless the entry itself takes effect that late."""
    if on > latest:
        raise ReversalToCome(on=on, latest=latest)


def kind_of(act: str) -> str:
    """The word before the colon: "expense:EXP-012" is an "expense"."""
    return act.partition(":")[0]


# What passes between partners comes out at nil: one side of it is not undone alone.
BETWEEN_UNDO = _n("take back the whole journal")


def own_undo(act: str, *accounts: str) -> str | None:
    """How the act is undone as a whole; None for one whose entries, on those accounts, are reversed one by one."""
    return OWN_UNDO.get(kind_of(act)) or (BETWEEN_UNDO if Account.BETWEEN_PARTNERS in accounts else None)


def check_reversible(*, reference: str, act: str, accounts: Sequence[str] = ()) -> None:
    """Refuse to reverse an entry by itself whose act is undone as a whole."""
    undo = own_undo(act, *accounts)
    if undo is not None:
        raise HasOwnUndo(reference=reference, undo=undo)
