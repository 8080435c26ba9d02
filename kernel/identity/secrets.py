"""Secrets handed out once and kept only as hashes.

Passwords are hashed with argon2 (slow on purpose, salted). Tokens and session keys are 256 random bits, so a plain
SHA-256 of them is enough to recognise them and of no use to a thief.
"""

import hashlib
import hmac
import secrets

from pwdlib import PasswordHash

PASSWORDS = PasswordHash.recommended()
TOKEN_PREFIX = "af_"
# Letters and digits that nobody mistakes for one another when they are read aloud or off a screen.
PLAIN_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def hash_password(password: str) -> str:
    """The argon2 hash of a password."""
    return PASSWORDS.hash(password)


def password_matches(password: str, password_hash: str) -> bool:
    """Whether `password` is the one behind `password_hash`."""
    return PASSWORDS.verify(password, password_hash)


# Verified when no such user exists, so that a wrong name takes as long as a wrong password.
NOBODY_HASH = hash_password(secrets.token_urlsafe(16))


def new_secret() -> str:
    """A fresh opaque secret."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored in place of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same_digest(secret: str, stored: str) -> bool:
    """Whether `secret` is the one behind `stored`, without telling by the time taken how near it came."""
    return hmac.compare_digest(digest(secret), stored)


def new_words(*, without: str = "") -> str:
    """A secret to be read off a screen and typed once: five groups of five letters, about 124 bits.

    `without` is the name of its owner, which no password may contain.
    """
    words = "-".join("".join(secrets.choice(PLAIN_LETTERS) for _ in range(5)) for _ in range(5))
    return new_words(without=without) if without and without.casefold() in words else words
