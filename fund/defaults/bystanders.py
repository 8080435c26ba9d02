"""The other partners where a remedy is at hand: who receives what is forfeited, and who has too much in it to vote."""

from datetime import date

from fund.capital.positions import commitments
from fund.defaults.models import DefaultNotice
from fund.defaults.queries import uncured
from fund.parties.queries import group
from fund.partners.queries import PartnerSheet, partners
from kernel.db import Tx


def receivers(tx: Tx, *, notice: DefaultNotice, on: date) -> dict[int, int]:
    """The commitments of those who receive what is forfeited: on the same terms, and in no default themselves."""
    fund_id = notice.fund_id
    committed = commitments(tx, fund_id=fund_id, as_of=on)
    sheets = {one.id: one for one in partners(tx, fund_id=fund_id)}
    own = _terms_of(sheets[notice.partner_id])
    late = {one.partner_id for one in uncured(tx, fund_id=fund_id, on=on)}
    return {
        key: amount
        for key, amount in committed.items()
        if key != notice.partner_id and key not in late and _terms_of(sheets[key]) == own
    }


def interested(tx: Tx, *, notice: DefaultNotice, buyer_id: int | None, as_of: date) -> frozenset[int]:
    """The partners for whom nobody votes: the one in default, the one who buys from it, and all of their groups."""
    parties = {one.id: one.party_id for one in partners(tx, fund_id=notice.fund_id)}
    near: frozenset[int] = frozenset().union(
        *(
            group(tx, party_id=parties[key], as_of=as_of)
            for key in (notice.partner_id, buyer_id)
            if key in parties
        )
    )
    return frozenset(key for key, party_id in parties.items() if party_id in near)


def _terms_of(sheet: PartnerSheet) -> tuple[bool, bool, bool]:
    return sheet.is_general, sheet.bears_fee, sheet.bears_carry
