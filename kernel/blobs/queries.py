"""Fetching bytes by what they hold."""

import hashlib

from sqlmodel import select

from kernel.blobs.models import Blob, HandedIn
from kernel.db import Tx
from kernel.errors import NotFound, Unavailable


class BlobMissing(NotFound):
    code = "blob_missing"
    says = "There is no document with the fingerprint {sha256}."


class NotHandedIn(NotFound):
    code = "not_handed_in"
    says = "The file is no longer at hand: another one was looked at since. Choose it again."


class BlobDamaged(Unavailable):
    code = "blob_damaged"
    says = "The document {sha256} no longer matches its fingerprint; restore it from a backup."


def get(tx: Tx, *, sha256: str) -> Blob:
    """The bytes with that SHA-256, checked against it before they are handed out."""
    blob = tx.get(Blob, sha256)
    if blob is None:
        raise BlobMissing(sha256=sha256)
    if hashlib.sha256(blob.content).hexdigest() != sha256:
        raise BlobDamaged(sha256=sha256)
    return blob


def handed_in(tx: Tx, *, user_id: int, key: int) -> HandedIn:
    """The file that somebody has handed in, by the id it was given; nobody else's."""
    row = tx.exec(select(HandedIn).where(HandedIn.id == key, HandedIn.user_id == user_id)).first()
    if row is None:
        raise NotHandedIn
    return row
