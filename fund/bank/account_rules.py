"""The account that partners pay to: what it must say, and who may put it in force. Pure."""

from datetime import date

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


class FundAccountChanged(Conflict):
    code = "fund_account_changed"
    says = "Another change of the account waits by now; look at it before you decide."


class FundAccountBackdated(Invalid):
    code = "fund_account_backdated"
    says = "An account that replaces another cannot be in force before {today}: notices say since when it is unchanged."


class FundAccountAhead(Conflict):
    code = "fund_account_ahead"
    says = "This account is in force from {since_on}; approve it on that day, since notices name it from then on."


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


def check_replacing(*, since_on: date, today: date) -> None:
    """Refuse a new account that would pass for an old one."""
    if since_on < today:
        raise FundAccountBackdated(today=today)


def check_decided(*, seen: int, waiting: int) -> None:
    """Refuse a decision on another change than the one that was looked at."""
    if seen != waiting:
        raise FundAccountChanged()


def check_begun(*, since_on: date, today: date) -> None:
    """Refuse to put an account in force before its day."""
    if since_on > today:
        raise FundAccountAhead(since_on=since_on)
