"""Links to the notices on paper of an act: every partner's for those who run the fund, its own for a partner."""

from collections.abc import Collection
from dataclasses import dataclass

from app.notices import NOUNS
from app.pages.desk import Desk
from app.pages.who import partner_names
from fund.partners.queries import codes_in_order
from lp_reports.gathering.notices import is_given
from lp_reports.notices import READERS
from lp_reports.rules import Act


@dataclass(frozen=True)
class Papers:
    """One link by partner, and the address of all in one ZIP where there are several."""

    links: list[tuple[str, str]]
    bundle: str


def papers(desk: Desk, *, act: Act, act_id: int, code: str, partner_ids: Collection[int]) -> Papers | None:
    """The notices of an act; None where none was given, or for those who get none to read."""
    if not desk.actor.has(*READERS) or not is_given(desk.tx, act=act, act_id=act_id):
        return None
    home, asked = f"/api/v1/{NOUNS[act]}/{code}/notices", f"?fund={desk.fund.code}"
    names = partner_names(desk)
    links = [
        (names[key], f"{home}/{partner}{asked}")
        for key, partner in codes_in_order(desk.tx, fund_id=desk.fund.id).items()
        if key in partner_ids and key in names
    ]
    return Papers(links, f"{home}.zip{asked}" if len(links) > 1 else "")
