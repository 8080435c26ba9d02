"""Judgement over letters sent by e-mail: whether one is sent, whether it is tried again, and when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from kernel.errors import Invalid

PAUSES = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""How long a letter waits after its first, second, ... failed attempt; after the last it is given up."""
_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")


class LetterState(StrEnum):
    """What became of a letter."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Security(StrEnum):
    """How the way to the mail server is closed to others."""

    STARTTLS = "starttls"
    TLS = "tls"


class MailboxUnreadable(Invalid):
    code = "mailbox_unreadable"
    says = (
        "AFUND_SMTP_URL must be smtp://user:password@host:587 or smtps://user:password@host:465, "
        "and AFUND_MAIL_SENDER the address that the letters come from."
    )


@dataclass(frozen=True)
class Mailbox:
    """The mail server that takes our letters, and from whom they come."""

    host: str
    port: int
    user: str
    password: str
    security: Security
    sender: str

    @property
    def is_near(self) -> bool:
        """Whether the server runs on this machine, so that nobody can listen in between."""
        return self.host in {"localhost", "127.0.0.1", "::1"}

    @property
    def domain(self) -> str:
        """The domain of the sender."""
        return self.sender.rpartition("@")[2]


@dataclass(frozen=True)
class Attempt:
    """One attempt at handing a letter over; `is_final`: the server will not have it, so it is not tried again."""

    is_sent: bool
    is_final: bool
    reason: str
    at: datetime


def mailbox(url: str, sender: str) -> Mailbox:
    """The mailbox that the settings name; the refusal does not repeat them, for they hold a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise MailboxUnreadable from None
    usual = {"smtp": (Security.STARTTLS, 587), "smtps": (Security.TLS, 465)}.get(parts.scheme)
    if usual is None or not parts.hostname or not _ADDRESS.fullmatch(sender):
        raise MailboxUnreadable
    security, usual_port = usual
    return Mailbox(
        host=parts.hostname,
        port=port or usual_port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        security=security,
        sender=sender,
    )


def is_address(text: str) -> bool:
    """Whether a letter can be addressed to `text`."""
    return _ADDRESS.fullmatch(text) is not None


def state(attempts: Sequence[Attempt]) -> LetterState:
    """What became of a letter after `attempts`."""
    if any(one.is_sent for one in attempts):
        return LetterState.SENT
    if len(attempts) > len(PAUSES) or any(one.is_final for one in attempts):
        return LetterState.FAILED
    return LetterState.WAITING


def next_try(attempts: Sequence[Attempt], *, written_at: datetime) -> datetime | None:
    """When a letter is tried again; None once it is sent or given up. The first attempt is made when it is written."""
    if state(attempts) is not LetterState.WAITING:
        return None
    if not attempts:
        return written_at
    return attempts[-1].at + PAUSES[len(attempts) - 1]
