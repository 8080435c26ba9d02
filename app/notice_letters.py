"""What is written to a partner's people when notice is given: the amount, the day and a link; nothing is attached.

A mail never names an account: it is read on the sealed notice, after signing in.
"""

from datetime import datetime

from app.formats import money
from app.letters import Wording, write_letters
from app.notices import NOUNS
from fund.charter.queries import fund
from fund.partners.queries import contacts
from kernel import work
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.instants import day_in_beijing
from kernel.letters.post import link
from lp_reports import notices
from lp_reports.rules import Act


def _n(says: str) -> str:
    return says


TO_PAY = Wording(
    _n("Notice: {act} is due on {on}"),
    (
        _n("{name}: {fund} asks {partner} for {amount} yuan by {on} ({act})."),
        _n(
            "The sealed notice, with what it is for and the account to pay to, is here after signing in: {link}"
        ),
        _n("Accounts are never changed by mail. If in doubt, telephone the manager at the number you know."),
    ),
)
PAID = Wording(
    _n("Notice: {act} is paid on {on}"),
    (
        _n("{name}: {fund} pays {partner} {amount} yuan on {on} ({act})."),
        _n("The sealed notice, with the working step by step, is here after signing in: {link}"),
    ),
)


@work.job("notice_letters")
def notice_letters(*, act: str, act_id: int, at: str) -> int:
    """Freeze the notices of an act and write to everybody who gets them; returns how many letters were written."""
    return work.in_transaction("write", tell, act, act_id, at)


def tell(tx: Tx, act: str, act_id: int, at: str) -> int:
    """The one step, for what was told at the act's own instant."""
    of, now = Act(act), datetime.fromisoformat(at)
    notices.freeze(tx, act=of, act_id=act_id, now=now)
    written = 0
    for one in notices.frozen(tx, SYSTEM, act=of, act_id=act_id):
        told = notices.said(tx, notice_id=one.id)
        facts = {
            "act": told.act,
            "on": told.on,
            "amount": money(told.amount),
            "link": link(f"/fund/{NOUNS[of]}/{act_id}"),
        }
        found = contacts(tx, partner_id=one.partner_id, as_of=day_in_beijing(now))
        written += write_letters(
            tx,
            fund(tx, fund_id=told.fund_id),
            one.partner_id,
            [reader for reader in found if reader.receives_notices],
            f"{act}:{act_id}:notice",
            TO_PAY if told.pays else PAID,
            facts,
            now,
        )
    return written
