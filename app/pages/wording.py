"""What a page says after something was done: a code in the address, a sentence on the page."""

from app.languages import Language, translations


def _n(says: str) -> str:
    return says


def _field(name: str) -> str:
    return name


# Names of fields that are told in histories and refusals, and parts of sentences that rooms put together.
FIELDS = (
    _field("name"),
    _field("origin"),
    _field("round_name"),
    _field("party_id"),
    _field("reason"),
    _field("due_on"),
    _field("value"),
    _field("quantity"),
    _field("login"),
    _field("items"),
    _field("conditions"),
    _field("limits"),
    _field("partners"),
    _field("kind"),
    _field("effective_on"),
)
PARTS = (
    _n("this needs a manager or an analyst"),
    _n("this needs a technology manager"),
    _n("this needs somebody of an enterprise"),
    _n("the enterprise is not on record as interested in the deal"),
    _n("expected a day"),
    _n("expected text"),
    _n("expected a whole number, not below zero"),
    _n("“{value}” is not one of the choices"),
)

DONE = {
    "language": _n("The language was switched."),
    "deal.registered": _n("The deal was registered."),
    "deal.edited": _n("The deal was changed."),
    "deal.moved": _n("The deal was moved."),
    "deal.held": _n("The deal was put on hold."),
    "deal.passed": _n("The deal was passed on; its history stays."),
    "deal.reactivated": _n("The deal is active again."),
    "entry.reversed": _n("The entry was reversed; both stay in the books."),
    "password.changed": _n("The password is changed; every other session has ended."),
    "user.reset": _n("The one-time password was shown once; make another if it is lost."),
    "fund.opened": _n("The fund is open, with its chart of accounts."),
    "terms.amended": _n("The new version of the terms is written down; the former ones stay."),
    "party.registered": _n("The party is on record."),
    "party.edited": _n("The party was changed; the trail keeps what was."),
    "relation.added": _n("The relation is on record; conflict rules judge by it."),
    "relation.ended": _n("The relation has an end; what it was stays on record."),
    "contact.added": _n("The contact is on record."),
    "contact.ended": _n("Nothing more is sent to this contact."),
    "partner.language": _n("The partner is written to in the language chosen."),
    "bank.proposed": _n(
        "The change waits for somebody else to approve it; until then the old account holds."
    ),
    "bank.approved": _n("Approved: from now on the partner is paid to the new account."),
    "bank.refused": _n("The change was turned down; the account stays as it was."),
    "period.reopened": _n("The period is open again; the reason is on record."),
    "seat.given": _n("The seat is given."),
    "seat.ended": _n("The seat ends on that day."),
    "policy.adopted": _n("The policy is adopted; motions already opened keep the one they have."),
    "card.adopted": _n("The scorecard is adopted; rounds already opened keep the one they have."),
    "user.added": _n("Added. Give the person a role, else nothing can be seen."),
    "user.granted": _n("The role was given."),
    "user.ended": _n("The role was taken away."),
    "user.shut": _n("Shut out; every session and token has ended."),
    "user.let": _n("The person may sign in again."),
    "deal.interest": _n("The enterprise is on record; its people see the teaser."),
    "call.drafted": _n("The call is drafted; somebody else must approve it."),
    "call.approved": _n("Approved. Issuing it gives notice and books what is owed."),
    "call.issued": _n("Issued: notice is given and every partner's part is booked."),
    "call.received": _n("The receipt is booked."),
    "call.cancelled": _n("The call was withdrawn."),
    "distribution.drafted": _n("The distribution is worked out; somebody else must approve it."),
    "distribution.approved": _n("Approved. Paying it books every partner's part."),
    "distribution.paid": _n("Paid and booked."),
    "distribution.cancelled": _n("The distribution was withdrawn."),
    "fee.charged": _n("The fee is charged, partner by partner."),
    "fee.adjusted": _n(
        "The fee is what its terms and bases make of it today; only the difference has moved."
    ),
    "fee.paid": _n("The payment of the fee is booked."),
    "relief.proposed": _n("Written down; somebody else must approve it before it counts."),
    "relief.approved": _n("Approved: it counts from its day on."),
    "relief.refused": _n("Turned down; nothing was booked."),
    "expense.booked": _n("The expense is booked."),
    "act.undone": _n("Taken back: the entries are reversed, and both stay in the books."),
    "holding.bought": _n("The purchase is booked."),
    "holding.sold": _n("The sale is booked."),
    "holding.written_off": _n("Written off and booked."),
    "holding.income": _n("The income is booked."),
    "mark.rejected": _n("The mark was turned down; another may be prepared for its day."),
    "receipt.reversed": _n("The receipt was reversed; its bank reference is free again."),
    "call.loaded": _n("The call from before is written down; receipts can be booked on it."),
    "call.passed_on": _n("The earlier partners are paid."),
    "close.made": _n("The close is made; its call is issued."),
    "mark.prepared": _n("The mark is prepared; somebody else must approve it."),
    "holding.help": _n("On record; the next reports print it."),
    "mark.approved": _n("Approved: the books follow the new value."),
    "motion.declared": _n("Your declaration is on record."),
    "ballot.cast": _n("Your ballot is cast and sealed."),
    "motion.drafted": _n("The motion is drafted."),
    "motion.papers": _n("The papers are locked; the seats may declare their interests."),
    "motion.conflicts": _n("Every seat was held against the relations on record."),
    "seat.suspended": _n("The seat is suspended; it votes no more."),
    "recusal.asked": _n("Asked; a second person must confirm it."),
    "recusal.withdrawn": _n("The seat is back in."),
    "motion.opened": _n("The vote is open."),
    "motion.minuted": _n("The minutes are adopted."),
    "motion.closed": _n("The vote is closed and counted."),
    "quarter.close_asked": _n("The quarter is being closed; how far it is stands beside the list."),
    "reports.asked": _n("The reports are being drawn up; how far they are stands beside the list."),
    "report.reviewed": _n("Noted as read."),
    "report.approved": _n("Approved: exactly this file may be published."),
    "report.published": _n("Published: its partner can read it now."),
    "report.sent_back": _n("Back to draft, with what must change."),
    "scores.sealed": _n("Your scores are sealed."),
    "scorer.seated": _n("The scorer is asked."),
    "scorer.excused": _n("The round no longer waits for this scorer."),
    "round.opened": _n("The round is open; give its seats to scorers."),
    "round.concluded": _n("Concluded: the total stands on the deal."),
    "workstream.opened": _n("The workstream is open."),
    "workstream.checked": _n("Noted, with your name and the time."),
    "workstream.concluded": _n("Concluded and locked."),
    "workstream.reopened": _n("Open again; the deal is blocked until it is concluded."),
    "finding.signed": _n("The finding is signed."),
    "document.put": _n("The document is in the folder."),
    "document.accepted": _n("Accepted: others with access to the folder see it."),
    "document.declined": _n("Declined; it stays with whoever put it in."),
    "folder.opened": _n("The folder is open."),
    "folder.granted": _n("Kept; it holds at once."),
    "folder.ended": _n("Ended."),
    "spinout.registered": _n("The company is registered."),
    "spinout.edited": _n("The company was changed."),
    "spinout.founders": _n("The founders are named."),
    "spinout.units": _n("The movement is on record."),
    "rights.proposed": _n("The transfer has begun; what is missing is listed."),
    "rights.kept": _n("Kept, with your name."),
    "deal.exited": _n("The exit is recorded; the deal is at its last stage."),
    "matches.computed": _n("The matches are computed afresh; decisions stay as they were made."),
    "match.decided": _n("The decision and its reason are kept."),
    "demand.registered": _n("The demand is written down."),
    "tranches.planned": _n("The plan is written down; every closing keeps to it."),
    "achievement.registered": _n("The achievement is written down; assess its elements next."),
    "achievement.assessed": _n("The assessment is kept; the level follows it."),
    "achievement.moved": _n("The state was changed."),
    "list.imported": _n("The list was imported: every row counts now."),
    "condition.kept": _n("Kept, with your name."),
    "exception.kept": _n("Kept, with your name."),
    "deal.closed": _n("Closed: the holding, the books and the call are written."),
    "deal.settled": _n("Paid: nothing is owed on this tranche any more."),
    "clause.added": _n("The clause is on record; it is answered from its day on."),
    "clause.ended": _n("The clause ends on that day; what was answered before stays."),
    "deal.undone": _n("The last move was taken back."),
}


# The terms of a fund in the order in which they are read.
TERM_WORDS = {
    "size": _n("Size of the fund"),
    "first_close_on": _n("First close"),
    "final_close_on": _n("Final close"),
    "commitment_period_ends_on": _n("Commitment period ends"),
    "term_ends_on": _n("Term ends"),
    "fee_rate": _n("Management fee a year"),
    "fee_basis": _n("Fee basis"),
    "offset_share": _n("Set off of fees that companies pay the manager"),
    "hurdle": _n("Hurdle a year"),
    "compounding": _n("The hurdle grows"),
    "catch_up": _n("Catch-up"),
    "carry": _n("Carry"),
    "equalisation_rate": _n("Interest for later partners"),
    "notice_business_days": _n("Notice of a call, business days"),
    "language": _n("Documents in"),
}

ROW_WORDS = {
    "opening": _n("Opening value"),
    "contributions": _n("Contributions"),
    "distributions": _n("Distributions paid"),
    "management_fee": _n("Management fee"),
    "expenses": _n("Partnership expenses"),
    "income": _n("Income"),
    "realised": _n("Realised gains"),
    "unrealised": _n("Unrealised change"),
    "carry": _n("Carried interest"),
    "carry_accrued": _n("Carried interest accrued"),
    "carry_earned": _n("Carried interest earned"),
    "transfers": _n("Transfers"),
    "closing": _n("Closing value"),
}

FLOW_WORDS = {
    "contribution": _n("Paid in"),
    "distribution": _n("Paid out"),
    "transfer": _n("Transfer"),
    "value": _n("Value on the last day"),
    "purchase": _n("Purchase"),
    "sale": _n("Sale"),
    "income": _n("Income"),
}
RATE_WORDS = {
    "multiple": _n("There is more than one rate at which these flows are worth nothing:"),
    "none": _n("There is no rate at which these flows are worth nothing."),
    "total_loss": _n("Everything paid in is lost."),
    "undefined": _n("These flows have no rate of return yet."),
}


def done_says(language: Language, code: str) -> str:
    """The sentence for `code`; an unknown code says nothing."""
    says = DONE.get(code, "")
    return translations(language).gettext(says) if says else ""
