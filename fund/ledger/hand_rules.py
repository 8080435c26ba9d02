"""Which accounts may be posted by hand, and what a journal line must say. Pure.

Whatever is led by rows beside the books (calls, receipts, holdings, fees, tax) is booked by its own act alone, or the
rows and the account would part. What is left to a journal: cash, interest and other income, partnership expenses,
and the passing of these between partners over 3900, which each day of a journal leaves at nil.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from fund.ledger.chart import Account, is_account
from fund.ledger.undo_rules import kind_of
from kernel.errors import Conflict, Invalid, Problem
from kernel.money import format_amount


def _n(says: str) -> str:
    return says


JOURNAL = "journal"
"""The kind of act of entries made by hand: "journal:J-003.2" is the second entry of the third journal."""

REVERSED = "/reversal"

# How the entries of other acts begin; an expense or a journal line of such a name would stand in their way.
TAKEN_NAMES = ("FEE", "TRF-", "CALL-", "DIST-", "CLOSE-", "CLOSING-", "CARRY", "RECOVER-", "PAYABLE-")

_CALLED = _n("issue the call, or book the receipt on it")
_MARKED = _n("approve a mark of the holding")
_FEE = _n("charge or pay the management fee")
_RELIEF = _n("record the offset, waiver or rebate")
_DISTRIBUTED = _n("draft, approve and pay the distribution")
_CARRY = _n("close the quarter or pay the distribution, which work carry out")
_ESCROW = _n("pay the distribution that keeps carry in escrow, or release it")
_NO_LOAN = _n("a registered venture fund borrows nothing")

LED: Mapping[Account, str] = {
    Account.CARRY_ESCROW_CASH: _ESCROW,
    Account.CONTRIBUTIONS_RECEIVABLE: _CALLED,
    Account.INVESTMENTS_AT_COST: _n("buy, sell or write off the holding"),
    Account.UNREALISED_APPRECIATION: _MARKED,
    Account.INCOME_RECEIVABLE: _n("record the income that was earned, or what came in of it"),
    Account.EXPENSES_RECOVERABLE: _n("record the expense with what others owe of it, or what they settle"),
    Account.ACCOUNTS_PAYABLE: _n("record the expense, or its payment"),
    Account.MANAGEMENT_FEE_PAYABLE: _FEE,
    Account.DISTRIBUTIONS_PAYABLE: _DISTRIBUTED,
    Account.TAX_WITHHELD: _n("pay the distribution from which tax is withheld, or pay the tax office"),
    Account.EQUALISATION_PAYABLE: _n("settle the later close"),
    Account.DEFAULT_INTEREST_PAYABLE: _n("book the interest on the default, or pay it on"),
    Account.CONTRIBUTIONS: _CALLED,
    Account.GIVEN_BACK: _n("draft and approve the giveback"),
    Account.DISTRIBUTIONS: _DISTRIBUTED,
    Account.CARRY_ACCRUED: _CARRY,
    Account.CARRY_EARNED: _CARRY,
    Account.CARRY_ESCROWED: _ESCROW,
    Account.CARRY_RETURNED: _n("draft and approve the return of carry"),
    Account.TRANSFERS: _n("draft and approve the transfer of the interest"),
    Account.REALISED_GAIN: _n("sell or write off the holding"),
    Account.UNREALISED_GAIN: _MARKED,
    Account.DIVIDEND_INCOME: _n("record the income of the holding"),
    Account.MANAGEMENT_FEE: _FEE,
    Account.FEE_REBATES: _RELIEF,
    Account.FEE_WAIVERS: _RELIEF,
    Account.FEE_OFFSETS: _RELIEF,
    Account.SUBSCRIPTION_FACILITY_FEES: _NO_LOAN,
    Account.SUBSCRIPTION_FACILITY_INTEREST: _NO_LOAN,
    Account.OTHER_FACILITY_FEES: _NO_LOAN,
    Account.OTHER_FACILITY_INTEREST: _NO_LOAN,
}
"""The accounts that no journal may move, and the act that does."""

BY_HAND: tuple[Account, ...] = tuple(account for account in Account if account not in LED)

# Where the rows of an act come from, for entries taken out elsewhere whose act is not known here.
LISTS: Mapping[str, str] = {
    "call": _n("bring in the list of calls"),
    "receipt": _n("bring in the list of receipts"),
    "expense": _n("bring in the list of expenses"),
    "transfer": _n("bring in the list of transfers"),
    "mark": _n("bring in the list of marks"),
    "bank": _n("bring in the bank's statement and say what its lines are"),
    "close": _n("bring in the list of commitments"),
}
_ACT_ITSELF = _n("book the act itself, which writes its entries")


class ActElsewhere(Conflict):
    code = "entry_of_an_act"
    says = "{reference} belongs to the act {act}, which these books do not have: {how}."


class BetweenNotNil(Invalid):
    code = "journal_between_not_nil"
    says = "On {on} the entries of account 3900 leave {amount}; what passes between partners comes out at nil each day."


class ReversalDiffers(Conflict):
    code = "journal_reversal_differs"
    says = "{reference} is not the reversal of {reverses}: that is called {expected} and moves the same amount back."


class JournalUnknown(Conflict):
    code = "journal_unknown"
    says = "No entry of the journal {journal} stands in the books."


@dataclass(frozen=True)
class Moved:
    """What one line moves, for sums over a journal."""

    effective_on: date
    debit: str
    credit: str
    amount: int


def account_faults(field: str, code: str) -> Iterator[Problem]:
    """Why an account may not stand in `field` of a journal line."""
    if not is_account(code):
        yield Problem(field, "there is no account {account}", {"account": code})
    elif Account(code) in LED:
        says = _n("account {account} is not posted by hand: {how}")
        yield Problem(field, says, {"account": code, "how": LED[Account(code)]})


def reference_faults(reference: str) -> Iterator[Problem]:
    """Why a journal line may not be called that."""
    if reference.upper().startswith(TAKEN_NAMES) or reference.endswith(REVERSED):
        says = "{reference} is how other acts are called"
        yield Problem("reference", says, {"reference": reference})


def check_act(*, reference: str, act: str) -> None:
    """Refuse an entry that another act than a journal made where it comes from."""
    if not is_by_hand(act):
        raise ActElsewhere(reference=reference, act=act, how=LISTS.get(kind_of(act), _ACT_ITSELF))


def is_by_hand(act: str) -> bool:
    """Whether an entry is a journal's, or says of no act that it made it."""
    return not act or kind_of(act) == JOURNAL


def check_between(lines: Iterable[Moved]) -> None:
    """Refuse lines that leave something between partners on a day."""
    left: dict[date, int] = {}
    for line in lines:
        sign = (line.debit == Account.BETWEEN_PARTNERS) - (line.credit == Account.BETWEEN_PARTNERS)
        left[line.effective_on] = left.get(line.effective_on, 0) + sign * line.amount
    for on, amount in sorted(left.items()):
        if amount:
            raise BetweenNotNil(on=on, amount=format_amount(amount))


def journal_of(act: str) -> str:
    """The journal of an entry's act: "journal:J-003.2" is of J-003."""
    return act.removeprefix(f"{JOURNAL}:").rpartition(".")[0]


def is_own_act(act: str) -> bool:
    """Whether an act of a journal is written as this program writes it, so that it may be kept."""
    name = act.removeprefix(f"{JOURNAL}:")
    journal, dot, place = name.rpartition(".")
    return act != name and bool(journal) and dot == "." and place.isdigit() and len(name) <= 40
