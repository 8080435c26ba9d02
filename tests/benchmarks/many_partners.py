"""Funds of thousands of partners, written in a few statements: what is measured is what is done with them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from fund.capital.models import CapitalClose, Commitment
from fund.parties.models import Party
from fund.parties.rules import PartyKind
from fund.partners.models import Partner
from fund.partners.rules import PartnerKind
from kernel.columns import Row
from kernel.db import Tx
from tests.builders.capital import CapitalFund, committed
from tests.builders.charter import OPENED_AT

CLOSED_ON = date(2026, 1, 15)


def many_committed(tx: Tx, *, size: int, amount: int) -> CapitalFund:
    """A fund with a general partner and so many others, each of which has committed `amount`."""
    first = committed(tx, {"LP00001": amount}, size=size * amount, closed_on=CLOSED_ON)
    codes = [f"LP{number:05d}" for number in range(2, size + 1)]
    parties = _written(tx, Party, [_party(code) for code in codes])
    facts = {"fund_id": first.fund_id, "recorded_at": OPENED_AT}
    ids = _written(
        tx,
        Partner,
        [{**facts, **_partner(code, party)} for code, party in zip(codes, parties, strict=True)],
    )
    close = tx.execute(sa.select(CapitalClose.id).where(CapitalClose.fund_id == first.fund_id)).scalar_one()
    promise = {**facts, "close_id": close, "amount": amount, "effective_on": CLOSED_ON}
    _written(tx, Commitment, [{**promise, "partner_id": key} for key in ids])
    return CapitalFund(first.fund_id, {**first.partners, **dict(zip(codes, ids, strict=True))})


def _party(code: str) -> dict[str, Any]:
    name = f"合伙企业{code}"
    named = {"name_zh": name, "name_en": "", "name_sort": name, "initials": code}
    return {"kind": PartyKind.ORGANISATION, "recorded_at": OPENED_AT, "version": 1, **named}


def _partner(code: str, party: int) -> dict[str, Any]:
    terms = {"bears_fee": True, "bears_carry": True, "language": "both", "admitted_on": CLOSED_ON}
    return {"code": code, "party_id": party, "kind": PartnerKind.LIMITED, **terms}


def _written(tx: Tx, model: type[Row], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """The keys of the new rows, in their order."""
    statement = sa.insert(model).returning(sa.inspect(model).local_table.c.id, sort_by_parameter_order=True)
    return list(tx.scalars(statement, rows)) if rows else []
