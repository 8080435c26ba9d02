"""Opening a fund for business: its first terms and its chart of accounts, in one act."""

from datetime import date, datetime

from fund.charter.actions import open_fund
from fund.charter.queries import FundSheet
from fund.charter.rules import Terms
from fund.ledger.actions import open_chart
from kernel.db import Tx
from kernel.identity.rules import Actor


def open_with_books(
    tx: Tx,
    actor: Actor,
    *,
    code: str,
    name_zh: str,
    name_en: str = "",
    currency: str = "CNY",
    is_example: bool = False,
    terms: Terms,
    effective_on: date | None = None,
    now: datetime,
) -> FundSheet:
    """Open a fund under its first terms, in force from its first close unless said otherwise, with its books.

    Refused: a missing or taken code, a currency that is unknown or not in hundredths, terms that cannot be promised.
    """
    opened = open_fund(
        tx,
        actor,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        currency=currency,
        is_example=is_example,
        terms=terms,
        effective_on=effective_on or terms.first_close_on,
        now=now,
    )
    open_chart(tx, actor, fund_id=opened.id, now=now)
    return opened
