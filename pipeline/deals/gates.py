"""What a deal lacks before it may go on: its own facts and, where money would move, its company's rights."""

from datetime import date

from kernel.db import Tx
from kernel.errors import Problem
from pipeline.deals.rules import DealFacts, Stage, missing
from pipeline.deals.sheets import DealSheet, facts_of
from pipeline.spinouts.queries import rights_missing


def facts_before(tx: Tx, *, about: DealSheet, target: Stage, on: date) -> DealFacts:
    """The deal as the rules see it on its way to `target`; rights are only looked up where they count."""
    lacking: tuple[Problem, ...] = ()
    if target == Stage.HELD and about.spinout_id is not None:
        lacking = rights_missing(
            tx, spinout_id=about.spinout_id, achievement_id=about.achievement_id, as_of=on
        )
    return facts_of(about, rights_missing=lacking)


def missing_before(tx: Tx, *, about: DealSheet, target: Stage, on: date) -> list[Problem]:
    """Everything that is lacking before the deal may enter `target`, in words; nothing is an empty list."""
    return missing(facts_before(tx, about=about, target=target, on=on), target)
