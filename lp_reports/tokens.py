"""The design tokens of ``assets/tokens.css`` as Python values, so charts and pages cannot drift apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

ASSETS = resources.files("lp_reports") / "assets"


def parse(css: str) -> Mapping[str, str]:
    """Custom properties of a style sheet by name without the dashes; the last one wins."""
    return MappingProxyType(
        {name: value.strip() for name, value in re.findall(r"--([a-z-]+):\s*([^;]+);", css)}
    )


TOKENS = parse((ASSETS / "tokens.css").read_text(encoding="utf-8"))

INK = TOKENS["ink"]
MUTE = TOKENS["mute"]
LINE = TOKENS["line"]
WASH = TOKENS["wash"]
STEEL = TOKENS["steel"]
LEAF = TOKENS["leaf"]
EMBER = TOKENS["ember"]
SANS = TOKENS["sans"]
