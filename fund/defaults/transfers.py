"""Taking a transfer back by itself: not one by which a remedy was carried out, which goes back whole."""

from datetime import date, datetime

from fund.capital.acts import lock_capital
from fund.defaults.remedied import remedies
from fund.defaults.remedy_rules import RemedyState, TransferOfRemedy
from fund.fees.transfers import undo_transfer as take_back
from fund.interests.queries import TransferSheet, transfer
from kernel.db import Tx
from kernel.identity.rules import Actor, Role


def undo_transfer(
    tx: Tx, actor: Actor, *, transfer_id: int, reason: str, undone_on: date, now: datetime
) -> TransferSheet:
    """Take a booked transfer back as `fund.fees.transfers.undo_transfer` does. Refused: one of a remedy in force."""
    actor.require(Role.MANAGER)
    sheet = transfer(tx, transfer_id=transfer_id)
    lock_capital(tx, fund_id=sheet.fund_id)
    for one in remedies(tx, fund_id=sheet.fund_id):
        if one.state is RemedyState.EXECUTED and f"transfer:{transfer_id}" in one.acts:
            raise TransferOfRemedy(transfer=sheet.code)
    return take_back(tx, actor, transfer_id=transfer_id, reason=reason, undone_on=undone_on, now=now)
