"""An amount of yuan in Chinese capitals, as it stands on payment papers: 人民币壹佰零伍元零伍分.

By the rules for filling in bills (《支付结算办法》附一): one 零 for any run of noughts between two digits; none where
only the last digit before 万, 亿 or 元 is nought; 零 before the fen where there is no jiao; 整 behind yuan or jiao,
never behind fen.
"""

from kernel.errors import Invalid

DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_MOST = 10 ** (4 * len(_GROUPS) + 2)


class NoCapitals(Invalid):
    code = "amount_without_capitals"
    says = "{minor} fen cannot be written in capitals."


def capitals(minor: int) -> str:
    """`minor` fen in capitals. Refused: below zero, or ten quadrillion yuan and more."""
    if not 0 <= minor < _MOST:
        raise NoCapitals(minor=minor)
    yuan, fen = divmod(minor, 100)
    jiao, fen = divmod(fen, 10)
    said = f"{_whole(yuan)}元" if yuan or not minor else ""
    if jiao:
        said += f"{DIGITS[jiao]}角"
    if fen:
        said += ("零" if yuan and not jiao else "") + f"{DIGITS[fen]}分"
    return f"人民币{said}{'' if fen else '整'}"


def _whole(number: int) -> str:
    """A whole number, four digits at a time; what stands below a gap begins with 零."""
    if not number:
        return "零"
    said, is_gap = "", False
    for place in reversed(range(len(_GROUPS))):
        group = number // 10_000**place % 10_000
        if group:
            said += ("零" if said and (is_gap or group < 1000) else "") + _four(group) + _group(number, place)
        is_gap = bool(said) and not group
    return said


def _group(number: int, place: int) -> str:
    """The name of a group; of 万亿 only 万 where 亿 follows."""
    return "万" if place == 3 and number // 10_000**2 % 10_000 else _GROUPS[place]


def _four(group: int) -> str:
    """One to four digits, with one 零 for each gap between them."""
    said, is_gap = "", False
    for place in reversed(range(4)):
        digit = group // 10**place % 10
        if digit:
            said += ("零" if is_gap else "") + DIGITS[digit] + _PLACES[place]
        is_gap = bool(said) and not digit
    return said
