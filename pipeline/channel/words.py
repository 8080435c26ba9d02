"""Words of a text in Chinese and English, for search and for likeness. Same text, same words, on any machine.

Chinese is cut by dictionary alone: guessing new words from their neighbours would cut the same term differently
in a demand and in an achievement.
"""

import logging
import re
import warnings
from dataclasses import dataclass

with warnings.catch_warnings():
    # The package's own source has old escape sequences and an old import; neither is ours to mend.
    warnings.simplefilter("ignore")
    import jieba

jieba.setLogLevel(logging.WARNING)

_LATIN = re.compile(r"[a-z0-9][a-z0-9+#]*(?:\.[0-9]+)*")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003134f]+")

_PARTICLES = "的了和与及或在对为是以等中上下有用将其并可于从到由"
_PHRASES = "一种 进行 具有 以及 通过"
_ARTICLES = "a an and are as at be by for from has have in into is it its of on or that the their this to under we with"
STOP_ZH = frozenset(_PARTICLES) | frozenset(_PHRASES.split())
STOP_EN = frozenset(_ARTICLES.split())


@dataclass(frozen=True)
class Words:
    """The words of a text by script, in order and with repetitions."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


def words(*texts: str) -> Words:
    """The words that carry meaning in `texts`: Chinese cut small as well as whole, English without its plural."""
    folded = "\n".join(texts).casefold()
    zh = [piece for run in _HAN.findall(folded) for piece in jieba.cut_for_search(run, HMM=False)]
    en = [stem(piece) for piece in _LATIN.findall(folded)]
    return Words(
        tuple(piece for piece in zh if piece not in STOP_ZH),
        tuple(piece for piece in en if piece not in STOP_EN),
    )


def segmented(*texts: str) -> str:
    """All words of `texts` with blanks between them, as the database's full-text search wants them."""
    found = words(*texts)
    return " ".join((*found.zh, *found.en))


def stem(word: str) -> str:
    """An English word without a plural ending; short words and double s stay ("alloys" -> "alloy")."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    is_plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "is"))
    return word[:-1] if is_plural else word
