"""Withdrawing a version of a side letter before it holds."""

from datetime import datetime

from sqlmodel import select

from fund.capital.promises import hold_promises, worked_out
from fund.charter.withdrawal_rules import Use, VersionUnknown, check_withdrawal
from fund.ledger.stamps import stamp
from fund.partners.queries import partner
from fund.side_letters.models import SideLetterElection, SideLetterWithdrawal
from fund.side_letters.queries import LetterSheet, written_letters
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing


def _n(says: str) -> str:
    return says


ELECTED = _n("withdraw the letter that took it over")


def withdraw_letter(
    tx: Tx, actor: Actor, *, partner_id: int, version: int, reason: str, now: datetime
) -> LetterSheet:
    """Withdraw a version of a partner's letter before it holds; it stays on record and never does.

    Refused: what `check_withdrawal` finds. What was worked out under it is what `fund.capital.promises` says, and
    what another partner elected of it.
    """
    actor.require(Role.MANAGER)
    whose = partner(tx, partner_id=partner_id)
    hold_promises(tx, fund_id=whose.fund_id)
    written = written_letters(tx, fund_id=whose.fund_id, partner_id=partner_id)
    meant = next((one for one in written if one.version == version), None)
    if meant is None:
        raise VersionUnknown(version=version)
    used = worked_out(
        tx, fund_id=whose.fund_id, effective_on=meant.effective_on, recorded_at=meant.recorded_at
    )
    check_withdrawal(
        version=version,
        effective_on=meant.effective_on,
        is_withdrawn=meant.withdrawn is not None,
        latest=max((one.version for one in written if one.withdrawn is None), default=0),
        today=day_in_beijing(now),
        used=[*used, *_elected_of(tx, whose.fund_id, meant.id)],
        reason=reason,
    )
    row = SideLetterWithdrawal(
        letter_id=meant.id,
        reason=reason.strip(),
        recorded_by=actor.name,
        recorded_at=stamp(tx, fund_id=whose.fund_id, now=now),
    )
    tx.add(row)
    tx.flush()
    # The trail names the version and never what it promised, nor why: more people read the trail than the letter.
    detail = {"version": version}
    subject = f"partner:{partner_id}"
    record(tx, actor, action="side_letter.withdrawn", subject=subject, detail=detail, now=now)
    found = written_letters(tx, fund_id=whose.fund_id, partner_id=partner_id)
    return next(one for one in found if one.version == version)


def _elected_of(tx: Tx, fund_id: int, letter_id: int) -> list[Use]:
    """The letters that took something over from this one and stand."""
    taken = set(
        tx.exec(select(SideLetterElection.letter_id).where(SideLetterElection.from_letter_id == letter_id))
    )
    standing = [
        one for one in written_letters(tx, fund_id=fund_id) if one.id in taken and one.withdrawn is None
    ]
    return [Use(partner(tx, partner_id=one.partner_id).code, one.effective_on, ELECTED) for one in standing]
