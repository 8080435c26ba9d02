"""The way out of the house: one letter handed to the mail server. Which server, the roof says once at start."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from kernel.letters.rules import Mailbox, Security

SECONDS = 30


@dataclass(frozen=True)
class Outgoing:
    """A letter as it leaves. `number` makes its Message-ID, so that a second copy is known for one."""

    number: int
    recipient: str
    address: str
    subject: str
    body: str
    written_at: datetime


@dataclass(frozen=True)
class Outcome:
    """What the server said; `is_final`: asking again would not help."""

    is_sent: bool
    is_final: bool
    reason: str


@dataclass
class _Office:
    """Where this process hands its letters in, and where their links lead."""

    box: Mailbox | None = None
    home: str = ""


_office = _Office()


def configure(box: Mailbox | None, *, home: str) -> None:
    """Say which mail server takes letters (None: none are written) and at which address the pages are."""
    _office.box, _office.home = box, home.rstrip("/")


def is_configured() -> bool:
    """Whether letters are written at all."""
    return _office.box is not None


def link(path: str) -> str:
    """The address of a page, for a letter."""
    return _office.home + path


def hand_over(letter: Outgoing) -> Outcome:
    """Give one letter to the mail server and say what came of it; nothing that the server does is a surprise."""
    box = _office.box
    if box is None:
        return Outcome(False, False, "no mail server is set")
    try:
        return _hand_over(box, letter)
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        return Outcome(False, code >= 500, f"{code} {_plain(said)}")
    except smtplib.SMTPResponseException as refused:
        is_final = refused.smtp_code >= 550
        return Outcome(False, is_final, f"{refused.smtp_code} {_plain(refused.smtp_error)}")
    except (smtplib.SMTPException, OSError, UnicodeError) as fault:
        return Outcome(False, False, f"{type(fault).__name__}: {fault}"[:400])


def _hand_over(box: Mailbox, letter: Outgoing) -> Outcome:
    trusted = ssl.create_default_context()
    if box.security is Security.TLS:
        server: smtplib.SMTP = smtplib.SMTP_SSL(box.host, box.port, timeout=SECONDS, context=trusted)
    else:
        server = smtplib.SMTP(box.host, box.port, timeout=SECONDS)
    with server:
        server.ehlo()
        is_closed = box.security is Security.TLS
        if not is_closed and server.has_extn("starttls"):
            server.starttls(context=trusted)
            server.ehlo()
            is_closed = True
        if not is_closed and not box.is_near:
            return Outcome(False, False, "the mail server offers no encryption; nothing was sent to it")
        if box.user:
            server.login(box.user, box.password)
        server.send_message(message(box, letter))
    return Outcome(True, True, "")


def message(box: Mailbox, letter: Outgoing) -> EmailMessage:
    """The letter in the form that mail servers take: plain text, one recipient, nothing attached."""
    made = EmailMessage()
    made["From"] = box.sender
    made["To"] = formataddr((_line(letter.recipient), letter.address))
    made["Subject"] = _line(letter.subject)
    made["Date"] = format_datetime(letter.written_at)
    made["Message-ID"] = f"<letter-{letter.number}@{box.domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.body, cte="base64")
    return made


def _line(text: str) -> str:
    """Text on one line: a name with a line break must not write headers."""
    return " ".join(text.split())


def _plain(said: bytes | str) -> str:
    return (said.decode(errors="replace") if isinstance(said, bytes) else said)[:400]
