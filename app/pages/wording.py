"""What a page says after something was done: a code in the address, a sentence on the page."""

from app.languages import Language, translations


def _n(says: str) -> str:
    return says


DONE = {
    "language": _n("The language was switched."),
    "deal.registered": _n("The deal was registered."),
    "deal.edited": _n("The deal was changed."),
    "deal.moved": _n("The deal was moved."),
    "deal.held": _n("The deal was put on hold."),
    "deal.passed": _n("The deal was passed on; its history stays."),
    "deal.reactivated": _n("The deal is active again."),
    "entry.reversed": _n("The entry was reversed; both stay in the books."),
    "user.added": _n("Added. Give the person a role, else nothing can be seen."),
    "user.granted": _n("The role was given."),
    "user.ended": _n("The role was taken away."),
    "user.shut": _n("Shut out; every session and token has ended."),
    "user.let": _n("The person may sign in again."),
    "deal.interest": _n("The enterprise is on record; its people see the teaser."),
    "deal.undone": _n("The last move was taken back."),
}


def done_says(language: Language, code: str) -> str:
    """The sentence for `code`; an unknown code says nothing."""
    says = DONE.get(code, "")
    return translations(language).gettext(says) if says else ""
