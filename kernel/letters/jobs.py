"""Sending a letter as durable work: one attempt, made while no transaction is held, then noted.

A worker killed between the server's yes and its note makes the attempt once more; both copies carry one Message-ID.
"""

from datetime import datetime

from kernel import work
from kernel.db import Tx
from kernel.letters import actions
from kernel.letters.post import Outcome, Outgoing, hand_over
from kernel.letters.queries import letter as sheet_of
from kernel.letters.rules import LetterState


@work.job("letter_send")
def letter_send(*, letter: int, at: str) -> str:
    """One attempt at sending a letter that still waits; returns what became of it."""
    draft = work.in_transaction("read", read, letter)
    if draft is None:
        return "over"
    is_sent, is_final, reason = work.outside("post", post, draft)
    return work.in_transaction("note", note, letter, bool(is_sent), bool(is_final), str(reason), at)


def read(tx: Tx, letter: int) -> dict[str, object] | None:
    """The letter as it leaves; None once it was sent or given up."""
    found = sheet_of(tx, letter_id=letter)
    if found.state is not LetterState.WAITING:
        return None
    return {
        "number": found.id,
        "recipient": found.recipient,
        "address": found.address,
        "subject": found.subject,
        "body": found.body,
        "written_at": found.recorded_at.isoformat(),
    }


def post(draft: dict[str, str]) -> tuple[bool, bool, str]:
    """Hand it over; holds no transaction."""
    written_at = datetime.fromisoformat(draft["written_at"])
    facts = {name: draft[name] for name in ("recipient", "address", "subject", "body")}
    outcome = hand_over(Outgoing(number=int(draft["number"]), written_at=written_at, **facts))
    return outcome.is_sent, outcome.is_final, outcome.reason


def note(tx: Tx, letter: int, is_sent: bool, is_final: bool, reason: str, at: str) -> str:
    """What became of the letter."""
    outcome = Outcome(is_sent, is_final, reason)
    actions.note(tx, letter_id=letter, outcome=outcome, now=datetime.fromisoformat(at))
    return sheet_of(tx, letter_id=letter).state.value
