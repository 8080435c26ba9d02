"""Every page that somebody can reach by links: it answers, is whole, small, and says everything in one language."""

import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest

from tests.app.pages.conftest import Enter

PEOPLE = (
    "manager",
    "analyst",
    "accountant",
    "committee",
    "lp_user",
    "rival",
    "lp_expert",
    "technology_manager",
    "auditor",
    "administrator",
)
# Between them these reach every page.
IN_ENGLISH = ("manager", "committee", "lp_user", "technology_manager", "administrator")
LARGEST = 100_000
# Pages whose addresses differ by numbers alone are one page of many things: so many of each are read.
ALIKE = 1
FIELDS = {"input", "select", "textarea"}
# A press draws these, a second each: they are asked for where notices are tested.
PRESSED = re.compile(r"/notices(/|\.zip)")
FILES = re.compile(r"[/.](pdf|xlsx|json|minutes|papers/\w+)(\?|$)|^/documents/|^/import/blank/")


class Whole(HTMLParser):
    """Reads a page: its links, ids, labels and fields."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: Counter[str] = Counter()
        self.labels: set[str] = set()
        self.fields: list[dict[str, str]] = []
        self.inside_label = 0
        self.buttons: list[dict[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids[given["id"]] += 1
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "label":
            self.inside_label += 1
            self.labels.add(given.get("for", ""))
        if tag in FIELDS and given.get("type") != "hidden":
            self.fields.append(given | ({"aria-label": "inside"} if self.inside_label else {}))

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self.inside_label -= 1

    def faults(self) -> list[str]:
        """What keeps a page from being read aloud or clicked."""
        twice = [f"id {name} stands {count} times" for name, count in self.ids.items() if count > 1]
        mute = [
            f"field {given.get('name')} has no label"
            for given in self.fields
            if "aria-label" not in given and given.get("id") not in self.labels
        ]
        return twice + mute


def kind_of(address: str) -> tuple[str, ...]:
    """What pages of many things have in common: the path without numbers, and what the query names."""
    target = urlsplit(address)
    return (re.sub(r"\d+", "0", target.path), *sorted(parse_qs(target.query)))


@pytest.mark.parametrize(
    ("name", "language"), [*((name, "zh_CN") for name in PEOPLE), *((name, "en") for name in IN_ENGLISH)]
)
def test_every_reachable_page(signed_in: Enter, name: str, language: str) -> None:
    client = signed_in(name, language)
    waiting, seen, faults = ["/today"], {"/today"}, []
    kinds: Counter[tuple[str, ...]] = Counter()
    while waiting:
        path = waiting.pop(0)
        answer = client.get(path)
        if path == "/":
            continue
        if answer.status_code != 200:
            faults.append(f"{path} answered {answer.status_code}")
            continue
        if FILES.search(path):
            continue
        found = Whole(answer.text)
        faults += [f"{path}: {fault}" for fault in found.faults()]
        if len(answer.content) > LARGEST:
            faults.append(f"{path} has {len(answer.content)} bytes")
        if "?v=missing" in answer.text:
            faults.append(f"{path} names a file that is not there")
        for link in found.links:
            target = urlsplit(urljoin(f"http://here{path}", link))
            address = target.path + (f"?{target.query}" if target.query else "")
            is_ours = target.netloc == "here" and not target.path.startswith("/static")
            is_asked_for = "sort=" not in address and not PRESSED.search(address)
            if is_ours and is_asked_for and address not in seen:
                seen.add(address)
                kinds[kind_of(address)] += 1
                if kinds[kind_of(address)] <= ALIKE:
                    waiting.append(address)
    assert not faults, "\n".join(faults)
    assert len(seen) >= 3


@pytest.mark.parametrize("name", ["manager", "lp_user"])
def test_chinese_pages_are_chinese(signed_in: Enter, name: str) -> None:
    """No English sentence is left on the main pages: a run of five lower-case words would be one."""
    client = signed_in(name)
    paths = ["/today", "/deals", "/reports"]
    paths += (
        ["/fund", "/fund/calls", "/fund/portfolio", "/committee", "/channel"]
        if name == "manager"
        else ["/portal"]
    )
    for path in paths:
        text = re.sub(r"<(script|style)[\s\S]*?</\1>|<[^>]+>", " ", client.get(path).text)
        english = re.search(r"\b[a-z]+( [a-z']+){4,}", text)
        assert english is None, (path, english and english.group())
