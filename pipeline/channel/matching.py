"""How well a demand and an achievement fit: one score from either side, every part of it with its reason. Pure.

The score is 0..1000, a weighted sum of components of 0..1000 each. Likeness of the texts is the cosine of their
TF-IDF vectors (term frequency 1 + ln n, inverse document frequency ln((1 + N) / (1 + n)) + 1 over the
achievements, which everybody may see, so that a viewer's rights never change a score). Chinese and English are
compared apart and the better one counts, so a demand in Chinese fits an achievement with both.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from pipeline.channel.words import Words

FULL = 1000

# In hundredths; they sum to one hundred.
WEIGHTS: Mapping[str, int] = MappingProxyType(
    {"text": 40, "sector": 20, "readiness": 15, "budget": 10, "deadline": 5, "site": 5, "experience": 5}
)


@dataclass(frozen=True)
class Wanted:
    """A demand as far as matching goes. Money in minor units; `currency` must agree to be compared."""

    words: Words
    sector: str
    trl: int | None
    site: str
    budget: int | None
    currency: str
    deadline_on: date | None


@dataclass(frozen=True)
class Offered:
    """An achievement as far as matching goes."""

    words: Words
    sector: str
    trl: int | None
    site: str
    cost: int | None
    currency: str
    available_on: date | None


@dataclass(frozen=True)
class Experience:
    """What became of earlier matches of the same enterprise in the same sector."""

    accepted: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class Component:
    """One part of a score (0..1000) with its weight in hundredths and its reason, a template over `facts`."""

    name: str
    weight: int
    score: int
    says: str
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Fit:
    """The whole: the score (0..1000) and the components it is the weighted sum of."""

    score: int
    components: tuple[Component, ...]


@dataclass(frozen=True)
class Corpus:
    """In how many of `size` documents each word occurs."""

    size: int
    documents: Mapping[str, int]

    def idf(self, word: str) -> float:
        """How telling a word is: rare ones tell more."""
        return math.log((1 + self.size) / (1 + self.documents.get(word, 0))) + 1


def corpus(texts: Sequence[Words]) -> Corpus:
    """The corpus of some documents."""
    documents: Counter[str] = Counter()
    for text in texts:
        documents.update({*text.zh, *text.en})
    return Corpus(len(texts), documents)


def likeness(left: Sequence[str], right: Sequence[str], known: Corpus) -> tuple[int, tuple[str, ...]]:
    """The cosine (0..1000) of two texts' TF-IDF vectors, and the three words that make most of it."""
    a, b = _vector(left, known), _vector(right, known)
    size = math.sqrt(sum(value**2 for value in a.values()) * sum(value**2 for value in b.values()))
    if not size:
        return 0, ()
    shared = {word: a[word] * b[word] / size for word in sorted(a.keys() & b.keys())}
    telling = sorted((word for word in shared if _stands_alone(word, shared)), key=lambda w: (-shared[w], w))
    return round(FULL * sum(shared.values())), tuple(telling[:3])


def _stands_alone(word: str, others: Mapping[str, float]) -> bool:
    """Whether a word is longer than a sign and no part of a longer word among `others`."""
    return len(word) > 1 and not any(word != other and word in other for other in others)


def _vector(tokens: Sequence[str], known: Corpus) -> dict[str, float]:
    counts = Counter(tokens)
    return {word: (1 + math.log(count)) * known.idf(word) for word, count in sorted(counts.items())}


def fit(wanted: Wanted, offered: Offered, *, known: Corpus, experience: Experience) -> Fit:
    """How well the two fit; the same whichever side asks."""
    components = (
        _text(wanted, offered, known),
        _sector(wanted, offered),
        _readiness(wanted, offered),
        _budget(wanted, offered),
        _deadline(wanted, offered),
        _site(wanted, offered),
        _experience(experience),
    )
    return Fit(sum(one.weight * one.score for one in components) // 100, components)


def _component(name: str, score: int, says: str, **facts: object) -> Component:
    return Component(name, WEIGHTS[name], score, says, facts)


def _text(wanted: Wanted, offered: Offered, known: Corpus) -> Component:
    pairs = ((wanted.words.zh, offered.words.zh), (wanted.words.en, offered.words.en))
    score, telling = max(likeness(left, right, known) for left, right in pairs)
    if not telling:
        return _component("text", score, "the texts have no telling word in common")
    return _component("text", score, "both speak of {words}", words=", ".join(telling))


def _sector(wanted: Wanted, offered: Offered) -> Component:
    if wanted.sector.casefold() == offered.sector.casefold():
        return _component("sector", FULL, "same sector: {sector}", sector=wanted.sector)
    return _component(
        "sector", 0, "other sector: {wanted}, not {offered}", wanted=wanted.sector, offered=offered.sector
    )


def _readiness(wanted: Wanted, offered: Offered) -> Component:
    if wanted.trl is None:
        return _component("readiness", FULL // 2, "no readiness is asked for")
    if offered.trl is None:
        return _component("readiness", 0, "TRL {wanted} is asked for; not assessed", wanted=wanted.trl)
    gap = wanted.trl - offered.trl
    if gap <= 0:
        return _component(
            "readiness", FULL, "TRL {trl}, {wanted} is asked for", trl=offered.trl, wanted=wanted.trl
        )
    says = "TRL {trl}, {gap} below the {wanted} asked for"
    return _component(
        "readiness", max(0, FULL - 250 * gap), says, trl=offered.trl, gap=gap, wanted=wanted.trl
    )


def _budget(wanted: Wanted, offered: Offered) -> Component:
    if wanted.budget is None or offered.cost is None or wanted.currency != offered.currency:
        return _component("budget", FULL // 2, "budget and cost cannot be compared")
    if offered.cost <= wanted.budget:
        return _component("budget", FULL, "the budget covers the cost of maturing it")
    covered = wanted.budget * FULL // offered.cost
    return _component("budget", covered, "the budget covers {percent} % of the cost", percent=covered // 10)


def _deadline(wanted: Wanted, offered: Offered) -> Component:
    if wanted.deadline_on is None or offered.available_on is None:
        return _component("deadline", FULL // 2, "deadline and availability cannot be compared")
    late = (offered.available_on - wanted.deadline_on).days
    if late <= 0:
        return _component(
            "deadline", FULL, "available by the deadline, {on}", on=wanted.deadline_on.isoformat()
        )
    return _component(
        "deadline", max(0, FULL - late * FULL // 365), "available {days} days after the deadline", days=late
    )


def _site(wanted: Wanted, offered: Offered) -> Component:
    if not wanted.site.strip() or not offered.site.strip():
        return _component("site", FULL // 2, "no site is named on one of the sides")
    here, there = wanted.site.strip().casefold(), offered.site.strip().casefold()
    if here in there or there in here:
        return _component("site", FULL, "same site: {site}", site=wanted.site.strip())
    return _component("site", 0, "sites apart: {wanted}, {offered}", wanted=wanted.site, offered=offered.site)


def _experience(earlier: Experience) -> Component:
    decided = earlier.accepted + earlier.rejected
    if not decided:
        return _component("experience", FULL // 2, "no earlier match of this enterprise in this sector")
    says = "{accepted} of {decided} earlier matches of this enterprise in this sector were accepted"
    score = FULL * earlier.accepted // decided
    return _component("experience", score, says, accepted=earlier.accepted, decided=decided)
