"""What the books say of a purchase, a disposal, an income and a mark. Pure: facts in, postings out.

Partners' parts come as {partner id: minor units} in the order of the partners, with `names` giving their codes for
the references. Gains and losses name the partner, cost and cash do not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fund.holdings.rules import IncomeKind
from fund.ledger.rules import Account, Posting

Parts = Mapping[int, int]

_INCOME = {IncomeKind.DIVIDEND: Account.DIVIDEND_INCOME, IncomeKind.INTEREST: Account.INTEREST_INCOME}


@dataclass(frozen=True)
class Act:
    """What the postings of one act have in common; `names` are the partners' codes by id."""

    reference: str
    act: str
    on: date
    holding_id: int
    memo: str
    names: Mapping[int, str]

    def plain(self, step: str, debit: Account, credit: Account, amount: int) -> list[Posting]:
        """A move between accounts that name no partner; nothing for an amount of zero."""
        if not amount:
            return []
        return [
            Posting(
                reference=f"{self.reference}{step}",
                effective_on=self.on,
                debit=debit,
                credit=credit,
                amount=amount,
                memo=self.memo,
                act=self.act,
                holding_id=self.holding_id,
            )
        ]

    def parted(self, step: str, asset: Account, income: Account, parts: Parts) -> list[Posting]:
        """A gain of each partner from `asset` to `income`, a loss the other way round."""
        postings = []
        for partner_id, part in parts.items():
            gain = part > 0
            debit, credit = (asset, income) if gain else (income, asset)
            debited, credited = _sides(asset, partner_id) if gain else _sides(asset, partner_id)[::-1]
            postings.append(
                Posting(
                    reference=f"{self.reference}{step}/{self.names[partner_id]}",
                    effective_on=self.on,
                    debit=debit,
                    credit=credit,
                    amount=abs(part),
                    memo=self.memo,
                    act=self.act,
                    debit_partner_id=debited,
                    credit_partner_id=credited,
                    holding_id=self.holding_id,
                )
            )
        return postings


def _sides(asset: Account, partner_id: int) -> tuple[int | None, int]:
    """The partner on the asset's side, where that account names one, and on the income's side."""
    return (partner_id if asset is Account.UNREALISED_APPRECIATION else None), partner_id


def purchase(act: Act, *, cost: int) -> list[Posting]:
    """Cash becomes an investment at cost."""
    return act.plain("", Account.INVESTMENTS_AT_COST, Account.CASH, cost)


def disposal(
    act: Act, *, cost: int, proceeds: int, gain: Parts, into: Account = Account.CASH
) -> list[Posting]:
    """Cost leaves for cash; what the proceeds are above or below it is realised.

    `into` is the account that takes the proceeds: cash, or the clearing account for what is handed over in kind.
    A loss never touches it: the part of the cost that did not come back goes straight to the partners.
    """
    returned = act.plain("/cost", into, Account.INVESTMENTS_AT_COST, min(cost, proceeds))
    against = into if proceeds > cost else Account.INVESTMENTS_AT_COST
    return returned + act.parted("/gain", against, Account.REALISED_GAIN, gain)


def income(act: Act, kind: IncomeKind, parts: Parts) -> list[Posting]:
    """Cash becomes the partners' income."""
    return act.parted("", Account.CASH, _INCOME[kind], parts)


def revaluation(act: Act, step: str, parts: Parts) -> list[Posting]:
    """The unrealised gain moves by each partner's part."""
    return act.parted(step, Account.UNREALISED_APPRECIATION, Account.UNREALISED_GAIN, parts)
