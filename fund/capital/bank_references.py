"""Under which references of the bank partners' money is booked: each once, on a call or on a giveback."""

from sqlmodel import col, select

from fund.capital.models import Call, Receipt
from fund.capital.rules import BankReferenceTaken
from fund.indemnities.models import Indemnity, IndemnityReceipt
from kernel.db import Tx


def check_reference_free(tx: Tx, *, fund_id: int, reference: str) -> None:
    """Refuse a bank reference under which money that stands is booked already."""
    on_call = select(Call.code).join(Receipt, col(Receipt.call_id) == col(Call.id))
    on_giveback = select(Indemnity.code).join(
        IndemnityReceipt, col(IndemnityReceipt.indemnity_id) == col(Indemnity.id)
    )
    for statement, row in ((on_call, Receipt), (on_giveback, IndemnityReceipt)):
        taken = tx.exec(
            statement.where(
                col(row.fund_id) == fund_id,
                col(row.bank_reference) == reference,
                col(row.reversed_on).is_(None),
            )
        ).first()
        if taken is not None:
            raise BankReferenceTaken(reference=reference, call=taken)
