"""Most favoured nation: what others with no larger a commitment were given, and the election of it.

The list is the manager's. It never reaches a partner, for it tells what another was promised.
"""

from dataclasses import dataclass
from datetime import date, datetime

from fund.capital.queries import commitments
from fund.charter.queries import terms as charter_terms
from fund.ledger.stamps import lock_books
from fund.partners.queries import partner
from fund.side_letters.actions import write_letter
from fund.side_letters.models import SideLetterElection
from fund.side_letters.queries import LetterSheet, in_force, letters
from fund.side_letters.rules import (
    NOTHING,
    LetterUnknown,
    NotOffered,
    Offer,
    check_election,
    elected,
    offers,
)
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role


@dataclass(frozen=True)
class Better:
    """Something that a partner with the right may elect, and the letter in which another was given it."""

    partner_id: int
    letter: LetterSheet
    offer: Offer


def better(tx: Tx, *, fund_id: int, as_of: date) -> list[Better]:
    """What each partner with the right may elect on a day, of the letters of others with no larger a commitment."""
    found = letters(tx, fund_id=fund_id)
    keys = dict.fromkeys(one.partner_id for one in found)
    holding = {key: in_force(found, partner_id=key, as_of=as_of) for key in keys}
    promised = commitments(tx, fund_id=fund_id, as_of=as_of)
    rate = charter_terms(tx, fund_id=fund_id, as_of=as_of).fee_rate
    lists = []
    for key, own in holding.items():
        if own is None or not own.terms.has_mfn:
            continue
        for other, letter in holding.items():
            if letter is None or other == key or promised.get(other, 0) > promised.get(key, 0):
                continue
            lists += [Better(key, letter, one) for one in offers(own.terms, letter.terms, fee_rate=rate)]
    return lists


def elect(
    tx: Tx,
    actor: Actor,
    *,
    partner_id: int,
    from_letter_id: int,
    offer: Offer,
    effective_on: date,
    note: str,
    now: datetime,
) -> LetterSheet:
    """Record that a partner elects what another was given: the next version of its letter holds it.

    Refused: a partner without the right, what is not offered to it on that day, and all that `write_letter` refuses.
    """
    actor.require(Role.MANAGER)
    fund_id = partner(tx, partner_id=partner_id).fund_id
    lock_books(tx, fund_id=fund_id)
    found = letters(tx, fund_id=fund_id)
    own = in_force(found, partner_id=partner_id, as_of=effective_on)
    other = next((one for one in found if one.id == from_letter_id), None)
    if other is None:
        raise LetterUnknown()
    offered = [
        one.offer
        for one in better(tx, fund_id=fund_id, as_of=effective_on)
        if one.partner_id == partner_id and one.letter.id == from_letter_id
    ]
    before = own.terms if own else NOTHING
    check_election(own=before, offered=offered, offer=offer)
    if own is None or any(one.partner_id == partner_id and one.version > own.version for one in found):
        # A version that is still to come would undo the election on its day.
        raise NotOffered()
    written = write_letter(
        tx,
        actor,
        partner_id=partner_id,
        terms=elected(before, other.terms, offer),
        effective_on=effective_on,
        document=own.document,
        note=note,
        read=own.version,
        elected=offer.promise,
        now=now,
    )
    _keep_election(tx, actor, written, from_letter_id, offer, now)
    return written


def _keep_election(
    tx: Tx, actor: Actor, written: LetterSheet, from_letter_id: int, offer: Offer, now: datetime
) -> None:
    tx.add(
        SideLetterElection(
            letter_id=written.id,
            from_letter_id=from_letter_id,
            promise=offer.promise,
            of_key=offer.key,
        )
    )
    tx.flush()
    detail = {"version": written.version}
    subject = f"partner:{written.partner_id}"
    record(tx, actor, action="side_letter.elected", subject=subject, detail=detail, now=now)
