from datetime import UTC, datetime, timedelta

import pytest

from kernel.letters.rules import (
    PAUSES,
    Attempt,
    LetterState,
    Mailbox,
    MailboxUnreadable,
    Security,
    is_address,
    mailbox,
    next_try,
    state,
)

AT = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)
LATER = Attempt(is_sent=False, is_final=False, reason="451 busy", at=AT)
NEVER = Attempt(is_sent=False, is_final=True, reason="550 unknown", at=AT)
SENT = Attempt(is_sent=True, is_final=True, reason="", at=AT)


def test_a_mailbox_is_read_from_its_url() -> None:
    box = mailbox("smtp://fund:p%40ss@mail.example.com", "fund@example.com")
    assert box == Mailbox("mail.example.com", 587, "fund", "p@ss", Security.STARTTLS, "fund@example.com")
    assert (box.is_near, box.domain) == (False, "example.com")
    near = mailbox("smtps://127.0.0.1:2465", "fund@example.com")
    assert (near.port, near.user, near.security, near.is_near) == (2465, "", Security.TLS, True)


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("https://mail.example.com", "fund@example.com"),
        ("smtp://", "fund@example.com"),
        ("smtp://mail.example.com:many", "fund@example.com"),
        ("smtp://mail.example.com", "nobody"),
        ("smtp://mail.example.com", ""),
    ],
)
def test_a_mailbox_that_cannot_be_read_is_refused_without_its_password(url: str, sender: str) -> None:
    with pytest.raises(MailboxUnreadable) as refused:
        mailbox(url, sender)
    assert refused.value.facts == {}


@pytest.mark.parametrize("text", ["a@b.cn", "li.ming@mail.example.com"])
def test_addresses(text: str) -> None:
    assert is_address(text)
    assert not is_address(f"{text}\nBcc: x@y.z")
    assert not is_address(f"{text}, x@y.z")


@pytest.mark.parametrize(
    ("attempts", "found"),
    [
        ([], LetterState.WAITING),
        ([LATER], LetterState.WAITING),
        ([LATER, SENT], LetterState.SENT),
        ([LATER] * len(PAUSES), LetterState.WAITING),
        ([LATER] * (len(PAUSES) + 1), LetterState.FAILED),
        ([NEVER], LetterState.FAILED),
    ],
)
def test_what_became_of_a_letter(attempts: list[Attempt], found: LetterState) -> None:
    assert state(attempts) is found


def test_a_letter_is_tried_again_at_growing_distances() -> None:
    assert next_try([], written_at=AT) == AT
    found = [next_try([LATER] * count, written_at=AT) for count in range(1, len(PAUSES) + 2)]
    assert found == [*(AT + pause for pause in PAUSES), None]
    assert next_try([SENT], written_at=AT) is None
    assert list(PAUSES) == sorted(PAUSES)
    assert PAUSES[0] >= timedelta(minutes=1)
