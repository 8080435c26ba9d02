"""How a deal is found again: by name, pinyin, initials, code or technology; and when two are the same. Pure."""

from fund.parties.rules import initials, sort_key
from kernel.errors import Conflict

_ENDINGS = (
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "co.,ltd.",
    "co.,ltd",
    "ltd.",
    "ltd",
    "inc.",
    "inc",
)


class DealDuplicate(Conflict):
    code = "deal_duplicate"
    says = "{name} is there already as {known}; name another round, or work on that deal."


def plain_name(name: str) -> str:
    """A company's name stripped to what tells it apart: no case, blanks, wide brackets or company ending."""
    plain = "".join(name.split()).casefold().replace("（", "(").replace("）", ")")
    for ending in _ENDINGS:
        plain = plain.removesuffix(ending)
    return plain


def search_key(*, code: str, name: str, technology: str) -> str:
    """Everything a search looks into, in lower case: code, name, its pinyin run together, initials, technology."""
    pinyin = sort_key(name).replace(" ", "")
    return "\n".join((code.casefold(), name.casefold(), pinyin, initials(name), technology.casefold()))


def next_code(year: int, taken: list[str]) -> str:
    """The next free code of a year, "D26-007": one more than the highest there is."""
    prefix = f"D{year % 100:02d}-"
    numbers = [int(code.removeprefix(prefix)) for code in taken if code.removeprefix(prefix).isdecimal()]
    return f"{prefix}{max(numbers, default=0) + 1:03d}"
