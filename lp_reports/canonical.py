"""What is frozen is kept as canonical JSON under its SHA-256: equal values are equal bytes, and a reprint is drawn from
these bytes and from nothing else.
"""

from __future__ import annotations

import hashlib
from typing import TypeVar

from pydantic import TypeAdapter

from kernel.audit.rules import canonical

T = TypeVar("T")


def written(form: TypeAdapter[T], value: T) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8; decimals as strings, fractions as "3/10"."""
    return canonical(form.dump_python(value, mode="json"))


def fingerprint(content: bytes) -> str:
    """SHA-256 of the canonical bytes, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
