"""The notices of an act, gathered: one for each partner that has a part in it, by the figures known at its instant."""

from collections.abc import Callable, Mapping

from kernel.db import Tx
from kernel.errors import Conflict
from lp_reports.gathering import notice_calls, notice_distributions, notice_givebacks, notice_nettings
from lp_reports.notice import Notice
from lp_reports.rules import Act

# For each act how it is gathered, and how one is refused of which no notice was given.
OF: Mapping[Act, tuple[Callable[..., dict[int, Notice]], Callable[..., None]]] = {
    Act.CALL: (notice_calls.gather, notice_calls.check_given),
    Act.DISTRIBUTION: (notice_distributions.gather, notice_distributions.check_given),
    Act.NETTING: (notice_nettings.gather, notice_nettings.check_given),
    Act.INDEMNITY: (notice_givebacks.gather, notice_givebacks.check_given),
}


def gather(tx: Tx, *, act: Act, act_id: int) -> dict[int, Notice]:
    """By partner, what it is told of an act. Refused: one of which no notice was given.

    Gathered again after whatever happened since, the figures are the same.
    """
    gathered, _ = OF[act]
    return gathered(tx, act_id=act_id)


def is_given(tx: Tx, *, act: Act, act_id: int) -> bool:
    """Whether notice of an act was given here, so that it can be had on paper."""
    _, check_given = OF[act]
    try:
        check_given(tx, act_id=act_id)
    except Conflict:
        return False
    return True
