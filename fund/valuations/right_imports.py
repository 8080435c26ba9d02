"""Reading class rights from a sheet: rows of one holding and one day are one set, each with a class of it."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from fund.holdings.queries import holding_by_code
from fund.valuations.layouts import Exact
from fund.valuations.right_rules import AntiDilution, ClassKind, ClassRights
from fund.valuations.rights import keep_rights
from kernel.db import Tx
from kernel.errors import Conflict
from kernel.identity.rules import Actor
from kernel.instants import day_in_beijing
from kernel.sheets.days import Day
from kernel.sheets.importing import Imported, book
from kernel.sheets.numbers import Amount, Whole
from kernel.sheets.reading import Column, Layout, Reading, read_file
from kernel.sheets.words import Choice, Code, Text, YesNo

KINDS = {"普通股": ClassKind.COMMON, "优先股": ClassKind.PREFERRED, "期权": ClassKind.OPTIONS}
ANTI_DILUTION = {
    "无": AntiDilution.NONE,
    "加权平均": AntiDilution.WEIGHTED_AVERAGE,
    "广义加权平均": AntiDilution.WEIGHTED_AVERAGE,
    "狭义加权平均": AntiDilution.NARROW_WEIGHTED_AVERAGE,
    "完全棘轮": AntiDilution.FULL_RATCHET,
}


class RightsRowsDiffer(Conflict):
    code = "class_rights_rows_differ"
    says = "The rows of {holding} from {effective_on} name different documents; one set of rights has one."


@dataclass(frozen=True)
class RightsRow:
    """A class of a set of rights; money in fen, `strike` yuan a share."""

    holding: str
    effective_on: date
    name: str
    kind: ClassKind
    shares: Fraction
    invested: int
    multiple: Fraction
    is_participating: bool
    cap_multiple: Fraction | None
    seniority: int
    conversion: Fraction
    anti_dilution: AntiDilution
    strike: Fraction
    is_exempt: bool
    source: str

    @property
    def said(self) -> ClassRights:
        """The class itself."""
        return ClassRights(
            name=self.name,
            kind=self.kind,
            shares=self.shares,
            invested=self.invested,
            multiple=self.multiple,
            is_participating=self.is_participating,
            cap_multiple=self.cap_multiple,
            seniority=self.seniority,
            conversion=self.conversion,
            anti_dilution=self.anti_dilution,
            strike=self.strike * 100,
            is_exempt=self.is_exempt,
        )


CLASS_RIGHTS = Layout(
    "class rights",
    RightsRow,
    (
        Column("holding", Code(), ("权利所属持仓", "Holding of the rights")),
        Column("effective_on", Day(), ("权利生效日", "Rights in force from")),
        Column("name", Text(80), ("股权类别", "Share class")),
        Column("kind", Choice(ClassKind, KINDS), ("类别性质", "Kind of class")),
        Column("shares", Exact(), ("股数", "Share count")),
        Column("invested", Amount(), ("投入金额", "Paid in for the class"), False, 0),
        Column("multiple", Exact(), ("优先清算倍数", "Preference multiple"), False, Fraction(1)),
        Column("is_participating", YesNo(), ("参与分配", "Participates"), False, False),
        Column("cap_multiple", Exact(), ("参与上限倍数", "Participation cap multiple"), False),
        Column("seniority", Whole(0, 99), ("清算顺位", "Rank"), False, 0),
        Column("conversion", Exact(), ("转换比例", "Conversion"), False, Fraction(1)),
        Column(
            "anti_dilution",
            Choice(AntiDilution, ANTI_DILUTION),
            ("反稀释", "Anti-dilution"),
            False,
            AntiDilution.NONE,
        ),
        Column("strike", Exact(), ("行权价", "Strike"), False, Fraction(0)),
        Column("is_exempt", YesNo(), ("豁免反稀释", "Exempt from anti-dilution"), False, False),
        Column("source", Text(400), ("依据文件", "Source document")),
    ),
    unique=("holding", "effective_on", "name"),
)


@dataclass(frozen=True)
class RightsRows:
    """The rows of one set of rights."""

    rows: tuple[RightsRow, ...]


def import_rights(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """Put every set of rights of a sheet on record, in the order of their days. Refused: rows of one set that name
    different documents, and what `keep_rights` refuses.
    """
    reading = together(read_file(filename, content, CLASS_RIGHTS))
    today = day_in_beijing(now)

    def act(given: RightsRows) -> None:
        first = given.rows[0]
        if any(row.source != first.source for row in given.rows):
            raise RightsRowsDiffer(holding=first.holding, effective_on=first.effective_on)
        keep_rights(
            tx,
            actor,
            holding=holding_by_code(tx, fund_id=fund_id, code=first.holding, as_of=today, actor=actor),
            effective_on=first.effective_on,
            classes=tuple(row.said for row in given.rows),
            source=first.source,
            now=now,
        )

    return (book(tx, reading, act, what="class rights", dry_run=dry_run),)


def together(reading: Reading[RightsRow]) -> Reading[RightsRows]:
    """The rows of each set as one line, where its first row stands; sets in the order of their days."""
    in_order = reading.by_day(lambda row: row.effective_on)
    return in_order.gathered(lambda row: (row.effective_on, row.holding), RightsRows)
