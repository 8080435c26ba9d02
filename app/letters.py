"""What is written to the partners' people: a call is due, a report is there. A link each, nothing attached.

Each letter goes to one contact of one partner and says nothing of another. Letters are written only where a mail
server is set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.formats import money, percent
from app.languages import Language, half, say
from fund.capital.queries import call_sheet
from fund.capital.reminders import reminders
from fund.capital.rules import ReminderKind
from fund.charter.queries import FundSheet, fund
from fund.charter.rules import Language as Wanted
from fund.defaults.queries import default
from fund.indemnities.queries import indemnity
from fund.partners.queries import ContactSheet, contacts, partner
from kernel import work
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.instants import day_in_beijing
from kernel.letters.actions import write
from kernel.letters.post import link
from lp_reports.queries import report


@dataclass(frozen=True)
class Wording:
    """A letter's sentences as templates."""

    subject: str
    lines: tuple[str, ...]


def _n(says: str) -> str:
    return says


DUE_SOON = Wording(
    _n("Reminder: call {call} is due on {due_on}"),
    (
        _n("{name}: the part of {partner} in call {call} of {fund} is due on {due_on}."),
        _n("Still to be paid: {amount} yuan."),
        _n("The notice is in your account, after signing in: {link}"),
    ),
)
OVERDUE = Wording(
    _n("Overdue: call {call} was due on {due_on}"),
    (
        _n(
            "{name}: the part of {partner} in call {call} of {fund} was due on {due_on} and is not paid in full."
        ),
        _n("Still to be paid: {amount} yuan."),
        _n("The notice is in your account, after signing in: {link}"),
    ),
)
DEFAULT = Wording(
    _n("Notice of default: call {call} was due on {due_on}"),
    (
        _n("{name}: {partner} has not paid its part in call {call} of {fund}, which was due on {due_on}."),
        _n("Owed on {noticed_on}: {amount} yuan. Interest at {rate} a year runs from the due date."),
        _n("The default is cured by paying both by {cure_until}."),
        _n("The notice is in your account, after signing in: {link}"),
    ),
)
GIVEBACK = Wording(
    _n("Notice: distributions are to be given back by {due_on}"),
    (
        _n("{name}: under its charter {fund} asks {partner} to give distributions back ({giveback})."),
        _n("To be given back: {amount} yuan by {due_on}. What it pays: {reason}"),
        _n("The notice is in your account, after signing in: {link}"),
    ),
)
PUBLISHED = Wording(
    _n("The report {number} is published"),
    (
        _n("{name}: the report of {fund} for {quarter} to {partner} is published."),
        _n("Read it in your account, after signing in: {link}"),
    ),
)
CLOSING = _n("This letter was written by the fund's software; please do not answer it.")


@work.job("reminder_letters")
def reminder_letters(*, call: int, partner: int, kind: str, at: str) -> int:
    """Write to everybody at a partner who gets notices; returns how many letters were written now."""
    return work.in_transaction("write", remind, call, partner, kind, at)


@work.job("default_letters")
def default_letters(*, default: int, at: str) -> int:
    """Write to everybody at a partner who gets notices that it is in default; returns how many letters."""
    return work.in_transaction("write", notify, default, at)


@work.job("indemnity_letters")
def indemnity_letters(*, indemnity: int, partner: int, at: str) -> int:
    """Write to everybody at a partner who gets notices that it is to give distributions back."""
    return work.in_transaction("write", ask_back, indemnity, partner, at)


@work.job("report_letters")
def report_letters(*, report: int, at: str) -> int:
    """Write to everybody at a partner who gets reports that one is published; returns how many letters."""
    return work.in_transaction("write", announce, report, at)


def remind(tx: Tx, call: int, partner_id: int, kind: str, at: str) -> int:
    """The one step of a reminder, for what was outstanding when it was noted."""
    noted = [one for one in reminders(tx, call_id=call) if (one.partner_id, one.kind) == (partner_id, kind)]
    if not noted:
        return 0
    sheet = call_sheet(tx, call_id=call)
    facts = {
        "call": sheet.call.code,
        "due_on": sheet.call.due_on,
        "amount": money(noted[0].outstanding),
        "link": link(f"/fund/calls/{call}"),
    }
    wording = DUE_SOON if ReminderKind(kind) is ReminderKind.DUE_SOON else OVERDUE
    now = datetime.fromisoformat(at)
    found = contacts(tx, partner_id=partner_id, as_of=day_in_beijing(now))
    readers = [one for one in found if one.receives_notices]
    of = fund(tx, fund_id=sheet.call.fund_id)
    return write_letters(tx, of, partner_id, readers, f"call:{call}:{kind}", wording, facts, now)


def notify(tx: Tx, default_id: int, at: str) -> int:
    """The one step of a notice of default, for what was owed when it was given."""
    now = datetime.fromisoformat(at)
    sheet = default(tx, default_id=default_id, as_of=day_in_beijing(now))
    facts = {
        "call": sheet.call,
        "due_on": sheet.due_on,
        "noticed_on": sheet.noticed_on,
        "cure_until": sheet.cure_until,
        "amount": money(sheet.noticed_owed),
        "rate": percent(sheet.rate),
        "link": link(f"/fund/calls/{sheet.call_id}"),
    }
    found = contacts(tx, partner_id=sheet.partner_id, as_of=day_in_beijing(now))
    readers = [one for one in found if one.receives_notices]
    of = fund(tx, fund_id=sheet.fund_id)
    return write_letters(tx, of, sheet.partner_id, readers, f"default:{default_id}", DEFAULT, facts, now)


def ask_back(tx: Tx, indemnity_id: int, partner_id: int, at: str) -> int:
    """The one step of a notice of a giveback; nothing is written once it was taken back."""
    sheet, now = indemnity(tx, indemnity_id=indemnity_id), datetime.fromisoformat(at)
    line = sheet.line(partner_id)
    if line is None or sheet.cancelled_on is not None:
        return 0
    facts = {
        "giveback": sheet.code,
        "due_on": sheet.due_on,
        "amount": money(line.amount),
        "reason": sheet.reason,
        "link": link(f"/fund/indemnities/{indemnity_id}"),
    }
    found = contacts(tx, partner_id=partner_id, as_of=day_in_beijing(now))
    readers = [one for one in found if one.receives_notices]
    of = fund(tx, fund_id=sheet.fund_id)
    return write_letters(tx, of, partner_id, readers, f"indemnity:{indemnity_id}", GIVEBACK, facts, now)


def announce(tx: Tx, report_id: int, at: str) -> int:
    """The one step of an announcement; in the language of the edition."""
    sheet, now = report(tx, actor=SYSTEM, report_id=report_id), datetime.fromisoformat(at)
    facts = {"number": sheet.number, "quarter": sheet.quarter, "link": link(f"/reports/{report_id}")}
    found = contacts(tx, partner_id=sheet.partner_id, as_of=day_in_beijing(now))
    readers = [one for one in found if one.receives_reports and one.language in (Wanted.BOTH, sheet.language)]
    of = fund(tx, fund_id=sheet.fund_id)
    return write_letters(tx, of, sheet.partner_id, readers, f"report:{report_id}", PUBLISHED, facts, now)


def write_letters(
    tx: Tx,
    of: FundSheet,
    partner_id: int,
    readers: Sequence[ContactSheet],
    about: str,
    wording: Wording,
    facts: Mapping[str, object],
    now: datetime,
) -> int:
    """Write to some of a partner's people, each in its languages; returns how many letters were written now."""
    named = partner(tx, partner_id=partner_id)
    written = 0
    for reader in readers:
        chosen = _languages(reader.language)
        parts = []
        for language in chosen:
            is_zh = language is Language.ZH
            told = {
                **facts,
                "reason": half(language, str(facts.get("reason", ""))),
                "name": reader.name,
                "fund": of.name_zh if is_zh else of.name_en or of.name_zh,
                "partner": named.name_zh if is_zh else named.name_en or named.name_zh,
            }
            parts.append("\n".join(say(language, line, told) for line in (*wording.lines, CLOSING)))
        number = write(
            tx,
            about=about,
            partner_id=partner_id,
            recipient=reader.name,
            address=reader.email,
            subject=say(chosen[0], wording.subject, facts),
            body="\n\n".join(parts) + "\n",
            now=now,
        )
        written += number is not None
    return written


def _languages(wanted: Wanted) -> tuple[Language, ...]:
    if wanted is Wanted.BOTH:
        return (Language.ZH, Language.EN)
    return (Language.ZH,) if wanted is Wanted.ZH else (Language.EN,)
