"""What a return of carry books: what is owed, the general partner's payment, what is paid on to the partners."""

from collections.abc import Mapping
from datetime import date

from fund.givebacks.queries import CarryReturnSheet
from fund.ledger.rules import Account, Posting


def owed_postings(sheet: CarryReturnSheet, *, codes: Mapping[int, str], general_id: int) -> list[Posting]:
    """From the day of the test on it is the partners' capital and no longer the general partner's."""
    return [
        Posting(
            reference=f"{sheet.code}/{codes[line.partner_id]}/owed",
            effective_on=sheet.tested_on,
            debit=Account.CARRY_RETURNED,
            credit=Account.CARRY_RETURNED,
            amount=line.amount,
            memo=sheet.note,
            act=_act(sheet),
            debit_partner_id=general_id,
            credit_partner_id=line.partner_id,
        )
        for line in sheet.lines
    ]


def received_posting(sheet: CarryReturnSheet, *, general_id: int) -> Posting:
    """The general partner gives back what was distributed to it."""
    assert sheet.received_on is not None
    return Posting(
        reference=f"{sheet.code}/received",
        effective_on=sheet.received_on,
        debit=Account.CASH,
        credit=Account.DISTRIBUTIONS,
        amount=sheet.amount,
        memo=sheet.bank_reference or "",
        act=_act(sheet),
        credit_partner_id=general_id,
    )


def paid_postings(sheet: CarryReturnSheet, *, codes: Mapping[int, str], on: date) -> list[Posting]:
    """Each partner's part is distributed to it."""
    declared, payable = Account.DISTRIBUTIONS, Account.DISTRIBUTIONS_PAYABLE
    return [
        Posting(
            reference=f"{sheet.code}/{codes[line.partner_id]}/{step}",
            effective_on=on,
            debit=debit,
            credit=credit,
            amount=amount,
            memo=sheet.note,
            act=_act(sheet),
            debit_partner_id=line.partner_id,
            credit_partner_id=line.partner_id if credit == payable else None,
        )
        for line in sheet.lines
        for step, debit, credit, amount in (
            ("return-of-capital", declared, payable, line.return_of_capital),
            ("gain", declared, payable, line.gain),
            ("paid", payable, Account.CASH, line.amount),
        )
        if amount
    ]


def _act(sheet: CarryReturnSheet) -> str:
    return f"carryback:{sheet.id}"
