"""Importing partners: admitted with contact and bank, an unknown organisation put on record."""

from datetime import date, datetime

import pytest

from fund.charter.rules import Language
from fund.parties.imports import party_named
from fund.partners.imports import import_partners
from fund.partners.queries import bank, contacts, partner_by_code, partners
from fund.partners.rules import PartnerKind
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.sheets.reading import SheetRefused
from tests.builders.charter import a_fund
from tests.builders.parties import an_organisation

HEAD = "编号,合伙人名称,合伙人类型,入伙日期,承担管理费,文书语言,联系人姓名,联系人邮箱,开户行,账号\n"
GOOD = (
    HEAD
    + "LP01,朔原钢铁,有限合伙人,2024年1月15日,是,双语,贺铁山,he@shuoyuan.example,示例银行,0602 0000 1001\n"
    + "GP01,启衡科创,GP,2024/1/15,否,,,,,\n"
)


def bring_in(tx: Tx, fund_id: int, text: str, now: datetime, *, dry_run: bool = False) -> None:
    import_partners(
        tx, SYSTEM, fund_id=fund_id, filename="lp.csv", content=text.encode(), dry_run=dry_run, now=now
    )


def test_partners_are_admitted_with_contact_and_bank(tx: Tx, now: datetime) -> None:
    fund = a_fund(tx)
    known = an_organisation(tx, "朔原钢铁")
    bring_in(tx, fund.id, GOOD, now)
    lp, gp = (partner_by_code(tx, fund_id=fund.id, code=code) for code in ("LP01", "GP01"))
    assert (lp.party_id, lp.admitted_on, lp.language) == (known.id, date(2024, 1, 15), Language.BOTH)
    assert (gp.kind, gp.bears_fee, gp.bears_carry) == (PartnerKind.GENERAL, False, False)
    assert gp.party_id == party_named(tx, name="启衡科创").id
    (contact,) = contacts(tx, partner_id=lp.id)
    details = bank(tx, SYSTEM, partner_id=lp.id)
    assert contact.email == "he@shuoyuan.example"
    assert details is not None
    assert details.account_no == "0602 0000 1001"


def test_a_dry_run_admits_nobody(tx: Tx, now: datetime) -> None:
    fund = a_fund(tx)
    bring_in(tx, fund.id, GOOD, now, dry_run=True)
    assert partners(tx, fund_id=fund.id) == []


def test_every_refused_row_is_told_and_nobody_is_admitted(tx: Tx, now: datetime) -> None:
    fund = a_fund(tx)
    rows = "LP01,甲,LP,2024-01-15,是,,,,,\nGP01,乙,GP,2024-01-15,否,,,,,\nGP02,丙,GP,2024-01-15,否,,,,,\n"
    with pytest.raises(SheetRefused) as refused:
        bring_in(tx, fund.id, HEAD + rows + "LP04,丁,LP,2024-01-15,是,,某人,,,\n", now)
    assert [str(problem) for problem in refused.value.problems] == [
        "lp.csv, row 4: GP01 is the general partner of this fund; there is only one.",
        "lp.csv, row 5: A contact needs a name and a way to be reached.",
    ]
    assert partners(tx, fund_id=fund.id) == []
