"""What a return of carry books: what is owed, the general partner's payment, what is paid on to the partners;
and what a release from escrow books.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from fund.givebacks.escrow import ReleaseSheet
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


def received_postings(sheet: CarryReturnSheet, *, used: Mapping[int, int], general_id: int) -> list[Posting]:
    """The general partner gives back what was distributed to it, first what is `used` of escrow, by who bore it."""
    assert sheet.received_on is not None
    facts: dict[str, Any] = {
        "effective_on": sheet.received_on,
        "memo": sheet.bank_reference or "",
        "act": _act(sheet),
    }
    own = Posting(
        reference=f"{sheet.code}/received",
        debit=Account.CASH,
        credit=Account.DISTRIBUTIONS,
        amount=sheet.amount - sheet.from_escrow,
        credit_partner_id=general_id,
        **facts,
    )
    held = Posting(
        reference=f"{sheet.code}/escrow",
        debit=Account.CASH,
        credit=Account.CARRY_ESCROW_CASH,
        amount=sheet.from_escrow,
        **facts,
    )
    moved = _out_of_escrow(sheet.code, used, general_id, facts)
    return [one for one in (*moved, held, own) if one.amount]


def release_postings(sheet: ReleaseSheet, *, parts: Mapping[int, int], general_id: int) -> list[Posting]:
    """Carry that was earned and kept is paid: distributed to the general partner, out of the escrow account."""
    facts: dict[str, Any] = {
        "effective_on": sheet.released_on,
        "memo": sheet.note,
        "act": f"escrow:{sheet.id}",
    }
    payable = Account.DISTRIBUTIONS_PAYABLE
    return [
        *_out_of_escrow(sheet.code, parts, general_id, facts),
        Posting(
            reference=f"{sheet.code}/declared",
            debit=Account.DISTRIBUTIONS,
            credit=payable,
            amount=sheet.amount,
            debit_partner_id=general_id,
            credit_partner_id=general_id,
            **facts,
        ),
        Posting(
            reference=f"{sheet.code}/paid",
            debit=payable,
            credit=Account.CARRY_ESCROW_CASH,
            amount=sheet.amount,
            debit_partner_id=general_id,
            **facts,
        ),
    ]


def _out_of_escrow(
    code: str, parts: Mapping[int, int], general_id: int, facts: Mapping[str, Any]
) -> Iterator[Posting]:
    """What was earned and kept is earned like the rest, partner by partner."""
    escrowed, earned = Account.CARRY_ESCROWED, Account.CARRY_EARNED
    for partner_id, amount in parts.items():
        sides = {"escrow": (escrowed, general_id, partner_id), "earned": (earned, partner_id, general_id)}
        for step, (account, debit_id, credit_id) in sides.items():
            yield Posting(
                reference=f"{code}/{step}/{partner_id}",
                debit=account,
                credit=account,
                amount=amount,
                debit_partner_id=debit_id,
                credit_partner_id=credit_id,
                **facts,
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
