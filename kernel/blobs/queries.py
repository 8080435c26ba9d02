"""Fetching bytes by what they hold."""

import hashlib

from kernel.blobs.models import Blob
from kernel.db import Tx
from kernel.errors import NotFound, Unavailable


class BlobMissing(NotFound):
    code = "blob_missing"
    says = "There is no document with the fingerprint {sha256}."


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
