"""What the books say of income that is earned, received or released, and how it is shared."""

from collections.abc import Mapping
from datetime import date

from fund.capital.participation import shares_of_day
from fund.capital.released import released_parts
from fund.income.models import EarnedIncome, IncomeSettlement
from fund.income.queries import earned_of
from fund.income.rules import ACCOUNTS
from fund.ledger.chart import Account
from fund.ledger.rules import Posting
from fund.partners.queries import codes_in_order
from kernel.allocation import allocate
from kernel.db import Tx


def earned_postings(tx: Tx, *, row: EarnedIncome) -> list[Posting]:
    """What is to come becomes the partners' income."""
    codes = codes_in_order(tx, fund_id=row.fund_id)
    shares = shares_of(tx, row=row, on=row.earned_on)
    sharing = [key for key in codes if shares.get(key)]
    parts = allocate(row.amount, [shares[key] for key in sharing])
    return [
        Posting(
            reference=f"EARNED-{row.reference}/{codes[key]}",
            effective_on=row.earned_on,
            debit=Account.INCOME_RECEIVABLE,
            credit=ACCOUNTS[row.kind],
            amount=part,
            memo=row.memo or row.payer,
            act=f"earned:{row.reference}",
            credit_partner_id=key,
            holding_id=row.holding_id,
        )
        for key, part in zip(sharing, parts, strict=True)
        if part
    ]


def received_posting(row: EarnedIncome, made: IncomeSettlement) -> Posting:
    """Cash for what was to come."""
    return _posting(row, made, Account.CASH, made.amount)


def release_postings(tx: Tx, *, row: EarnedIncome, made: IncomeSettlement) -> list[Posting]:
    """What never comes is the partners' income no more."""
    account = ACCOUNTS[row.kind]
    _, sheet = earned_of(tx, fund_id=row.fund_id, reference=row.reference)
    parts = released_parts(
        tx,
        fund_id=row.fund_id,
        place=(account, row.holding_id),
        acts=[f"earned:{row.reference}", *(one.act for one in sheet.settled)],
        began_on=row.earned_on,
        on=made.settled_on,
        amount=made.amount,
    )
    return [
        _posting(row, made, account, parts[key], f"/{code}", key)
        for key, code in codes_in_order(tx, fund_id=row.fund_id).items()
        if key in parts
    ]


def shares_of(tx: Tx, *, row: EarnedIncome, on: date) -> Mapping[int, int]:
    """By what each partner shares in it: its commitment, or its part in the holding."""
    return shares_of_day(tx, fund_id=row.fund_id, on=on, holding_id=row.holding_id)


def _posting(
    row: EarnedIncome,
    made: IncomeSettlement,
    debit: Account,
    amount: int,
    step: str = "",
    partner_id: int | None = None,
) -> Posting:
    return Posting(
        reference=f"RECEIVABLE-{row.reference}.{made.number}{step}",
        effective_on=made.settled_on,
        debit=debit,
        credit=Account.INCOME_RECEIVABLE,
        amount=amount,
        memo=made.reason or row.memo or row.payer,
        act=f"receivable:{row.reference}.{made.number}",
        debit_partner_id=partner_id,
        holding_id=row.holding_id,
    )
