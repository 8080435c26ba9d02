"""Matches page by page, in the order of their scores."""

from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.paging import DEFAULT_LIMIT, MAXIMUM_LIMIT, Page, PageInvalid, is_key
from pipeline.channel.queries import match, matches
from pipeline.channel.rules import MatchState
from pipeline.channel.sheets import MatchSheet


def matches_page(
    tx: Tx,
    *,
    actor: Actor,
    demand_id: int | None = None,
    achievement_id: int | None = None,
    state: MatchState | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[MatchSheet]:
    """The matches that `actor` may see, best first; `after` is the id of the last match seen."""
    if after is not None and not is_key(after):
        raise PageInvalid(maximum=MAXIMUM_LIMIT)
    last = match(tx, match_id=int(after), actor=actor) if after is not None else None
    found = matches(
        tx,
        actor=actor,
        demand_id=demand_id,
        achievement_id=achievement_id,
        state=state,
        behind=last,
        limit=limit + 1,
    )
    shown = tuple(found[:limit])
    return Page(shown, str(shown[-1].id) if len(found) > limit else None)
