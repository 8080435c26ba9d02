"""A distribution's waterfall as a workbook: two sheets for each partner that bears carry, in live formulas.

The first follows capital and preferred return flow by flow, the second divides the partner's share tier by tier out of
the first one's last line. Under anniversary compounding the preferred return is given and not computed: its stubs have
no formula that would fit a cell. So is what a further tier divides, which depends on when the one before it ends.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from app.lists.tables import Named, Reader
from fund.capital.account import Moved, Stood, account
from fund.capital.outflows import distribution_by_code
from fund.charter.rules import Compounding
from fund.partners.queries import codes_in_order
from kernel.errors import NotFound
from kernel.sheets.writing import Formula, Look, Sheet, Value

MONEY = Look.MONEY
Working = Mapping[str, Any]
# Above the rows stand the caption and the head.
FIRST = 3
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9-]")


def _n(says: str) -> str:
    return says


TIER_WORDS = {
    "return_of_capital": _n("Return of capital"),
    "preferred": _n("Hurdle"),
    "catch_up": _n("Catch-up"),
    "residual": _n("Split above"),
    "further": _n("Further tier"),
}


class NoWorking(NotFound):
    code = "distribution_without_working"
    says = "{distribution} has no working of a waterfall that could be followed flow by flow."


@dataclass(frozen=True)
class Part:
    """One partner's working and its account, the distribution itself in the last line; `sheet` names its account."""

    code: str
    sheet: str
    working: Working
    stood: Sequence[Stood]

    @property
    def account(self) -> str:
        """The sheet of the account, as formulas name it."""
        return f"'{self.sheet}'!"


def waterfall_book(reader: Reader, *, fund_id: int, code: str) -> bytes:
    """The workbook of one distribution. Refused: one that is unknown, or in which nobody bears carry."""
    found = distribution_by_code(reader.tx, fund_id=fund_id, code=code, actor=reader.actor)
    codes = codes_in_order(reader.tx, fund_id=fund_id)
    parts = [
        _part(reader, codes[line.partner_id], line.working)
        for line in found.lines
        if line.working is not None and "flows" in line.working
    ]
    if not parts:
        raise NoWorking(distribution=found.distribution.code)
    return reader.book(*(sheet for part in parts for sheet in (_account(reader, part), _tiers(reader, part))))


def _part(reader: Reader, code: str, working: Working) -> Part:
    plain = _NOT_IN_NAMES.sub("_", code)[:16]
    moves = [Moved(date.fromisoformat(one["on"]), one["in"], one["out"]) for one in working["flows"]]
    moves.append(Moved(date.fromisoformat(working["on"]), 0, working["distributed"]))
    terms = working["terms"]
    hurdle, compounding = Fraction(terms["hurdle"]), Compounding(terms["compounding"])
    sheet = f"{plain} {reader.say(_n('hurdle'))}"
    return Part(code, sheet, working, account(moves, hurdle=hurdle, compounding=compounding))


def _account(reader: Reader, part: Part) -> Sheet:
    heads: list[Named] = [
        (_n("Day"), Look.DAY),
        (_n("Days"), Look.WHOLE),
        (_n("Paid in"), MONEY),
        (_n("Paid out"), MONEY),
        (_n("Hurdle earned"), MONEY),
        (_n("Of it capital"), MONEY),
        (_n("Of it hurdle"), MONEY),
        (_n("Capital not returned"), MONEY),
        (_n("Hurdle not paid"), MONEY),
    ]
    rows = [_line(part, row, stood) for row, stood in enumerate(part.stood, start=FIRST)]
    return reader.sheet(part.sheet, heads, rows, part.code, is_list=False)


def _line(part: Part, row: int, stood: Stood) -> tuple[Value, ...]:
    moved, before = stood.moved, part.stood[row - FIRST - 1] if row > FIRST else None
    days = (moved.on - before.moved.on).days if before else 0
    was_unreturned, was_left = (f"H{row - 1}", f"I{row - 1}") if before else ("0", "0")
    return (
        moved.on,
        Formula(f"=A{row}-A{row - 1}", days) if before else 0,
        moved.paid_in,
        moved.paid_out,
        _earned(part, row, stood, was_unreturned, was_left),
        Formula(f"=MIN(D{row},{was_unreturned})", stood.capital),
        Formula(f"=MIN(D{row}-F{row},ROUND(E{row},2))", stood.preferred),
        Formula(f"=ROUND({was_unreturned}+C{row}-F{row},2)", stood.unreturned),
        # Once all that is due to the fen is paid, the fraction that rounding left is forgotten.
        Formula(f"=IF(AND(G{row}>0,ABS(G{row}-ROUND(E{row},2))<0.001),0,E{row}-G{row})", stood.left),
    )


def _earned(part: Part, row: int, stood: Stood, unreturned: str, left: str) -> Value:
    """The preferred return by the day of the line, by the convention of the charter."""
    terms = part.working["terms"]
    hurdle, compounding = _number(Fraction(terms["hurdle"])), Compounding(terms["compounding"])
    if compounding is Compounding.DAILY:
        grown = f"=({unreturned}+{left})*((1+{hurdle})^(B{row}/365)-1)+{left}"
        return Formula(grown, stood.earned)
    if compounding is Compounding.SIMPLE:
        return Formula(f"={left}+{unreturned}*{hurdle}*B{row}/365", stood.earned)
    return stood.earned


def _tiers(reader: Reader, part: Part) -> Sheet:
    heads: list[Named] = [
        _n("Tier"),
        (_n("Due in full"), MONEY),
        (_n("Divided"), MONEY),
        (_n("To the partner"), MONEY),
        (_n("To the general partner"), MONEY),
    ]
    working = part.working
    dues, divided, carry = _dues(part), _divided(part), _carry(part)
    rows: list[tuple[Value, ...]] = []
    for place, (tier, due, amount, gp) in enumerate(zip(working["tiers"], dues, divided, carry, strict=True)):
        row = FIRST + place
        rows.append(
            (
                reader.say(TIER_WORDS[tier["tier"]]),
                due,
                Formula(amount, tier["lp"] + tier["gp"]) if isinstance(amount, str) else amount,
                Formula(f"=C{row}-E{row}", tier["lp"]),
                Formula(gp, tier["gp"]),
            )
        )
    last = FIRST + len(rows) - 1
    totals = zip("CDE", (working["distributed"], working["lp"], working["gp"]), strict=True)
    summed = (Formula(f"=SUM({column}{FIRST}:{column}{last})", amount) for column, amount in totals)
    rows.append((reader.say(_n("Total")), None, *summed))
    name = f"{part.sheet.split()[0]} {reader.say(_n('tiers'))}"
    return reader.sheet(name, heads, rows, part.code, is_list=False)


def _dues(part: Part) -> list[Value]:
    """What each tier would take in full; the last takes whatever is left."""
    row = FIRST + len(part.stood) - 1
    unreturned = f"={part.account}H{row - 1}" if len(part.stood) > 1 else "=0"
    capital, preferred, catch_up, *rest = part.working["tiers"]
    return [
        Formula(unreturned, capital["due"]),
        Formula(f"=ROUND({part.account}E{row},2)", preferred["due"]),
        Formula(_catch_up_due(part), catch_up["due"]),
        *(one["due"] for one in rest),
    ]


def _catch_up_due(part: Part) -> str:
    """The whole third tier less what it has divided, once the preferred return due is paid."""
    terms, before = part.working["terms"], part.working["before"]
    catch_up, carry = Fraction(terms["catch_up"]), Fraction(terms["carry"])
    full = _yuan(before["catch_up_full"])
    if catch_up:
        profit = f"({_yuan(before['preferred_paid'])}+B4+{_yuan(before['fourth'])})"
        owed = f"({_number(carry)}*{profit}-{_yuan(before['fourth_gp'])})/{_number(catch_up - carry)}"
        full = f"IF(B4>0,{_down(owed)},{full})"
    return f"=MAX(0,{full}-{_yuan(before['catch_up'])})"


def _divided(part: Part) -> list[str | int]:
    """What each tier divides: all it is due as long as there is something, and the fourth the rest."""
    share = _yuan(part.working["distributed"])
    fourth, *further = part.working["tiers"][3:]
    first: list[str | int] = [f"=MIN({share},B3)", f"=MIN({share}-C3,B4)", f"=MIN({share}-C3-C4,B5)"]
    if further:
        return [*first, *(one["lp"] + one["gp"] for one in (fourth, *further))]
    return [*first, f"={share}-C3-C4-C5"]


def _carry(part: Part) -> list[str]:
    """The general partner's part of each tier, rounded down on the running totals."""
    terms, before = part.working["terms"], part.working["before"]
    catch_up, carry = _number(Fraction(terms["catch_up"])), _number(Fraction(terms["carry"]))
    caught, was = f"{catch_up}*({_yuan(before['catch_up'])}+C5)", f"{catch_up}*{_yuan(before['catch_up'])}"
    profit = f"{_yuan(before['fourth'])}+C6"
    if Fraction(terms["catch_up"]):
        profit += f"+{_yuan(before['preferred_paid'])}+C4+{_yuan(before['catch_up'])}+C5"
    owed = f"{_down(f'{carry}*({profit})')}-{_down(caught)}-{_yuan(before['fourth_gp'])}"
    found = ["=0", "=0", f"={_down(caught)}-{_down(was)}", f"=MIN(C6,MAX(0,{owed}))"]
    for place, (tier, begun) in enumerate(
        zip(terms.get("further", ()), before.get("further", ()), strict=True), start=FIRST + 4
    ):
        own, done = _number(Fraction(tier["carry"])), _yuan(begun)
        found.append(f"={_down(f'{own}*({done}+C{place})')}-{_down(f'{own}*{done}')}")
    return found


def _down(amount: str) -> str:
    """Rounded down to the fen; what a float lacks of a whole fen does not count."""
    return f"INT(ROUND(({amount})*100,4))/100"


def _yuan(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}" if minor >= 0 else f"(-{_yuan(-minor)})"


def _number(share: Fraction) -> str:
    """An exact share as a formula writes it."""
    return f"({share.numerator}/{share.denominator})"
