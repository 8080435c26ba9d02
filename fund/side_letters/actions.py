"""Writing down what a partner was promised beside the charter."""

from datetime import date, datetime

from fund.charter.life import check_days
from fund.charter.queries import life
from fund.ledger.locks import locked_through
from fund.ledger.rules import check_day_open
from fund.ledger.stamps import lock_books, stamp
from fund.partners.queries import partner
from fund.side_letters.models import SideLetter, SideLetterClause, SideLetterExcuse
from fund.side_letters.queries import LetterSheet, letters, written_letters
from fund.side_letters.rules import LetterTerms, Promise, check_letter, check_version
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.errors import Problem
from kernel.identity.rules import Actor, Role

# What of a letter stands in its own row; rights and clauses have rows of theirs.
OWN = ("fee_rate", "basis_discount", "has_mfn", "language")


def write_letter(
    tx: Tx,
    actor: Actor,
    *,
    partner_id: int,
    terms: LetterTerms,
    effective_on: date,
    document: str = "",
    note: str,
    read: int | None = None,
    elected: Promise | None = None,
    now: datetime,
) -> LetterSheet:
    """Write the next version of a partner's letter, in force from `effective_on`.

    `read` is the version that the writer has before it (0: none), `elected` what is taken over from another. Refused:
    terms that cannot be promised, a version written meanwhile, a day before the version it follows, within a locked
    quarter or outside the fund's life.
    """
    actor.require(Role.MANAGER)
    check_letter(terms, note=note)
    whose = partner(tx, partner_id=partner_id)
    # Held until the end, so that no quarter is locked between the question and the writing.
    lock_books(tx, fund_id=whose.fund_id)
    check_days(life(tx, fund_id=whose.fund_id), effective_on=effective_on)
    what = Problem("", "side letter {partner}", {"partner": whose.code})
    check_day_open(effective_on, locked_through(tx, fund_id=whose.fund_id), what=what)
    latest = _latest(tx, whose.fund_id, partner_id, effective_on, read)
    row = SideLetter(
        fund_id=whose.fund_id,
        partner_id=partner_id,
        version=latest + 1,
        effective_on=effective_on,
        **{name: getattr(terms, name) for name in OWN},
        elected=elected,
        document=document.strip(),
        note=note.strip(),
        recorded_by=actor.name,
        recorded_at=stamp(tx, fund_id=whose.fund_id, now=now),
    )
    tx.add(row)
    tx.flush()
    _write_parts(tx, row.key, terms)
    # The trail names the version and never what it promises: more people read the trail than the letter.
    detail = {"version": row.version, "effective_on": effective_on.isoformat()}
    subject = f"partner:{partner_id}"
    record(tx, actor, action="side_letter.written", subject=subject, detail=detail, now=now)
    return letters(tx, fund_id=whose.fund_id, partner_id=partner_id)[-1]


def _latest(tx: Tx, fund_id: int, partner_id: int, effective_on: date, read: int | None) -> int:
    """The number of the version before, 0 for none; refused where another cannot follow it so."""
    before = written_letters(tx, fund_id=fund_id, partner_id=partner_id)
    standing = [one for one in before if one.withdrawn is None]
    last = standing[-1] if standing else None
    latest_on = last.effective_on if last else None
    check_version(
        effective_on=effective_on, latest_on=latest_on, read=read, latest=last.version if last else 0
    )
    # The number of a version that was withdrawn is not given again.
    return before[-1].version if before else 0


def _write_parts(tx: Tx, letter_id: int, terms: LetterTerms) -> None:
    tx.add_all(
        SideLetterExcuse(letter_id=letter_id, dimension=one.dimension, of_key=one.key.strip())
        for one in terms.excuses
    )
    tx.add_all(
        SideLetterClause(
            letter_id=letter_id,
            position=position,
            **{name: text.strip() for name, text in vars(one).items()},
        )
        for position, one in enumerate(terms.clauses, start=1)
    )
    tx.flush()
