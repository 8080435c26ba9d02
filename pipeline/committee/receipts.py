"""A voter's receipt: the commitment given when a ballot was cast, found again after the close.

Before the close a receipt proves nothing to anybody, and is not looked up: whether it is kept would tell who has
voted. Afterwards anyone on the committee can see that the ballot behind it was kept as it was cast.
"""

from dataclasses import dataclass

from kernel.db import Tx
from kernel.errors import NotFound
from kernel.identity.rules import Actor
from pipeline.committee.ballot_rules import commitment
from pipeline.committee.minutes import Vote, minutes


class ReceiptUnknown(NotFound):
    code = "receipt_unknown"
    says = "No ballot on this motion has that receipt; if you were given it, tell the auditor."


@dataclass(frozen=True)
class Receipt:
    """The ballot behind a receipt, and whether it still opens the commitment that was handed out."""

    vote: Vote
    is_intact: bool


def receipt(tx: Tx, *, actor: Actor, motion_id: int, handed_out: str) -> Receipt:
    """The ballot behind `handed_out`; refused before the count (NotDecided), and for another receipt."""
    told = minutes(tx, actor=actor, motion_id=motion_id)
    vote = next((one for one in told.votes if one.commitment == handed_out.strip().lower()), None)
    if vote is None:
        raise ReceiptUnknown
    opened = commitment(motion=told.code, seat=vote.seat, choice=vote.choice, nonce=vote.nonce)
    return Receipt(vote, opened == vote.commitment)
