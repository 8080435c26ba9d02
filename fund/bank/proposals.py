"""What the open lines may be: partners' open calls and payments in the books that no line was found for yet."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from fund.bank.match_rules import Due, Movement, Owed, Payer, Payment, proposals
from fund.bank.queries import account_nos, matches, open_lines
from fund.bank.sheets import LineSheet, Proposed
from fund.capital.queries import due_calls
from fund.defaults.queries import uncured
from fund.fees.accrued import accruals
from fund.fees.queries import payees
from fund.holdings.queries import holding_labels
from fund.income.queries import earned, payers
from fund.ledger.cash_items import CashItem, cash_items
from fund.partners.queries import PartnerSheet, bank, partners
from kernel.db import Tx
from kernel.identity.rules import Actor, Role


def proposed(
    tx: Tx, actor: Actor, *, fund_id: int, only: Sequence[LineSheet] | None = None, limit: int | None = None
) -> list[Proposed]:
    """Every open line with what it may be, the oldest first; or `only` those given. For those who keep the books."""
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    asked = open_lines(tx, fund_id=fund_id, limit=limit) if only is None else only
    if not asked:
        return []
    known = partners(tx, fund_id=fund_id)
    payers, payments = _payers(tx, actor, fund_id, known), _payments(tx, fund_id, known)
    numbers = account_nos(tx, line_ids=[one.id for one in asked])
    awaited = [*bills(tx, fund_id=fund_id), *to_come(tx, fund_id=fund_id)]
    found = []
    for one in asked:
        owing = _with_interest(tx, fund_id, payers, on=one.booked_on)
        movement = _movement(one, numbers.get(one.id, ""))
        found.append(Proposed(one, tuple(proposals(movement, owing, payments, awaited))))
    return found


def left_of_items(tx: Tx, *, fund_id: int) -> dict[str, tuple[CashItem, int]]:
    """Every payment in the books and how much of it no line was matched to, signed."""
    taken: dict[str, int] = {}
    for one in matches(tx, fund_id=fund_id):
        if one.stands and one.item is not None:
            taken[one.item] = taken.get(one.item, 0) + one.amount
    return {
        item.key: (item, item.amount - taken.get(item.key, 0)) for item in cash_items(tx, fund_id=fund_id)
    }


def bills(tx: Tx, *, fund_id: int) -> list[Due]:
    """The expenses that are owed, the oldest first."""
    return [
        Due(one.expense.reference, -one.open, one.began_on, (one.expense.payee, one.expense.memo))
        for one in accruals(tx, fund_id=fund_id)
        if one.open > 0
    ]


def to_come(tx: Tx, *, fund_id: int) -> list[Due]:
    """The income that was earned and is to come, the oldest first."""
    found = [one for one in earned(tx, fund_id=fund_id) if one.open > 0]
    labels = holding_labels(tx, fund_id=fund_id) if any(one.holding_id for one in found) else {}
    return [
        Due(
            one.reference,
            one.open,
            one.began_on,
            (one.payer, labels[one.holding_id][1] if one.holding_id in labels else "", one.memo),
        )
        for one in found
    ]


def _movement(line: LineSheet, account_no: str) -> Movement:
    return Movement(line.open, line.booked_on, line.name, account_no, line.memo, line.reference)


def _payers(tx: Tx, actor: Actor, fund_id: int, known: Sequence[PartnerSheet]) -> list[Payer]:
    owed: dict[int, list[Owed]] = {}
    for one in due_calls(tx, fund_id=fund_id, as_of=date.max):
        # What a netting will set off is not expected at the bank.
        if one.to_pay:
            owed.setdefault(one.partner_id, []).append(Owed(one.call_id, one.call, one.due_on, one.to_pay))
    found = []
    for partner in known:
        paid_at = bank(tx, actor, partner_id=partner.id)
        accounts = (paid_at.account_no,) if paid_at else ()
        names = (partner.name_zh, partner.name_en, *((paid_at.account_name,) if paid_at else ()))
        found.append(Payer(partner.id, partner.code, names, accounts, tuple(owed.get(partner.id, ()))))
    return found


def _with_interest(tx: Tx, fund_id: int, payers: Sequence[Payer], *, on: date) -> list[Payer]:
    """The payers with what each owes of interest on its defaults by the day on which money came in, after its calls."""
    interest: dict[int, tuple[Owed, ...]] = {}
    for one in uncured(tx, fund_id=fund_id, on=on):
        if one.interest_owed > 0:
            owed = Owed(one.call_id, one.call, one.due_on, one.interest_owed, one.id)
            interest[one.partner_id] = (*interest.get(one.partner_id, ()), owed)
    return [replace(one, owed=(*one.owed, *interest.get(one.partner_id, ()))) for one in payers]


def _payments(tx: Tx, fund_id: int, known: Sequence[PartnerSheet]) -> list[Payment]:
    names = {one.id: (one.name_zh, one.name_en) for one in known}
    manager = tuple(name for one in known if one.is_general for name in names[one.id])
    paid_to = payees(tx, fund_id=fund_id) | payers(tx, fund_id=fund_id)

    def whose(item: CashItem) -> tuple[str, ...]:
        """The partner, who is paid an expense or pays what was earned, the manager for its fee; else the memo."""
        if item.partner_id is not None:
            return names[item.partner_id]
        if item.act.startswith("feepay:"):
            return (*manager, item.memo)
        return (paid_to.get(item.act, ""), item.memo)

    return [
        Payment(key, left, item.on, item.memo, whose(item))
        for key, (item, left) in left_of_items(tx, fund_id=fund_id).items()
        if left
    ]
