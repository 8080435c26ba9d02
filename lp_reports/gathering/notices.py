"""The notices of an act, gathered: one for each partner that has a part in it, by the figures known at its instant."""

from kernel.db import Tx
from kernel.errors import Conflict
from lp_reports.gathering import notice_calls, notice_distributions, notice_givebacks, notice_nettings
from lp_reports.notice import Notice
from lp_reports.rules import Act


def gather(tx: Tx, *, act: Act, act_id: int) -> dict[int, Notice]:
    """By partner, what it is told of an act. Refused: one of which no notice was given.

    Gathered again after whatever happened since, the figures are the same.
    """
    if act is Act.CALL:
        return notice_calls.gather(tx, call_id=act_id)
    if act is Act.DISTRIBUTION:
        return notice_distributions.gather(tx, distribution_id=act_id)
    if act is Act.NETTING:
        return notice_nettings.gather(tx, netting_id=act_id)
    return notice_givebacks.gather(tx, indemnity_id=act_id)


def is_given(tx: Tx, *, act: Act, act_id: int) -> bool:
    """Whether notice of an act was given here, so that it can be had on paper."""
    try:
        if act is Act.CALL:
            notice_calls.check_given(tx, call_id=act_id)
        elif act is Act.DISTRIBUTION:
            notice_distributions.check_given(tx, distribution_id=act_id)
        elif act is Act.NETTING:
            notice_nettings.check_given(tx, netting_id=act_id)
        else:
            notice_givebacks.check_given(tx, indemnity_id=act_id)
    except Conflict:
        return False
    return True
