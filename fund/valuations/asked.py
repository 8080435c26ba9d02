"""Which valuation files wait for their committee, and for whom of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fund.holdings.queries import MarkSheet, holding_labels, marks_waiting
from fund.valuations.committee import CommitteeSheet, committee_on
from fund.valuations.committee_rules import CommitteeStanding
from fund.valuations.queries import files_of
from kernel.db import Tx
from kernel.identity.rules import Actor


@dataclass(frozen=True)
class Asked:
    """A draft whose file waits for somebody's answer, with the code and the name of its company."""

    code: str
    name: str
    mark: MarkSheet


def files_to_answer(tx: Tx, *, fund_id: int, on: date, actor: Actor) -> list[Asked]:
    """The drafts on whose files `actor` sits, is not recused and has not answered, the oldest day first."""
    labels = holding_labels(tx, fund_id=fund_id, actor=actor)
    found = []
    for mark, seated in _seated(tx, fund_id, on, actor):
        own = seated.of(actor.user_id)
        if own is not None and not own.is_recused and own.opinion is None:
            found.append(Asked(*labels[mark.holding_id], mark))
    return found


def undecided(tx: Tx, *, fund_id: int, on: date, actor: Actor) -> frozenset[int]:
    """The drafts, by their ids, on whose files a committee has not agreed: none of them can be put in force yet."""
    return frozenset(
        mark.id
        for mark, seated in _seated(tx, fund_id, on, actor)
        if seated.outcome.standing is not CommitteeStanding.AGREED
    )


def _seated(tx: Tx, fund_id: int, on: date, actor: Actor) -> Iterator[tuple[MarkSheet, CommitteeSheet]]:
    """The drafts that a committee answers, each with it."""
    drafts = marks_waiting(tx, fund_id=fund_id, actor=actor)
    filed = files_of(tx, mark_ids=[one.id for one in drafts], actor=actor)
    for one in drafts:
        seated = committee_on(tx, mark_id=one.id, on=on, actor=actor) if one.id in filed else None
        if seated is not None:
            yield one, seated
