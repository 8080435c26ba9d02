"""What counts as a text: something that a reader can see."""

import unicodedata

# Controls, formats (zero-width and direction marks), separators; letters that are drawn as nothing.
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_DRAWN_AS_NOTHING = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def is_unseen(text: str) -> bool:
    """Whether nothing of a text can be seen: it is empty, or made of blanks, zero-width and direction marks."""
    return all(unicodedata.category(one) in _UNSEEN or one in _DRAWN_AS_NOTHING for one in text)


def seen(text: str) -> str:
    """The text without blanks around it, "" where nothing of it can be seen."""
    return "" if is_unseen(text) else text.strip()
