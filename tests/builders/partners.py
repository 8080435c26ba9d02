"""Partners for tests."""

from datetime import date, datetime
from typing import Any

from fund.partners.actions import admit
from fund.partners.queries import PartnerSheet
from fund.partners.rules import PartnerKind
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.builders.charter import OPENED_AT
from tests.builders.parties import an_organisation


def a_partner(
    tx: Tx,
    fund_id: int,
    code: str = "LP01",
    *,
    name_zh: str | None = None,
    admitted_on: date = date(2024, 1, 15),
    now: datetime = OPENED_AT,
    **facts: Any,
) -> PartnerSheet:
    """A partner with an organisation of its own; "GP" as code makes the general partner."""
    party = an_organisation(tx, name_zh or f"合伙企业{code}", name_en=f"Partner {code}")
    kind = PartnerKind.GENERAL if code.startswith("GP") else PartnerKind.LIMITED
    return admit(
        tx,
        SYSTEM,
        fund_id=fund_id,
        code=code,
        party_id=party.id,
        admitted_on=admitted_on,
        now=now,
        **{"kind": kind, **facts},
    )


def partners(tx: Tx, fund_id: int, *codes: str) -> dict[str, int]:
    """Partners with those codes; their ids by code."""
    return {code: a_partner(tx, fund_id, code).id for code in codes}
