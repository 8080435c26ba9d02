"""The account that partners pay to: what it must say, and who may put it in force. Pure."""

from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Problem

SHORTEST = 8
LONGEST = 64


class FundAccountInvalid(Invalid):
    code = "fund_account_invalid"
    says = "These details of the account are not complete."


class FundAccountWaiting(Conflict):
    code = "fund_account_waiting"
    says = "A change of this account waits for somebody else already; decide on that one first."


class FundAccountUnchanged(Conflict):
    code = "fund_account_unchanged"
    says = "These are the details that hold."


class FundAccountUnknown(NotFound):
    code = "fund_account_unknown"
    says = "No change of the account waits for a decision."


class OwnFundAccount(Forbidden):
    code = "fund_account_own_work"
    says = "{preparer} prepared this change of the account; somebody else must approve it."


def check_account(*, bank_name: str, account_name: str, account_no: str, reason: str) -> None:
    """Refuse details with a part missing, a number that is none, and a change that nobody vouches for."""
    named = {"bank_name": bank_name, "account_name": account_name, "reason": reason}
    problems = [Problem(name, "is needed") for name, text in named.items() if not text.strip()]
    digits = account_no.replace(" ", "").replace("-", "")
    if not (digits.isascii() and digits.isalnum() and SHORTEST <= len(digits) <= LONGEST):
        problems.append(
            Problem("account_no", "expected {least} to {most} digits", {"least": SHORTEST, "most": LONGEST})
        )
    if problems:
        raise FundAccountInvalid(problems=problems)


def check_decider(*, preparer_id: int | None, preparer: str, decider_id: int | None) -> None:
    """Refuse an approval by whoever prepared the change, or by nobody."""
    if decider_id is None or decider_id == preparer_id:
        raise OwnFundAccount(preparer=preparer)
