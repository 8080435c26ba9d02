"""Reading a list of partners from a sheet: who they are, whom to write to, where they are paid.

What they have committed stands in the same sheet and is read by `fund.capital.imports`.
"""

from dataclasses import dataclass
from datetime import date, datetime

from fund.charter.rules import Language
from fund.parties.actions import register_party
from fund.parties.imports import party_named
from fund.parties.queries import by_name
from fund.parties.rules import PartyKind
from fund.partners.actions import add_contact, admit, set_bank
from fund.partners.queries import PartnerSheet, partners
from fund.partners.rules import PartnerKind
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.sheets.days import Day
from kernel.sheets.importing import Imported, Known, book, known_as_said
from kernel.sheets.reading import Column, Layout, read_file
from kernel.sheets.words import Choice, Code, Text, YesNo

_KINDS = {
    "有限合伙人": PartnerKind.LIMITED,
    "LP": PartnerKind.LIMITED,
    "普通合伙人": PartnerKind.GENERAL,
    "GP": PartnerKind.GENERAL,
}
_LANGUAGES = {"中文": Language.ZH, "英文": Language.EN, "双语": Language.BOTH, "中英文": Language.BOTH}


@dataclass(frozen=True)
class PartnerRow:
    """One partner of the list."""

    code: str
    name: str
    kind: PartnerKind
    admitted_on: date
    bears_fee: bool
    bears_carry: bool | None
    language: Language
    contact_name: str
    contact_title: str
    contact_email: str
    contact_phone: str
    bank_name: str
    account_no: str
    name_en: str = ""


PARTNERS = Layout(
    "partners",
    PartnerRow,
    (
        Column("code", Code(), ("编号", "合伙人编号", "Partner code", "Code")),
        Column("name", Text(), ("合伙人名称", "合伙人", "Partner")),
        Column(
            "kind", Choice(PartnerKind, _KINDS), ("合伙人类型", "类型", "Kind"), False, PartnerKind.LIMITED
        ),
        Column("admitted_on", Day(), ("认缴日期", "入伙日期", "Committed on", "Admitted on")),
        Column("bears_fee", YesNo(), ("承担管理费", "Bears fee"), False, True),
        Column("bears_carry", YesNo(), ("承担超额收益", "Bears carry"), False),
        Column("language", Choice(Language, _LANGUAGES), ("文书语言", "Language"), False, Language.BOTH),
        Column("contact_name", Text(), ("联系人姓名", "联系人", "Contact name"), False, ""),
        Column("contact_title", Text(), ("联系人职务", "Contact title"), False, ""),
        Column("contact_email", Text(), ("联系人邮箱", "Contact e-mail"), False, ""),
        Column("contact_phone", Text(), ("联系人电话", "Contact phone"), False, ""),
        Column("bank_name", Text(), ("收款账户开户行", "开户行", "Bank"), False, ""),
        Column("account_no", Text(), ("收款账户账号", "账号", "Account number"), False, ""),
        Column("name_en", Text(), ("英文名称", "English name", "Name in English"), False, ""),
    ),
    unique=("code",),
)


def import_partners(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """Admit every partner of a sheet that is none yet. Refused: see SheetRefused, each fault with its row."""
    reading = read_file(filename, content, PARTNERS)
    there = {one.code: one for one in partners(tx, fund_id=fund_id)}

    def act(row: PartnerRow) -> Known | None:
        if row.code in there:
            return _known(row, there[row.code])
        add_partner(tx, actor, row=row, fund_id=fund_id, now=now)
        return None

    return (book(tx, reading, act, what="partners", dry_run=dry_run),)


def _known(row: PartnerRow, there: PartnerSheet) -> Known:
    """That a partner is on record as the row says; whom to write to and where it is paid are changed elsewhere."""
    name = there.name_zh if row.name != there.name_en else there.name_en
    pairs: dict[str, tuple[object, object]] = {
        "name": (row.name, name),
        "kind": (row.kind, there.kind),
        "admitted_on": (row.admitted_on, there.admitted_on),
        "bears_fee": (row.bears_fee, there.bears_fee),
        "bears_carry": (row.bears_carry, there.bears_carry),
    }
    return known_as_said(PARTNERS, name=there.code, pairs=pairs)


def add_partner(tx: Tx, actor: Actor, *, row: PartnerRow, fund_id: int, now: datetime) -> None:
    """Admit one partner with its contact and bank; an organisation not on record yet is put on record."""
    if not by_name(tx, name=row.name):
        register_party(tx, actor, kind=PartyKind.ORGANISATION, name_zh=row.name, name_en=row.name_en, now=now)
    admitted = admit(
        tx,
        actor,
        fund_id=fund_id,
        code=row.code,
        party_id=party_named(tx, name=row.name).id,
        kind=row.kind,
        bears_fee=row.bears_fee,
        bears_carry=row.bears_carry,
        language=row.language,
        admitted_on=row.admitted_on,
        now=now,
    )
    if row.contact_name:
        add_contact(
            tx,
            actor,
            partner_id=admitted.id,
            name=row.contact_name,
            title=row.contact_title,
            email=row.contact_email,
            phone=row.contact_phone,
            language=row.language,
            now=now,
        )
    if row.account_no:
        set_bank(
            tx,
            actor,
            partner_id=admitted.id,
            bank_name=row.bank_name,
            account_name=row.name,
            account_no=row.account_no,
            since_on=row.admitted_on,
            now=now,
        )
