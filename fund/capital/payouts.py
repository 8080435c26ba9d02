"""What paying a distribution books: each partner's part by its kinds, its carry, its tax, its units and the cash."""

from collections.abc import Mapping

from fund.capital.models import Distribution
from fund.capital.outflows import distribution_sheet
from fund.capital.sheets import PartnerDistribution
from fund.givebacks.escrow_rules import by_partner
from fund.ledger.queries import total
from fund.ledger.rules import Account, Posting
from fund.partners.queries import codes_in_order, general_partner
from kernel.db import Tx


def payout_postings(tx: Tx, *, row: Distribution, set_off: Mapping[int, int]) -> list[Posting]:
    """Each partner's part with its carry and the cash, as of the pay day; what is `set_off` of it needs no cash."""
    codes = codes_in_order(tx, fund_id=row.fund_id)
    general = general_partner(tx, fund_id=row.fund_id).id
    postings = []
    lines = distribution_sheet(tx, distribution_id=row.key).lines
    kept = by_partner(
        sum(line.escrowed for line in lines), {line.partner_id: line.carry for line in lines if line.carry}
    )
    for line in lines:
        accrued = -total(
            tx,
            fund_id=row.fund_id,
            as_of=row.pay_on,
            accounts=[Account.CARRY_ACCRUED],
            partner_id=line.partner_id,
        )
        for step, debit, credit, amount, from_id, to_id in _steps(
            line, general, accrued, kept.get(line.partner_id, 0), set_off.get(line.partner_id, 0)
        ):
            postings.append(
                Posting(
                    reference=f"{row.code}/{codes[line.partner_id]}/{step}",
                    effective_on=row.pay_on,
                    debit=debit,
                    credit=credit,
                    amount=amount,
                    memo=row.source,
                    act=f"distribution:{row.key}",
                    debit_partner_id=from_id,
                    credit_partner_id=to_id,
                    holding_id=row.holding_id if step == "in-kind" else None,
                )
            )
    return postings


def _steps(
    line: PartnerDistribution, general: int, accrued: int, kept: int, set_off: int
) -> list[tuple[str, Account, Account, int, int | None, int | None]]:
    """What one part books: carry earned out of what was accrued, what of it is kept in escrow, the part by its kinds,
    its tax, its units, the cash.
    """
    own, declared, payable = line.partner_id, Account.DISTRIBUTIONS, Account.DISTRIBUTIONS_PAYABLE
    released = min(max(0, accrued), line.carry)
    escrowed = Account.CARRY_ESCROWED
    steps: list[tuple[str, Account, Account, int, int | None, int | None]] = [
        ("carry-released", Account.CARRY_ACCRUED, Account.CARRY_ACCRUED, released, general, own),
        ("carry", Account.CARRY_EARNED, Account.CARRY_EARNED, line.carry - kept, own, general),
        ("carry-escrowed", escrowed, escrowed, kept, own, general),
        ("escrow", Account.CARRY_ESCROW_CASH, Account.CASH, kept, None, None),
        ("return-of-capital", declared, payable, line.return_of_capital, own, own),
        ("income", declared, payable, line.income, own, own),
        ("gain", declared, payable, line.gain, own, own),
        ("tax", payable, Account.TAX_WITHHELD, line.withheld, own, own),
        ("in-kind", payable, Account.BETWEEN_PARTNERS, line.in_kind, own, None),
        ("paid", payable, Account.CASH, line.due - set_off, own, None),
    ]
    return [step for step in steps if step[3]]
