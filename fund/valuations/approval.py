"""Who may put a mark in force under the fund's valuation policy, and when a mark needs a file for it."""

from fund.valuations.policy import Policy
from kernel.errors import Conflict, Forbidden, Invalid


class FileNeeded(Conflict):
    code = "valuation_file_needed"
    says = "The valuation policy asks for a full valuation file ({why})."


class MinuteMissing(Invalid):
    code = "valuation_minute_missing"
    says = "The valuation policy asks for the minute of the committee that approved the mark."


class FilePreparerApproves(Forbidden):
    code = "valuation_preparer_approves"
    says = "{name} prepared the valuation file and cannot approve its mark."


class NotAnApprover(Forbidden):
    code = "valuation_not_an_approver"
    says = "The valuation policy lets {approvers} approve marks, not {name}."


def check_may_approve(
    *,
    name: str,
    is_preparer: bool,
    is_named: bool,
    policy: Policy | None,
    is_minuted: bool,
) -> None:
    """Refuse whoever prepared the file, whoever the policy does not name among its approvers, and a missing minute."""
    if is_preparer:
        raise FilePreparerApproves(name=name)
    if policy is None:
        return
    if policy.approvers and not is_named:
        raise NotAnApprover(approvers=", ".join(policy.approvers), name=name)
    if policy.needs_minute and not is_minuted:
        raise MinuteMissing()
