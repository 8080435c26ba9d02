"""Who may be a partner, and what of a partner's particulars may be shown to whom."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fund.charter.rules import Language
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Problem

__all__ = ["BankDetails", "Language", "PartnerKind", "mask"]


class PartnerKind(StrEnum):
    """Limited partners risk their commitment; the general partner runs the fund and earns the carry."""

    LIMITED = "limited"
    GENERAL = "general"


class PartnerInvalid(Invalid):
    code = "partner_invalid"
    says = "This partner cannot be admitted."


class PartnerTaken(Conflict):
    code = "partner_taken"
    says = "{what} is already a partner of this fund, as {code}."


class SecondGeneralPartner(Conflict):
    code = "second_general_partner"
    says = "{code} is the general partner of this fund; there is only one."


class PartnerUnknown(NotFound):
    code = "partner_unknown"
    says = "There is no such partner."


class ContactInvalid(Invalid):
    code = "contact_invalid"
    says = "A contact needs a name and a way to be reached."


class ContactUnknown(NotFound):
    code = "contact_unknown"
    says = "There is no such contact."


class BankInvalid(Invalid):
    code = "bank_invalid"
    says = "Bank details need the bank, the name of the account and its number."


class BankChangeUnknown(NotFound):
    code = "bank_change_unknown"
    says = "No change of the bank details waits for a decision."


class BankChangeOther(Conflict):
    code = "bank_change_other"
    says = "Another change of the account waits by now; look at it before you decide."


class BankChangeWaiting(Conflict):
    code = "bank_change_waiting"
    says = "A change of these bank details waits already; decide on it first."


class BankUnchanged(Conflict):
    code = "bank_unchanged"
    says = "The partner is paid to this account already."


class BankNeedsAnother(Forbidden):
    code = "approver_is_preparer"
    says = "Bank details are changed by two people: somebody else must approve what you have prepared."


class ReasonNeeded(Invalid):
    code = "bank_reason_needed"
    says = "Say how the change was confirmed: who was called, on which number."


class ContactEnded(Conflict):
    code = "contact_ended"
    says = "This contact has ended already, on {ended_on}."


@dataclass(frozen=True)
class BankDetails:
    """Where a partner is paid. `account_no` is whole only for those who pay; everybody else sees its end."""

    bank_name: str
    account_name: str
    account_no: str
    unchanged_since: date
    is_masked: bool


def check_admission(*, code: str, kind: PartnerKind, bears_carry: bool) -> None:
    """Refuse, naming each fault: a missing code, or a general partner that would pay carry to itself."""
    problems = []
    if not code.strip():
        problems.append(Problem("code", "the code is missing"))
    if kind is PartnerKind.GENERAL and bears_carry:
        problems.append(Problem("bears_carry", "the general partner earns the carry and cannot bear it"))
    if problems:
        raise PartnerInvalid(problems=problems)


def check_contact(*, name: str, email: str, phone: str) -> None:
    """Refuse a contact nobody could reach."""
    if not name.strip() or not (email.strip() or phone.strip()):
        raise ContactInvalid()
    if email.strip() and "@" not in email.strip()[1:-1]:
        says = "“{email}” is not an e-mail address"
        raise ContactInvalid(problems=[Problem("email", says, {"email": email})])


def check_bank(*, bank_name: str, account_name: str, account_no: str) -> None:
    """Refuse incomplete bank details, and a number that holds anything but digits, spaces and hyphens."""
    digits = account_no.replace(" ", "").replace("-", "")
    if not bank_name.strip() or not account_name.strip() or not digits:
        raise BankInvalid()
    if not digits.isascii() or not digits.isdigit() or len(digits) < 8:
        raise BankInvalid(problems=[Problem("account_no", "expected at least eight digits")])


def check_reason(reason: str) -> None:
    """Refuse a change of bank details that nobody says how it was confirmed."""
    if not reason.strip():
        raise ReasonNeeded(problems=[Problem("reason", "This is needed.")])


def check_seen(*, seen: int, waiting: int) -> None:
    """Refuse a decision on another change than the one that was looked at."""
    if seen != waiting:
        raise BankChangeOther()


def check_approver(*, preparer_id: int | None, approver_id: int | None) -> None:
    """Refuse an approval by the preparer; the system, which is nobody, cannot approve its own either."""
    if preparer_id == approver_id:
        raise BankNeedsAnother()


def mask(account_no: str) -> str:
    """The last four digits behind dots: "•••• 0123"."""
    return f"•••• {account_no.replace(' ', '').replace('-', '')[-4:]}"
