"""Random facts of a fund with one to three later closes, and parts of interests that pass in the midst of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from tests.fund.capital.orderings import (
    Fact,
    M,
    bought_more,
    close,
    dividend,
    earned,
    marked,
    never_joined,
    sold,
    spent,
)
from tests.fund.capital.passing_facts import around, passed, stays
from tests.fund.capital.settled_facts import Released, earned_in_part, owed

WORKDAYS = [date(2026, 6, 1) + timedelta(days=7 * week + day) for week in range(8) for day in range(3)]
FIRST_DAY, LAST_DAY = date(2026, 5, 11), date(2026, 8, 14)
PASSED_ON = date(2026, 4, 1)
CODES = ("LP03", "LP04", "LP05")
SIDES = (
    (("LP01", "LP02"), ("LP02", "LP01")),
    (("LP01", "LP02"), ("LP01", "LP02")),
    (("LP01", "LP02"), ("LP02", "LP03")),
    (("LP02", "LP05"), ("LP05", "LP01")),
)
"""Of the one interest that passes and of the next: back, more of it, on to another."""
INSTRUMENTS = st.sampled_from(["EQ", "EQ", "CB"])


@st.composite
def closes(draw: st.DrawFn) -> list[Fact]:
    """One to three closes, in the order of their days and due dates, overlapping or not."""
    found: list[Fact] = []
    on, due = WORKDAYS[0], WORKDAYS[0]
    for turn in range(draw(st.integers(1, 3))):
        on = draw(st.sampled_from([one for one in WORKDAYS if one >= on][:9]))
        due = draw(st.sampled_from([one for one in WORKDAYS if one >= max(on, due)][:9]))
        found.append(close(turn + 2, CODES[turn], draw(st.integers(M, 60 * M)), on, due))
    return found


@st.composite
def released(
    draw: st.DrawFn, name: str, on: date, amount: int, made: Callable[..., list[Fact]]
) -> list[Fact]:
    """What is owed or was earned, one or two parts of it released, each of them taken back or not."""
    parts = []
    for share in draw(st.lists(st.integers(1, 4), min_size=1, max_size=2)):
        day = on + timedelta(days=draw(st.integers(0, 40)))
        later = draw(st.none() | st.integers(0, 20))
        undone_on = None if later is None else day + timedelta(days=later)
        parts.append(Released(day, (amount // 100 + 9) * share // 9, undone_on))
    return made(name, on, amount // 100 + 9, parts)


@st.composite
def facts(draw: st.DrawFn, *, around_transfers: bool = True) -> list[Fact]:
    """The closes, and income, expenses, marks, dividends and sales of days around them, some of it undone.

    In one of three all of it is `around_transfers`, of which there is one then.
    """
    found, days = draw(closes()), (LAST_DAY - FIRST_DAY).days
    kinds = ("earned", "spent", "marked", "marked", "dividend", "owed", "income", "sold", "sold", "bought")
    for place in range(draw(st.integers(2, 6))):
        on = FIRST_DAY + timedelta(days=draw(st.integers(0, days)))
        amount, kind = draw(st.integers(1, 10**9)), draw(st.sampled_from(kinds))
        name, is_undone = f"{kind}-{place}", draw(st.booleans())
        undone_on = on + timedelta(days=draw(st.integers(0, 40))) if is_undone else None
        if kind == "earned":
            found += earned(name, on, amount, undone_on)
        elif kind == "spent":
            found += spent(name, on, amount // 100 + 1, undone_on)
        elif kind in ("owed", "income"):
            found += draw(released(name, on, amount, owed if kind == "owed" else earned_in_part))
        elif kind == "marked":
            found += marked(name, on, amount * 2, draw(INSTRUMENTS))
        elif kind == "sold":
            quantity = draw(st.sampled_from([1, 250_000, 333_333, 500_000, 1_000_000]))
            found += sold(name, on, quantity, amount, undone_on, instrument=draw(INSTRUMENTS))
        elif kind == "bought":
            found += bought_more(name, on, amount // 100, undone_on, draw(INSTRUMENTS))
        else:
            found += dividend(name, on, amount)
    found = [_in_its_place(one, found) for one in found]
    if not around_transfers:
        return found
    if draw(st.booleans()):
        found = draw(_with_one_gone(found))
    if draw(st.integers(0, 2)):
        return found
    # An interest passes before all of it and goes back before anybody joins.
    limit = min(one.on for one in found if one.due_on) - timedelta(days=1)
    busy = sorted({one.on for one in found if one.on <= limit})
    any_day = st.dates(FIRST_DAY, limit)
    gone_on = draw(st.sampled_from(busy) | any_day if busy else any_day)
    buyer, part = draw(st.sampled_from(["LP02", "LP05"])), draw(st.integers(M, 60 * M + 7))
    return around(passed("LP01", buyer, part, PASSED_ON, gone_on), found)


@st.composite
def _with_one_gone(draw: st.DrawFn, facts: list[Fact]) -> list[Fact]:
    """The facts, and one more close than theirs that is taken back; half of them, each with what undoes it, are written
    down once it is gone: what names the newcomer and stands by then refuses the undo.
    """
    made = [one for one in facts if one.due_on]
    on = draw(st.sampled_from([one for one in WORKDAYS if one >= made[-1].on][:9]))
    due = draw(st.sampled_from([one for one in WORKDAYS if one >= max(on, made[-1].due_on or on)][:9]))
    gone = never_joined(len(made) + 2, "LP06", draw(st.integers(M, 60 * M)), on, due)
    rest = [one for one in facts if not one.due_on]
    stems = sorted({_stem(one) for one in rest})
    late = draw(st.sets(st.sampled_from(stems))) if stems else set()
    later, after = {one.name for one in rest if _stem(one) in late}, (gone[-1].name,)
    return [
        *made,
        *gone,
        *(replace(one, after=one.after + after) if one.name in later else one for one in rest),
    ]


def _stem(fact: Fact) -> str:
    """What a fact and what undoes it have in common: of "sold-3-undone" it is "sold-3"."""
    return "-".join(fact.name.split("-")[:2])


def _in_its_place(fact: Fact, others: list[Fact]) -> Fact:
    """What changes or values an instrument, with what has to stand in the books before it: what changed it until then.

    Of one day purchases count first and marks last.
    """
    if fact.instrument is None:
        return fact
    place = _place(fact)
    changes = (one for one in others if one.instrument == fact.instrument and not _is_mark(one))
    return replace(fact, after=(*fact.after, *(one.name for one in changes if _place(one) < place)))


def _is_mark(fact: Fact) -> bool:
    return fact.name.startswith("marked")


def _place(fact: Fact) -> tuple[date, bool, str]:
    """The place of a fact among those of its instrument; by name "bought" comes before "sold"."""
    return fact.on, _is_mark(fact), fact.name


@st.composite
def facts_and_parts(draw: st.DrawFn) -> list[Fact]:
    """The facts but for the closes, and one or two parts of interests that pass and stay, often on a day of a fact."""
    found = [one for one in draw(facts(around_transfers=False)) if one.due_on is None]
    passing = st.sampled_from(sorted({one.on for one in found})) | st.dates(FIRST_DAY, LAST_DAY)
    days = sorted(draw(st.lists(passing, min_size=1, max_size=2, unique=True)))
    sides = draw(st.sampled_from(SIDES))
    parts: list[Fact] = []
    for on, (seller, buyer), least in zip(days, sides, (M, 1000), strict=False):
        before = tuple(one.name for one in parts)
        part = draw(st.integers(least, 20 * least + 7))
        parts.append(replace(stays(f"part-{len(parts)}", seller, buyer, part, on), after=before))
    return [*parts, *(_after(one, parts) for one in found)]


def _after(fact: Fact, parts: list[Fact]) -> Fact:
    """A fact of days after an interest passed, which is shared with who holds it then, is written down after that."""
    if "-undone" in fact.name or "-restored" in fact.name:
        return fact
    return replace(fact, after=(*fact.after, *(one.name for one in parts if one.on < fact.on)))
